"""The shop's web server: counts visits in Redis and leaves jobs for the workers."""

import http.server
import os
import signal
import socketserver
import sys

from redis_client import Redis, RedisAway, RedisError

PATIENCE = 1.0  # seconds that a request waits for a Redis that is just being replaced


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/":
            self.answer_from_redis(visit)
        elif self.path == "/order":
            self.answer_from_redis(order)
        else:
            self.answer(404, "nothing here; try / or /order")

    def do_POST(self):
        # An unread body would make the kernel reset the connection.
        self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 65536))
        if self.path == "/order":
            self.answer_from_redis(order)
        else:
            self.answer(404, "nothing here; try /order")

    def answer_from_redis(self, work):
        try:
            with Redis(patience=PATIENCE) as redis:
                status, text = 200, work(redis)
        except (RedisAway, RedisError) as error:
            status, text = 503, str(error)
        self.answer(status, text)

    def answer(self, status, text):
        print(f"{self.command} {self.path} {status} {text}")
        body = (text + "\n").encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass  # answer() prints the one line per request.


class Server(http.server.ThreadingHTTPServer):
    def server_bind(self):
        # HTTPServer's own looks up the host's name, which takes seconds on a machine without a name server.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address


def visit(redis):
    count = redis.command("INCR", "visits")
    order(redis)
    return f"visit {count}"


def order(redis):
    number = redis.command("INCR", "last-order")
    redis.command("RPUSH", "orders", number)
    return f"order {number}"


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
port = int(os.environ["PORT"])
try:
    server = Server(("127.0.0.1", port), Handler)
except OSError as error:
    sys.exit(f"cannot listen on 127.0.0.1:{port}: {error.strerror}")
print(f"listening on http://127.0.0.1:{port}/")
server.serve_forever()
