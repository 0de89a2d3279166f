"""Serve an inspector on this machine, until it is stopped."""

import socket
from collections.abc import Callable
from contextlib import closing

import uvicorn

from carrel.errors import UsageError
from carrel.inspector.access import HOSTS, LocalAccess
from carrel.inspector.app import create_app
from carrel.inspector.headers import SecureHeaders
from carrel.inspector.subject import Subject

CLOSE_S = 2
"""How long an answer that is being sent may take after Ctrl-C."""


def serve(subject: Subject, port: int, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is given the address to open, once the port is bound.

    Port 0 takes a free one. SIGINT raises KeyboardInterrupt when all is closed.

    Raises:
        UsageError: the port cannot be used.
    """
    with closing(_bind(port)) as bound:
        access = LocalAccess(create_app(subject), bound.getsockname()[1])
        announce(access.address)
        config = uvicorn.Config(
            SecureHeaders(access),
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=CLOSE_S,
        )
        uvicorn.Server(config).run(sockets=[bound])


def _bind(port: int) -> socket.socket:
    """Return a listening socket of this machine alone."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((HOSTS[0], port))
        made.listen()
    except OSError as error:
        made.close()
        raise UsageError(f"Port {port} cannot be used: {error.strerror}.", "Choose another, or 0.") from None
    return made
