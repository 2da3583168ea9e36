"""Just enough of a Redis client for the shop: commands and replies over a plain socket."""

import os
import socket
import time


class RedisAway(Exception):
    """Redis cannot be reached, went away, or is still reading its file."""


class RedisError(Exception):
    """Redis refused a command."""


class Redis:
    """One connection to the Redis on 127.0.0.1:$REDIS_PORT. Not to be shared between threads."""

    def __init__(self, patience=0.0):
        """Connects; tries again for `patience` seconds, then raises RedisAway."""
        deadline = time.monotonic() + patience
        while True:
            try:
                self._connect()
                return
            except RedisAway:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.1)

    def command(self, *words):
        """Sends one command and returns its reply: str, int, list or None."""
        parts = [str(word).encode() for word in words]
        request = b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        try:
            self._socket.sendall(request)
            return self._reply()
        except OSError as error:
            self.close()
            raise RedisAway(f"lost Redis: {error}") from error

    def close(self):
        self._stream.close()
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _connect(self):
        port = int(os.environ["REDIS_PORT"])
        try:
            # Longer than any BLPOP of the shop.
            self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        except OSError as error:
            raise RedisAway(f"cannot reach Redis on 127.0.0.1:{port}: {error.strerror or error}") from error
        self._stream = self._socket.makefile("rb")
        try:
            self.command("PING")  # Redis accepts connections before it has read its file.
        except (RedisAway, RedisError):
            self.close()
            raise

    def _reply(self):
        line = self._stream.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("connection closed")
        kind, rest = line[:1], line[1:-2].decode()
        if kind == b"+":
            return rest
        if kind == b":":
            return int(rest)
        if kind == b"-":
            raise (RedisAway if rest.startswith("LOADING") else RedisError)(rest)
        if kind == b"*":
            return None if rest == "-1" else [self._reply() for _ in range(int(rest))]
        if kind == b"$":
            return None if rest == "-1" else self._read(int(rest) + 2)[:-2].decode()
        raise RedisError(f"not a Redis reply: {line!r}")

    def _read(self, size):
        data = self._stream.read(size)
        if len(data) < size:
            raise ConnectionError("connection closed")
        return data
