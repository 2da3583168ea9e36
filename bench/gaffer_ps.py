#!/usr/bin/env python3
"""How long `gaffer ps --json` takes beside /bin/true, with so many processes under a gafferd of its own.

    bench/gaffer_ps.py build/release/bin [PROCESSES] [ROUNDS]
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time


def median_ms(command, rounds):
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times)


def main():
    programs = pathlib.Path(sys.argv[1]).resolve()
    processes = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GAFFER_DIR"] = folder + "/d"
        config = pathlib.Path(folder, "bench.ini")
        config.write_text(f"[process:web]\ncmd = /bin/sleep 1000\nnumprocesses = {processes}\n")
        gafferd = subprocess.Popen([programs / "gafferd", "-c", config], stderr=subprocess.PIPE, text=True)
        try:
            if "ready" not in gafferd.stderr.readline():
                sys.exit("gafferd did not start")
            listing = median_ms([programs / "gaffer", "ps", "--json"], rounds)
            nothing = median_ms(["/bin/true"], rounds)
        finally:
            gafferd.terminate()
            gafferd.wait()
    print(f"gaffer ps --json, {processes} processes: {listing:.2f} ms, {listing / nothing:.1f} times /bin/true "
          f"({nothing:.2f} ms); medians of {rounds}")


main()
