#!/usr/bin/env python3
"""Kills gafferd again and again while its processes write, and looks whether anything is missing.

    bench/survival.py build/release/bin --writers 200 --kilobytes 4096 --kills 150

Each writer is a template of its own that writes numbered lines of 100 bytes and ends with code 7. Counted are bytes that
are missing, too many or not what was written; runs that are not recorded once with code 7; processes whose pid changed;
and processes that are left in the end. All of them should be 0.
"""

import argparse
import collections
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time


def children(pid):
    try:
        return [int(word) for word in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def program(pid):
    try:
        return os.path.basename(os.readlink(f"/proc/{pid}/exe"))
    except OSError:
        return ""


def brain_of(keeper):
    return next((pid for pid in children(keeper) if program(pid) == "gafferd"), None)


def wait_for(what, condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"not in {seconds} s: {what}")
        time.sleep(0.001)


def content(kilobytes):
    lines = []
    for number in range(-(-kilobytes * 1024 // 100)):
        lines.append(f"{number} ".ljust(99, chr(ord("a") + number % 26)) + "\n")
    return "".join(lines).encode()


def kill_it(keeper, log, kills):
    """Returns how long it took from each kill to the next gafferd that was ready."""
    times = []
    for _ in range(kills):
        ready = log.read_text().count("gafferd: ready")
        time.sleep(random.uniform(0.001, 0.040))
        begin = time.monotonic()
        os.kill(brain_of(keeper), signal.SIGKILL)
        wait_for("ready again", lambda: log.read_text().count("gafferd: ready") > ready)
        times.append(time.monotonic() - begin)
    return times


def verify(directory, names, wanted):
    missing = surplus = other = 0
    for name in names:
        log = (directory / "logs" / f"{name}.1.log").read_bytes()
        missing += max(0, len(wanted) - len(log))
        surplus += max(0, len(log) - len(wanted))
        other += sum(a != b for a, b in zip(log, wanted)) if log[: len(wanted)] != wanted[: len(log)] else 0
    return missing, surplus, other


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("--writers", type=int, default=200)
    parser.add_argument("--kilobytes", type=int, default=4096)
    parser.add_argument("--kills", type=int, default=150)
    options = parser.parse_args()
    binaries = options.bin.resolve()
    names = [f"w{i}" for i in range(options.writers)]
    wanted = content(options.kilobytes)

    with tempfile.TemporaryDirectory(prefix="gaffer-survival-", dir="/dev/shm") as where:
        directory = pathlib.Path(where)
        ini, log = directory / "gaffer.ini", directory / "err"
        ini.write_text("".join(
            f"[process:{name}]\ncmd = {binaries}/puppet spam {options.kilobytes}K exit 7\nrestart = never\n"
            for name in names) + f"[process:witness]\ncmd = {binaries}/puppet sleep\nnumprocesses = 20\n")
        with open(log, "wb") as err:
            keeper = subprocess.Popen([binaries / "gafferd", "--dir", where, "-c", ini], stderr=err)
        wait_for("ready", lambda: b"gafferd: ready" in log.read_bytes())
        before = {pid for pid in children(keeper.pid) if "sleep" in command(pid)}
        times = sorted(kill_it(keeper.pid, log, options.kills))
        wait_for("the writers to end", lambda: not [p for p in children(keeper.pid) if "spam" in command(p)], 600)
        after = {pid for pid in children(keeper.pid) if "sleep" in command(pid)}
        os.kill(keeper.pid, signal.SIGTERM)
        code = keeper.wait(timeout=60)
        missing, surplus, other = verify(directory, names, wanted)
        with sqlite3.connect(directory / "state.db") as database:
            runs = collections.Counter(
                name for name, in database.execute("SELECT name FROM runs WHERE code = 7 AND ended_ms NOT NULL"))
        wrong = sum(runs[name] != 1 for name in names)

    print(f"{options.writers} writers, {options.writers * len(wanted):,} bytes, {options.kills} kill -9: "
          f"{missing} bytes missing, {surplus} too many, {other} different, "
          f"{wrong} of {len(names)} runs not recorded once, {len(before ^ after)} of {len(before)} pids changed; "
          f"kill to ready: median {times[len(times) // 2] * 1000:.0f} ms, longest {times[-1] * 1000:.0f} ms")
    sys.exit(1 if missing or surplus or other or wrong or before != after or code else 0)


def command(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return []


main()
