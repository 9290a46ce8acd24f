"""Servers of their own on the loopback, and a client that costs next to nothing."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
START_TIMEOUT_SECONDS = 30
#: The console script, as an argument for Python.
TRASTIENDA = str(Path(sys.executable).with_name("trastienda"))
BYTECODE = Path(__file__).resolve().parents[1] / "build" / "bytecode"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Server:
    """gunicorn with one worker; `started` is when its process was made, on time.perf_counter's clock."""

    port: int
    pid: int
    started: float

    def workers(self) -> list[int]:
        """The ids of the processes that answer; the one that minds the jobs has a child of its own."""
        return [child for child in children(self.pid) if not children(child)]


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def serving(arguments: list[str], environment: Mapping[str, str]) -> Iterator[Server]:
    """Run `python ARGUMENT... --bind HOST:PORT` until the block ends; what it has to say goes to stderr."""
    port = free_port()
    command = [sys.executable, *arguments, "--bind", f"{HOST}:{port}"]
    started = time.perf_counter()
    process = subprocess.Popen(command, env=surroundings(environment), stdout=subprocess.DEVNULL)
    try:
        yield Server(port, process.pid, started)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=START_TIMEOUT_SECONDS)


def surroundings(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables for a process that may keep the bytecode of what it imports, as an installed one would."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(BYTECODE), **environment}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def until_answer(server: Server, request: bytes) -> float:
    """Ask until the first good answer; the seconds since the server's process was made."""
    while time.perf_counter() - server.started < START_TIMEOUT_SECONDS:
        try:
            with Client(server.port) as client:
                client.send(request)
                return time.perf_counter() - server.started
        except ConnectionError:
            time.sleep(0.005)
    raise TimeoutError(f"No answer within {START_TIMEOUT_SECONDS} seconds")


class RequestFailed(RuntimeError):
    """The answer's status was not of the 2xx."""


class Client:
    """One kept-alive connection. A general client would cost as much as the servers that are compared."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, request: bytes) -> bytes:
        """The answer's body; raises RequestFailed."""
        self._socket.sendall(request)
        head, _, body = self._receive().partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        wanted = int(length[1]) if length else 0
        while len(body) < wanted:
            body += self._part()
        if head[9:10] != b"2":
            raise RequestFailed(f"{head[:12].decode()}: {body.decode(errors='replace')}")
        return body

    def _receive(self) -> bytes:
        received = self._part()
        while b"\r\n\r\n" not in received:
            received += self._part()
        return received

    def _part(self) -> bytes:
        part = self._socket.recv(1 << 16)
        if not part:
            raise ConnectionResetError("The server closed the connection")
        return part


def request(method: str, path: str, *, token: str = "", cookies: str = "", body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", f"Content-Length: {len(body)}"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if cookies:
        lines.append(f"Cookie: {cookies}")
    if body:
        lines.append("Content-Type: application/json")
    return "\r\n".join([*lines, "", ""]).encode() + body
