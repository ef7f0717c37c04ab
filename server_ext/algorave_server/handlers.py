"""HTTP: authenticate, parse, call, reply. Every method says by its decorator who may call it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated, authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado import web

from algorave_server.front_end import BuiltFile, FrontEnd
from algorave_server.samples import SampleFolder
from algorave_server.settings import Settings
from algorave_server.stage_policy import stage_policy

NOT_BUILT = "the front end is not built here: run `make build`, or install the wheel"
Route = tuple[str, type[JupyterHandler], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Services:
    """What the handlers call: made once by the app."""

    settings: Settings
    front_end: FrontEnd | None
    samples: SampleFolder | None


def routes(services: Services) -> list[Route]:
    """All our routes, without the server's base URL; everything lies below `algorave/`."""
    given = {"services": services}
    return [
        (r"algorave/static/(.+)", StaticHandler, given),
        (r"algorave/stage", StageHandler, given),
        (r"algorave/samples/?", SampleListHandler, given),
        (r"algorave/samples/(.+)", SampleHandler, given),
        (r"algorave/api/version", VersionHandler, given),
    ]


def package_version() -> str:
    """The version of the installed package, `0` when it runs from bare files."""
    try:
        return version("algorave")
    except PackageNotFoundError:
        return "0"


class _FrontEndHandler(JupyterHandler):
    """Sends built files. They hold no secrets and are the same for everybody, so nobody has to log in."""

    def initialize(self, services: Services) -> None:
        self.services = services
        self.etag: str | None = None

    def compute_etag(self) -> str | None:
        return self.etag

    async def _find(self, name: str) -> BuiltFile:
        front_end = self.services.front_end
        if front_end is None:
            raise web.HTTPError(404, NOT_BUILT, reason="Front end not built")
        # Reading and compressing the first time takes tens of milliseconds: not on the event loop.
        built = await asyncio.get_running_loop().run_in_executor(None, front_end.read, name)
        if built is None:
            raise web.HTTPError(404)
        return built

    def _send(self, built: BuiltFile) -> None:
        self.set_header("Content-Type", built.content_type)
        self.set_header("Vary", "Accept-Encoding")
        accepted = self.request.headers.get("Accept-Encoding", "")
        if built.compressed is not None and accepts_gzip(accepted):
            self.set_header("Content-Encoding", "gzip")
            body, self.etag = built.compressed, f'{built.etag[:-1]}-gzip"'
        else:
            body, self.etag = built.body, built.etag
        self.set_header("Content-Length", len(body))
        # Without a body for HEAD; `finish` turns a known ETag into 304 by itself.
        self.finish(None if self.request.method == "HEAD" else body)


class StaticHandler(_FrontEndHandler):
    """`algorave/static/<file>`: the built front end."""

    @allow_unauthenticated
    async def get(self, name: str) -> None:
        built = await self._find(name)
        kept = f"public, max-age={self.services.settings.static_cache_s}, immutable"
        self.set_header("Cache-Control", kept if built.immutable else "no-cache")
        # The sandboxed stage has no origin, so every origin may read these files; none may send its cookies.
        self.set_header("Access-Control-Allow-Origin", "*")
        self.clear_header("Access-Control-Allow-Credentials")
        self.set_header("Cross-Origin-Resource-Policy", "cross-origin")
        self._send(built)

    @allow_unauthenticated
    async def head(self, name: str) -> None:
        await self.get(name)


class StageHandler(_FrontEndHandler):
    """`algorave/stage`: the page in which pattern code runs, with no origin and no network."""

    @property
    def content_security_policy(self) -> str:
        # Until the built policy is set in `get`, and for error pages, nothing is allowed. This replaces what
        # the server or the hub would say: a policy added to theirs could keep the stage from starting.
        return "sandbox; default-src 'none'; frame-ancestors 'self'"

    @allow_unauthenticated
    async def get(self) -> None:
        built = await self._find("stage.html")
        policy = await asyncio.get_running_loop().run_in_executor(None, self._built_policy)
        self.set_header("Content-Security-Policy", policy)
        self.set_header("Cache-Control", "no-cache")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self._send(built)

    @allow_unauthenticated
    async def head(self) -> None:
        await self.get()

    def _built_policy(self) -> str:
        front_end = self.services.front_end
        if front_end is None:
            raise web.HTTPError(404, NOT_BUILT)
        try:
            return stage_policy((front_end.root / "stage.csp").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            # Never a stage without its policy.
            raise web.HTTPError(500, f"the stage cannot be sent: {error}") from error


class _SamplesBase(APIHandler):
    """Samples are the person's own files: only somebody who is logged in may read them."""

    auth_resource = "contents"

    def initialize(self, services: Services) -> None:
        self.services = services

    @property
    def content_security_policy(self) -> str:
        return "sandbox; default-src 'none'; frame-ancestors 'none'"

    def _reply(self, body: str | bytes, content_type: str) -> None:
        self.set_header("Cache-Control", "private, no-cache")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Vary", "Cookie, Authorization")
        self.finish(body, set_content_type=content_type)


class SampleListHandler(_SamplesBase):
    """`algorave/samples/`: the sounds of the local folder, as a Strudel sample map."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        folder = self.services.samples
        listing: dict[str, list[str]] = {}
        if folder is not None:
            listing = await asyncio.get_running_loop().run_in_executor(None, folder.listing)
        self._reply(json.dumps({"_base": "local:", **listing}), "application/json")


class SampleHandler(_SamplesBase):
    """`algorave/samples/<path>`: one sample file."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        folder = self.services.samples
        sample = None
        if folder is not None:
            sample = await asyncio.get_running_loop().run_in_executor(None, folder.read, name)
        if sample is None:
            raise web.HTTPError(404, "no such sample")
        self.set_header("Content-Disposition", "attachment")
        self._reply(sample.body, sample.content_type)


class VersionHandler(APIHandler):
    """`algorave/api/version`: what runs here, for the command `algorave doctor` and the kernel."""

    def initialize(self, services: Services) -> None:
        self.services = services

    @web.authenticated
    async def get(self) -> None:
        front_end = self.services.front_end
        built = await asyncio.get_running_loop().run_in_executor(
            None, front_end.read if front_end else lambda _name: None, "stage.html"
        )
        reply = {
            "name": "algorave",
            "version": package_version(),
            "front_end": built is not None,
            "samples": self.services.samples is not None,
        }
        self.finish(json.dumps(reply))


def accepts_gzip(header: str) -> bool:
    """Tell whether an `Accept-Encoding` header allows gzip (`gzip;q=0` does not)."""
    for part in header.lower().split(","):
        name, _, weight = part.strip().partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
