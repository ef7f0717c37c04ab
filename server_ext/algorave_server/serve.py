"""`algorave serve`: the extension in a Jupyter server that has nothing else.

No kernels, no contents, no terminals, no notebook conversion, no other extension: only our routes, the login
of hosts, health and metrics. What is not there cannot be reached, whoever finds a way to ask for it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence

from jupyter_server.serverapp import ServerApp
from traitlets.config import Config

from algorave_server.host_login import HostIdentityProvider, HostLoginHandler
from algorave_server.interpreter import take_fast_loop

DEFAULT_PORT = 8765


class ServeApp(ServerApp):
    """A Jupyter server with our routes alone."""

    name = "algorave-serve"
    description = "algorave without notebooks: shared sessions for hosts and guests"
    default_services = ()
    no_browser_open_file = True

    def find_server_extensions(self) -> None:
        """Ours alone; what else is installed stays off."""
        self.jpserver_extensions = {"algorave_server": True}

    def init_ioloop(self) -> None:
        """On the fast loop: here nobody else's code depends on Python's own."""
        take_fast_loop()
        super().init_ioloop()

    def start(self) -> None:
        """Print how the host gets in, then serve until stopped."""
        provider = self.identity_provider
        if isinstance(provider, HostIdentityProvider):
            code = provider.codes.mint(time.monotonic(), None)
            print(self._greeting(code), flush=True)
        super().start()

    def running_server_info(self, kernel_count: bool = True) -> str:  # noqa: ARG002 - Jupyter's signature
        """Where it answers."""
        return f"algorave answers at {self.display_url}"

    def _greeting(self, code: str) -> str:
        public_url = str(self.config.AlgoraveApp.get("public_url", "")).rstrip("/")
        url = f"{public_url}/" if public_url else self.connection_url
        return (
            f"\n  algorave: log in as host with this link; it works once.\n\n    {url}login#k={code}\n\n"
            "  Guests come by the invites that you make. Ctrl+C stops it.\n"
        )


def configuration(found: argparse.Namespace) -> Config:
    """What the command line says, and what makes the server one without notebooks."""
    config = Config()
    config.ServerApp.update(
        {
            "ip": found.ip,
            "port": found.port,
            "open_browser": False,
            "default_url": "/algorave/",
            "jpserver_extensions": {"algorave_server": True},
            "identity_provider_class": HostIdentityProvider,
            "allow_unauthenticated_access": False,
            "terminals_enabled": False,
            "allow_root": hasattr(os, "geteuid") and os.geteuid() == 0,
            "root_dir": os.path.realpath(os.path.curdir),
        }
    )
    config.IdentityProvider.update({"token": "", "cookie_options": {"samesite": "Lax"}})
    config.HostIdentityProvider.login_handler_class = HostLoginHandler
    config.ContentsManager.files_handler_class = None
    if found.database_url:
        config.AlgoraveApp.database_url = found.database_url
    if found.agent:
        # By its name: the server knows nothing of the kernel side.
        config.AlgoraveApp.agent_command = [sys.executable, "-m", "algorave_kernel.cli", "agent", "-"]
    if found.public_url:
        config.AlgoraveApp.public_url = found.public_url
    return config


def parser() -> argparse.ArgumentParser:
    """The options; all others are traits, as of any Jupyter server."""
    made = argparse.ArgumentParser(
        prog="algorave serve",
        description="Shared sessions for hosts and guests, without notebooks.",
        epilog="Further options are Jupyter's, as in --AlgoraveApp.max_viewers=100.",
    )
    made.add_argument("--ip", default="127.0.0.1", help="where to listen (default 127.0.0.1: this machine)")
    made.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"port (default {DEFAULT_PORT})")
    made.add_argument("--database-url", metavar="URL", help="keeps sessions (default: a SQLite file)")
    made.add_argument("--public-url", metavar="URL", help="how the server is reached from outside")
    made.add_argument(
        "--agent",
        action="store_true",
        help="bring an agent to each session with AI on; it has ANTHROPIC_API_KEY, or is the house band",
    )
    return made


def main(words: Sequence[str] | None = None) -> None:
    """Serve until stopped."""
    found, others = parser().parse_known_args(words)
    app = ServeApp.instance(config=configuration(found))
    app.initialize(others)
    app.start()


if __name__ == "__main__":
    main(sys.argv[1:])
