"""What every test gets: fresh databases (tests/databases.py), and no way out of this machine."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

pytest_plugins = ["tests.databases", "tests.service_fixtures"]


class NetworkForbidden(RuntimeError):
    """A test tried to reach something outside this machine."""


def _refuse_outside(host: Any) -> None:
    """Let loopback addresses and Unix sockets pass; raise NetworkForbidden for everything else."""
    if host in (None, "", b"", "localhost", b"localhost"):
        return
    name = host.decode() if isinstance(host, bytes) else str(host)
    try:
        inside = ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise NetworkForbidden(f"a test tried to reach {name}; tests talk to 127.0.0.1 only")


def _destination(sock: socket.socket, address: Any) -> Any:
    return None if sock.family == socket.AF_UNIX else address[0]


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Python's sockets go to this machine only. Programs that tests start are told so by themselves."""
    connect, connect_ex, sendto, getaddrinfo = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.socket.sendto,
        socket.getaddrinfo,
    )

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse_outside(_destination(self, address))
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_outside(_destination(self, address))
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, message: bytes, *flags_and_address: Any) -> int:
        _refuse_outside(_destination(self, flags_and_address[-1]))
        return sendto(self, message, *flags_and_address)

    def guarded_getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
        _refuse_outside(host)
        return getaddrinfo(host, *arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket.socket, "sendto", guarded_sendto)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield
