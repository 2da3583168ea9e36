"""Judges the shop by itself: starts tools/demo as a person would, kills what it can, and ends it with Ctrl-C.

`tools/demo --check` runs this after it has set up and built. The exit status says it all.
"""

import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
READY = "Ctrl-C here ends all of it"
# Never through a proxy that the environment may name.
HTTP = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Failed(Exception):
    pass


class Demo:
    """A running tools/demo in a session of its own, as in a terminal of its own."""

    def __init__(self):
        self._output = tempfile.NamedTemporaryFile(prefix="gaffer-demo-output.")
        self._process = subprocess.Popen(
            [ROOT / "tools/demo"], stdin=subprocess.DEVNULL, stdout=self._output, stderr=subprocess.STDOUT,
            start_new_session=True)

    def output(self):
        return pathlib.Path(self._output.name).read_text(errors="replace")

    def wait_until_ready(self):
        until("tools/demo is ready", lambda: self._process.poll() is not None or READY in self.output(), 60)
        if self._process.poll() is not None:
            raise Failed(f"tools/demo ended with status {self._process.returncode}")
        self.gaffer_dir = re.search(r"export GAFFER_DIR=(.+)", self.output())[1]
        self._bin = re.search(r"export PATH=(.+):\$PATH", self.output())[1]
        self._mark = f"GAFFER_DEMO_MARK={pathlib.Path(self.gaffer_dir).parent}".encode()

    def gaffer(self, *args):
        result = subprocess.run(
            [f"{self._bin}/gaffer", *args], env={**os.environ, "GAFFER_DIR": self.gaffer_dir},
            capture_output=True, text=True, timeout=20)
        if result.returncode != 0:
            raise Failed(f"gaffer {' '.join(args)}: {result.stderr.strip()}")
        return result.stdout

    def running(self, name):
        """The os_pids of a template's running processes."""
        for template in json.loads(self.gaffer("ps", "--json"))["templates"]:
            if template["name"] == name:
                return {process["os_pid"] for process in template["processes"] if process["state"] == "running"}
        return set()

    def alive(self):
        """Every process that stems from the demo: its session, and whoever inherited its mark."""
        found = set()
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                state, _, _, session = (entry / "stat").read_text().rpartition(") ")[2].split()[:4]
                marked = self._mark in (entry / "environ").read_bytes().split(b"\0")
                if state != "Z" and (marked or int(session) == self._process.pid):
                    found.add(int(entry.name))
        return found

    def interrupt(self):
        """Ctrl-C: the terminal tells everyone in the foreground. Returns the exit status."""
        os.killpg(self._process.pid, signal.SIGINT)
        return self._process.wait(timeout=40)

    def end(self):
        """Whatever happened, the demo cleans up after itself."""
        if self._process.poll() is None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=40)


def until(what, question, seconds=15):
    """Asks until the answer is truthy, and returns it."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := question():
            return answer
        if time.monotonic() > deadline:
            raise Failed(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def expect(what, expected, actual):
    if expected != actual:
        raise Failed(f"{what}: expected {expected}, got {actual}")


def passed(what):
    print(f"ok  {what}")


def visit():
    """The count that the web server answers; None while it is being replaced."""
    try:
        with HTTP.open("http://127.0.0.1:5100/", timeout=5) as reply:
            return int(reply.read().decode().removeprefix("visit "))
    except (urllib.error.URLError, ConnectionError):
        return None


def check(demo):
    demo.wait_until_ready()
    first = {name: demo.running(name) for name in ("redis", "web", "worker")}
    expect("one process each", [1, 1, 1], [len(pids) for pids in first.values()])
    passed("gaffer ps shows redis, web and worker running")

    count = visit()
    expect("the next visit", count + 1, visit())
    count += 1
    passed("visits are counted")

    for name in ("web", "worker", "redis"):
        (old,) = demo.running(name)
        os.kill(old, signal.SIGKILL)
        (new,) = until(f"{name} is replaced", lambda: demo.running(name) - {old})
        passed(f"{name} is replaced after kill -9: {old}, then {new}")
        expect("the next visit", count + 1, until("web answers", visit))
        count += 1
        passed(f"the count goes on: visit {count}")

    (old,) = demo.running("worker")
    for _ in range(20):
        count = visit()
    until("the worker that took the twentieth order is replaced", lambda: demo.running("worker") - {old})
    passed("a worker that crashes by itself is replaced")

    demo.gaffer("scale", "worker=3")
    until("three workers run", lambda: len(demo.running("worker")) == 3)
    passed("gaffer scale worker=3 makes three")

    until("the last visit is in the output", lambda: f"visit {count}" in demo.output())
    until("the last order is in the output", lambda: re.search(r"order \d+ done", demo.output()))
    passed("the demo follows the output of web and worker")

    everyone = demo.running("redis") | demo.running("web") | demo.running("worker")
    expect("processes that could be left behind unseen", set(), everyone - demo.alive())
    expect("exit status after Ctrl-C", 0, demo.interrupt())
    expect("processes left after Ctrl-C", set(), demo.alive())
    expect("folder left after Ctrl-C", False, pathlib.Path(demo.gaffer_dir).exists())
    passed("Ctrl-C leaves no process and no folder")


def main():
    # A background job of a script starts with SIGINT ignored, and would hand that on to the demo.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    demo = Demo()
    try:
        check(demo)
        print("the shop passes")
    except (Failed, subprocess.TimeoutExpired) as error:
        demo.end()
        print(f"--- output of tools/demo, its end:\n{demo.output()[-4000:]}\n---\nFAILED  {error}")
        sys.exit(1)
    finally:
        demo.end()


main()
