"""How the kernels of this server prove whose they are: each is given a pass in its environment.

A pass opens algorave's sessions as the person who started the kernel, and nothing of Jupyter's. It is good
while that kernel runs and this server process lives; only its hash is kept, and only in memory.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jupyter_core.utils import ensure_async
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.base.call_context import CallContext
from jupyter_server.serverapp import ServerApp
from tornado.web import RequestHandler

from algorave_server.invites import sha256_of

SCHEME = "AlgoraveKernel"
"""What a pass is shown by: `Authorization: AlgoraveKernel <pass>`."""
URL_VARIABLE = "ALGORAVE_URL"
"""Where the kernel reaches the server."""
PAGE_URL_VARIABLE = "ALGORAVE_PAGE_URL"
"""Where the browser of who started the kernel reaches it: what links have to begin with."""
CERTIFICATE_VARIABLE = "ALGORAVE_CERTIFICATE"
"""The file with the server's own HTTPS certificate, which is seldom one that everybody trusts."""
PASS_VARIABLE = "ALGORAVE_PASS"  # noqa: S105 - the name of a variable
SETTING = "algorave_kernel_passes"
"""Where handlers find the passes, among tornado's settings."""
_EVERY_ADDRESS = ("", "*", "0.0.0.0", "::")  # noqa: S104 - compared with, not listened on


@dataclass(frozen=True, slots=True)
class _Holder:
    user: User
    kernel_id: str


class KernelPasses:
    """Which pass is whose. `is_running` tells of a kernel by its id."""

    def __init__(self, is_running: Callable[[str], bool]) -> None:
        self._is_running = is_running
        self._holders: dict[str, _Holder] = {}

    def give(self, shown: str, user: User, kernel_id: str) -> None:
        """From now on the pass is this user's, for as long as the kernel runs."""
        self._holders = {key: held for key, held in self._holders.items() if self._is_running(held.kernel_id)}
        self._holders[sha256_of(shown)] = _Holder(user, kernel_id)

    def user_of(self, shown: str) -> User | None:
        """Whose it is; None when it is nobody's or its kernel is gone."""
        held = self._holders.get(sha256_of(shown))
        return held.user if held is not None and self._is_running(held.kernel_id) else None


class ForKernelsToo(RequestHandler):
    """Goes before Jupyter's handler: a kernel's pass is a login here, and nowhere else."""

    _holder: IdentityProvider | None = None

    @property
    def identity_provider(self) -> IdentityProvider:
        """Jupyter's, unless a pass is shown: then that alone decides."""
        scheme, _, shown = self.request.headers.get("Authorization", "").partition(" ")
        if scheme != SCHEME:
            return self.settings["identity_provider"]
        if self._holder is None:
            passes: KernelPasses = self.settings[SETTING]
            self._holder = _PassHolder(passes.user_of(shown.strip()))
        return self._holder


class _PassHolder(IdentityProvider):
    """Says who holds the pass of one request. There is no page behind it, so there is nothing to forge."""

    def __init__(self, user: User | None) -> None:
        super().__init__()
        self._user = user

    def get_user(self, handler: Any) -> User | None:  # noqa: ARG002 - Jupyter's signature
        """Who it is; None refuses the request."""
        return self._user

    def is_token_authenticated(self, handler: Any) -> bool:  # noqa: ARG002 - Jupyter's signature
        """Whether it is a script that asks, so that neither Origin nor an XSRF cookie is expected."""
        return self._user is not None


def give_passes(server: ServerApp, web_settings: dict[str, Any]) -> None:
    """Let every kernel that this server starts from now on have a pass and know where the server is."""
    manager: Any = server.kernel_manager
    passes = web_settings[SETTING] = KernelPasses(lambda kernel_id: kernel_id in manager)
    if server.gateway_config.gateway_enabled or server.sock:
        return  # kernels run elsewhere, or there is no address to reach us by
    start = manager.start_kernel

    async def start_kernel(*, env: Mapping[str, str] | None = None, **more: Any) -> str:
        asker = CallContext.get(CallContext.JUPYTER_HANDLER)
        user = getattr(asker, "current_user", None)
        if not isinstance(user, User):
            return await ensure_async(start(**({} if env is None else {"env": env}), **more))
        shown = secrets.token_urlsafe(32)
        given = {**(os.environ if env is None else env), **_where(server, asker), PASS_VARIABLE: shown}
        kernel_id = await ensure_async(start(env=given, **more))
        passes.give(shown, user, kernel_id)
        return kernel_id

    # Jupyter has no other place where a kernel's environment and who asked for it are both known.
    manager.start_kernel = start_kernel


def _where(server: ServerApp, asker: Any) -> dict[str, str]:
    request = asker.request
    page_url = f"{request.protocol}://{request.host}{server.base_url}"
    return {URL_VARIABLE: near_url(server), PAGE_URL_VARIABLE: page_url, **certificate_variable(server)}


def near_url(server: ServerApp) -> str:
    """Where a process of this machine reaches the server; ends with `/`."""
    near = urlsplit(server.connection_url)
    if server.ip in _EVERY_ADDRESS:
        near = near._replace(netloc=f"127.0.0.1:{server.port}")
    return near.geturl()


def certificate_variable(server: ServerApp) -> dict[str, str]:
    """The variable with the server's own certificate, if it has one."""
    return {CERTIFICATE_VARIABLE: str(Path(server.certfile).absolute())} if server.certfile else {}
