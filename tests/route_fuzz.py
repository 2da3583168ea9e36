#!/usr/bin/env python3
"""Usage: route_fuzz.py FOLDER-OF-PROGRAMS [REQUESTS [SEED]]

Asks a gafferd of its own what its /openapi.json describes, with values that fit, nearly fit and do not fit at all, over
connections that are kept. Fails on an answer of 500 and above other than the 503 of a route that declares it, on one that
does not come in time, on one that a route does not declare, and when gafferd does not end well."""

import http.client
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.parse

PATIENCE = 20  # Seconds.
# Every route has these, and so has whoever asks for something that is no route.
ALWAYS = {400, 401, 403, 404, 405, 413, 414, 415, 421, 426, 431}
WORDS = ["a", "a.1", "a.2", "cat", "shop:*", "shop", "*", "1", "7", "99999999999999999999", "-1", "0", "", " ", "ü", "%",
         "../../etc/passwd", "..%2f", "\0", "a" * 300, "HUP", "9", "=3", "+1", "-2", "true", "false", "json", "raw",
         "continuous", "longpoll", "eventsource", "output", "{}", "[]", "null", "1e999", "proc.a", ".", "10m", "(", "[a-"]


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(self.path)


def value(chance, depth=0):
    kind = chance.randrange(8 if depth < 3 else 5)
    if kind < 3:
        return chance.choice(WORDS)
    if kind == 3:
        return chance.choice([0, 1, -1, 3, 2 ** 63, 2 ** 70, 1.5])
    if kind == 4:
        return chance.choice([True, False, None])
    if kind == 5:
        return [value(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {chance.choice(WORDS): value(chance, depth + 1) for _ in range(chance.randrange(4))}


def body_of(chance, operation):
    """A body and its type, which is right mostly."""
    content = operation.get("requestBody", {}).get("content", {})
    kind = next(iter(content), "application/json")
    if chance.random() < 0.1:
        kind = chance.choice(["text/plain", "application/json", "application/octet-stream", ""])
    if not content and chance.random() < 0.9:
        return None, {}
    if kind == "application/octet-stream":
        return chance.randbytes(chance.choice([0, 1, 100, 70000])), {"Content-Type": kind}
    names = list(next(iter(content.values()), {}).get("schema", {}).get("properties", {})) + ["name", "cmd", "numprocesses"]
    document = {chance.choice(names): value(chance) for _ in range(chance.randrange(5))}
    if "cmd" in document:
        document["cmd"] = PUPPET + " sleep"  # Nothing else is to be run.
        document["numprocesses"] = 1
    text = json.dumps(document)
    if chance.random() < 0.1:
        text = text[:chance.randrange(len(text) + 1)]
    return text.encode(), {"Content-Type": kind} if kind else {}


def target_of(chance, path, operation):
    path = re.sub(r"\{\w+\}", lambda _: urllib.parse.quote(chance.choice(WORDS), safe=""), path)
    known = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
    query = [(chance.choice(known or ["x"]), chance.choice(WORDS)) for _ in range(chance.randrange(3))]
    if chance.random() < 0.05:
        query.append(("nonsense", "1"))
    return path + ("?" + urllib.parse.urlencode(query) if query else "")


def ask(connection, method, target, body, headers):
    """The status, and whether the connection can be used again. Of what goes on only the beginning is read."""
    connection.request(method, target, body, headers)
    response = connection.getresponse()
    is_endless = response.headers.get("Transfer-Encoding") == "chunked"
    if not is_endless:
        response.read()
    return response.status, not is_endless and not response.will_close


def main():
    global PUPPET
    programs, count, seed = sys.argv[1], int((sys.argv + [0, 10000])[2] or 10000), int((sys.argv + [0] * 3)[3] or 1)
    PUPPET = os.path.join(programs, "puppet")
    chance = random.Random(seed)
    directory = tempfile.mkdtemp(prefix="gaffer-fuzz-")
    with open(directory + "/gaffer.ini", "w") as ini:
        ini.write(f"[process:a]\ncmd = {PUPPET} sleep\nnumprocesses = 2\n[process:shop:b]\ncmd = {PUPPET} sleep\n"
                  f"[process:cat]\ncmd = {PUPPET} echo-stdin\nredirect_input = true\n")
    gafferd = subprocess.Popen([programs + "/gafferd", "-c", directory + "/gaffer.ini"], stderr=subprocess.PIPE, text=True,
                               env={**os.environ, "GAFFER_DIR": directory})
    assert "ready" in gafferd.stderr.readline(), "gafferd does not start"
    path = directory + "/gaffer.sock"

    connection = Connection(path)
    connection.request("GET", "/openapi.json")
    document = json.loads(connection.getresponse().read())
    operations = [(method.upper(), route, operation) for route, methods in document["paths"].items()
                  for method, operation in methods.items()]
    statuses, wrong, asked = {}, [], set()
    for number in range(count):
        method, route, operation = operations[number % len(operations)] if number < len(operations) else chance.choice(operations)
        if chance.random() < 0.03:
            method = chance.choice(["GET", "PUT", "PATCH", "HEAD", "OPTIONS", "DELETE", "BREW"])
        target = target_of(chance, route, operation)
        # What makes endpoints or scales to a number would be about this machine, not about the route.
        if (method, route) in (("POST", "/endpoints"), ("DELETE", "/endpoints/{endpoint}")):
            continue
        target = re.sub(r"(_scale|_add)/[^?]*", r"\1/1", target)
        body, headers = body_of(chance, operation)
        try:
            status, is_reusable = ask(connection, method, target, body, headers)
        except (OSError, http.client.HTTPException) as failure:
            wrong.append(f"{method} {target}: {failure!r}")
            is_reusable = False
        else:
            asked.add((method, route))
            statuses[status] = statuses.get(status, 0) + 1
            declared = {int(one) for one in operation["responses"] if one.isdigit()}
            if status >= 500 and not (status in declared and status == 503):
                wrong.append(f"{method} {target} {body!r:.200}: {status}")
            elif method in ("GET", "POST", "PUT", "DELETE") and status not in declared | ALWAYS:
                wrong.append(f"{method} {target}: {status} is not declared")
        if not is_reusable:
            connection.close()
            connection = Connection(path)
        if gafferd.poll() is not None:
            wrong.append("gafferd has ended")
            break
        if len(wrong) > 20:
            break
    connection.close()
    gafferd.terminate()
    said = gafferd.communicate(timeout=60)[1]
    shutil.rmtree(directory)
    if gafferd.returncode != 0:
        wrong.append(f"gafferd ended with {gafferd.returncode}: {said}")
    print(f"seed {seed}: {sum(statuses.values())} requests of {len(asked)} routes; answers {dict(sorted(statuses.items()))}")
    print("\n".join(wrong[:20]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
