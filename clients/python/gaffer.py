"""A client of gafferd's HTTP API, of Python's standard library alone.

    from gaffer import Gaffer

    gaffer = Gaffer()                                   # the socket of this user's gafferd
    gaffer = Gaffer("https://host:5000", token="gaffer_…", cafile="ca.pem")
    gaffer.restart("web")
    for event in gaffer.events("proc.web"):             # goes on by itself after a disconnect
        print(event["event"], event.get("reason", ""))

Every call blocks until it is answered; whatever changes something is answered when it has come about.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import ssl
import time
import urllib.parse
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional, Union

__all__ = ["Gaffer", "GafferError", "Line"]

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0


class GafferError(Exception):
    """What gafferd answers instead: `error` for programs, `reason` for people."""

    def __init__(self, status: int, error: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.error = error
        self.reason = reason


@dataclass(frozen=True)
class Line:
    """A line of output, or a piece of one."""

    source: str  #: `web.1`
    label: str
    offset: int  #: Of its first byte in the stream.
    data: bytes  #: Without the newline.
    is_whole: bool  #: False: what comes next belongs to the same line.
    gap: int = 0  #: So many bytes right before it are no longer kept.
    time: Optional[str] = None  #: When it came, UTC.

    @property
    def text(self) -> str:
        return self.data.decode(errors="replace")

    @property
    def end(self) -> int:
        """The offset behind it, where to go on."""
        return self.offset + len(self.data) + (1 if self.is_whole else 0)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: Optional[float]) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _usual_socket() -> str:
    directory = os.environ.get("GAFFER_DIR")
    if not directory and os.geteuid() == 0:
        directory = "/run/gaffer"
    if not directory:
        directory = os.path.join(os.environ.get("XDG_RUNTIME_DIR", "/tmp"), "gaffer")
    return os.path.join(directory, "gaffer.sock")


class Gaffer:
    """A gafferd: `url` is `unix:/path`, `http://host:port` or `https://host:port`; without one the
    socket of this user's. `timeout`, in seconds, is for connecting and for each read, but not for
    waiting for events and output."""

    def __init__(self, url: Optional[str] = None, token: Optional[str] = None,
                 timeout: float = 60.0, cafile: Optional[str] = None) -> None:
        self._url = url or "unix:" + _usual_socket()
        self._headers = {"Authorization": "Bearer " + token} if token else {}
        self._timeout = timeout
        self._tls = ssl.create_default_context(cafile=cafile) if self._url.startswith("https:") else None

    # --- Asking -----------------------------------------------------------------------------------

    def request(self, method: str, path: str, body: Union[None, bytes, Dict[str, Any]] = None,
                **query: Any) -> Any:
        """Any route, see GET /openapi.json. A dict is sent as JSON, bytes as they are. Returns what
        JSON says, or text. Raises GafferError, OSError and http.client.HTTPException."""
        connection = self._connection(self._timeout)
        try:
            response = self._send(connection, method, path, body, query)
            return _content(response, response.read())
        finally:
            connection.close()

    def status(self, target: Optional[str] = None) -> List[Dict[str, Any]]:
        """The templates, or those of a target, with their processes."""
        document = self.request("GET", "/status" + ("/" + _quote(target) if target else ""))
        return document["templates"]

    def add(self, template: Dict[str, Any]) -> Any:
        return self.request("POST", "/processes", template)

    def update(self, name: str, template: Dict[str, Any]) -> Any:
        return self.request("PUT", "/processes/" + _quote(name), template)

    def remove(self, target: str) -> Any:
        return self.request("DELETE", "/processes/" + _quote(target))

    def start(self, target: str) -> Any:
        return self._act(target, "_start")

    def stop(self, target: str) -> Any:
        return self._act(target, "_stop")

    def restart(self, target: str) -> Any:
        return self._act(target, "_restart")

    def reload(self, target: str) -> Any:
        return self._act(target, "_reload")

    def signal(self, target: str, name: str) -> Any:
        return self._act(target, "_signal/" + _quote(name))

    def scale(self, name: str, expression: Union[int, str]) -> Any:
        """`3`, `"+1"` or `"-1"`."""
        return self._act(name, "_scale/" + _quote(str(expression)))

    def run_once(self, name: str, env: Optional[Dict[str, str]] = None) -> int:
        """One process more, which is not started again. Returns its pid, gaffer's own."""
        return self.request("POST", "/processes/" + _quote(name) + "/_commit", {"env": env or {}})["pid"]

    def write(self, target: str, data: bytes) -> Any:
        """To the standard input, all of it or nothing."""
        return self.request("POST", "/processes/" + _quote(target) + "/_write", data)

    # --- Listening --------------------------------------------------------------------------------

    def events(self, topic: str = ".", since: Optional[int] = None,
               resume: bool = True) -> Iterator[Dict[str, Any]]:
        """What happens, for ever. With `since` what came after that revision first. A record
        `{"event": "gap", "from": …, "to": …}` tells that some are no longer known: look at the
        status. After a disconnect it goes on where it was cut off; without `resume` it raises."""
        revision = since if since is not None else self.request("GET", "/daemon")["revision"]

        def read() -> Iterator[Dict[str, Any]]:
            nonlocal revision
            for event in self._follow("/events", feed="continuous", topic=topic, since=revision,
                                      heartbeat=20):
                revision = event["to"] if event["event"] == "gap" else event["revision"]
                yield event

        return _resumed(read, resume)

    def output(self, target: str, label: str = "output", lines: Union[None, int, str] = None,
               offset: Optional[int] = None, follow: bool = True,
               resume: bool = True) -> Iterator[Line]:
        """What a process writes into a stream: from `offset` on, or with the last `lines` of the
        past (a number or "all"), or only what comes. After a disconnect it goes on where it was cut
        off, if that was one process; of several only what comes from then on."""
        sources: Dict[str, int] = {}

        def read() -> Iterator[Line]:
            query = {"lines": lines, "offset": offset}
            if len(sources) == 1:
                query = {"offset": next(iter(sources.values()))}
            elif sources:
                query = {}
            path = "/streams/" + _quote(target) + "/" + _quote(label)
            for record in self._follow(path, feed="continuous", format="json", heartbeat=20,
                                       follow=str(follow).lower(), **query):
                line = _line(record)
                sources[line.source] = line.end
                yield line

        return _resumed(read, resume and follow)

    # --- How it is done ---------------------------------------------------------------------------

    def _act(self, target: str, verb: str) -> Any:
        return self.request("POST", "/processes/" + _quote(target) + "/" + verb)

    def _connection(self, timeout: Optional[float]) -> http.client.HTTPConnection:
        if self._url.startswith("unix:"):
            return _UnixConnection(self._url[len("unix:"):], timeout)
        parts = urllib.parse.urlsplit(self._url)
        if self._tls:
            return http.client.HTTPSConnection(parts.netloc, timeout=timeout, context=self._tls)
        return http.client.HTTPConnection(parts.netloc, timeout=timeout)

    def _send(self, connection: http.client.HTTPConnection, method: str, path: str,
              body: Union[None, bytes, Dict[str, Any]], query: Dict[str, Any]) -> http.client.HTTPResponse:
        wanted = {name: value for name, value in query.items() if value is not None}
        target = path + ("?" + urllib.parse.urlencode(wanted) if wanted else "")
        headers = dict(self._headers)
        if isinstance(body, dict):
            headers["Content-Type"] = "application/json"
            body = json.dumps(body).encode()
        elif body is not None:
            headers["Content-Type"] = "application/octet-stream"
        connection.request(method, target, body, headers)
        return connection.getresponse()

    def _follow(self, path: str, **query: Any) -> Iterator[Dict[str, Any]]:
        # A heartbeat comes every 20 seconds: longer silence means that the other side is gone.
        connection = self._connection(self._timeout)
        try:
            response = self._send(connection, "GET", path, None, query)
            if response.status != 200:
                _content(response, response.read())
            while True:
                line = response.readline()
                if not line:
                    return
                if line.strip():
                    yield json.loads(line)
        finally:
            connection.close()


def _quote(text: str) -> str:
    return urllib.parse.quote(text, safe="")


def _content(response: http.client.HTTPResponse, body: bytes) -> Any:
    is_json = response.headers.get_content_type() == "application/json"
    content = json.loads(body) if is_json and body else body.decode(errors="replace")
    if response.status < 400:
        return content
    if isinstance(content, dict):
        raise GafferError(response.status, content.get("error", ""), content.get("reason", ""))
    raise GafferError(response.status, "failed", str(content).strip())


def _line(record: Dict[str, Any]) -> Line:
    data = base64.b64decode(record["base64"]) if "base64" in record else record["text"].encode()
    return Line(record["source"], record["label"], record["offset"], data,
                not record.get("partial", False), record.get("gap", 0), record.get("time"))


def _resumed(read: Any, resume: bool) -> Iterator[Any]:
    pause = _FIRST_PAUSE
    while True:
        try:
            for item in read():
                pause = _FIRST_PAUSE
                yield item
            if not resume:
                return
        except (OSError, http.client.HTTPException, ValueError):  # ValueError: half a line.
            if not resume:
                raise
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
