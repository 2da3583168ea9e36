"""A worker of the shop: takes orders from a Redis list, and crashes on one in twenty."""

import signal
import sys
import time

from redis_client import Redis, RedisAway

PAUSE = 0.5  # seconds between two attempts to reach Redis
JOB = 0.1  # seconds that an order takes


def work_off(redis):
    while True:
        reply = redis.command("BLPOP", "orders", 5)
        if reply is None:
            continue  # Nothing for 5 seconds.
        number = int(reply[1])
        # It has left the list: the next worker does not stumble over it again.
        if number % 20 == 0:
            raise RuntimeError(f"order {number} is one too heavy")
        time.sleep(JOB)
        print(f"order {number} done")


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
told = False
while True:
    try:
        with Redis() as redis:
            print("waiting for orders")
            told = False
            work_off(redis)
    except RedisAway as error:
        if not told:
            print(f"{error}; trying again every {PAUSE} s")
            told = True
        time.sleep(PAUSE)
