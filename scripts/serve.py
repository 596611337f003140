"""Serve the app: finds a free port, starts uvicorn, prints the address.

PORT picks the port; it is used or the start fails. Without it 8501 is tried, then the next ones.
HOST picks the network interface; without it only this machine can connect. HOST=0.0.0.0 lets a
class in.
"""

import errno
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import uvicorn

sys.path.insert(0, str(Path(__file__).parents[1]))
from serving.environment import read_environment, read_listening, read_port

FIRST_PORT, PORTS_TRIED = 8501, 100
LOOPBACK = ("127.0.0.1", "::1")


class AnnouncingServer(uvicorn.Server):
    """Prints where the app is once it can answer."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            print(announcement(sockets[0]), flush=True)


def main() -> None:
    """Serve until interrupted."""
    try:
        read_environment()
        _, host = read_listening()
        hosts = LOOPBACK if host is None else (host,)
        sockets = bind(hosts, os.environ.get("PORT", ""))
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    config = uvicorn.Config(
        "app:app",
        ws="websockets-sansio",
        ws_ping_interval=15,  # proxies in schools cut quiet connections
        ws_ping_timeout=15,
        ws_max_size=16 * 1024 * 1024,  # serving/messages.py leaves out what is too long
        timeout_graceful_shutdown=3,
        server_header=False,
        access_log=False,
        log_level="warning",
    )
    server = AnnouncingServer(config)
    with suppress(KeyboardInterrupt):
        server.run(sockets=sockets)
    if not server.started:
        sys.exit("The app did not start; the reason is above.")


def bind(hosts: Sequence[str], port: str) -> list[socket.socket]:
    """Return listening sockets, one per host, all on one port.

    Parameters
    ----------
    hosts
        Addresses to listen on. The first must work; the others may not exist on this machine.
    port
        A number to use exactly, or "" for the first free one from 8501.

    Raises
    ------
    OSError
        If the port, or every port that may be tried, is taken.
    ValueError
        If port is not a number from 1 to 65535.
    """
    if port:
        ports = range(read_port(port), read_port(port) + 1)
    else:
        ports = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    for number in ports:
        try:
            return _bind_all(hosts, number)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise OSError(f"Cannot listen on {hosts[0]}: {error.strerror or error}.") from error
    if port:
        raise OSError(
            f"Port {port} is not available. Choose another, for example: make run PORT=8600"
        )
    raise OSError(f"No free port from {ports[0]} to {ports[-1]}. Choose one: make run PORT=9000")


def announcement(listening: socket.socket) -> str:
    """Return the lines that say where the app is."""
    host, port = listening.getsockname()[:2]
    local = host in LOOPBACK or host in ("0.0.0.0", "::")
    lines = ["", f"  Unrolled is ready:  http://{'localhost' if local else host}:{port}"]
    if host in ("0.0.0.0", "::"):
        lines.append(f"  In your network:    http://{own_address()}:{port}")
    return "\n".join([*lines, "  Stop it with Ctrl+C.", ""])


def own_address() -> str:
    """Return this machine's address in its network; nothing is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # reserved for documentation: any route will do
        except OSError:
            return socket.gethostname()
        return str(probe.getsockname()[0])


def _bind_all(hosts: Sequence[str], port: int) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    try:
        for host in hosts:
            try:
                sockets.append(_bind_one(host, port))
            except OSError as error:
                missing = error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
                if not sockets or not missing:
                    raise
    except OSError:
        for listening in sockets:
            listening.close()
        raise
    return sockets


def _bind_one(host: str, port: int) -> socket.socket:
    # The protocol is named so that asyncio knows TCP and switches Nagle's algorithm off:
    # together with delayed acknowledgements it costs 40 ms per rerun.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name != "nt":  # there it would let two servers share one port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(host != "::"))
        listening.bind((host, port))
        listening.listen(2048)
    except BaseException:
        listening.close()
        raise
    return listening


if __name__ == "__main__":
    main()
