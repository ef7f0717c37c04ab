"""The extension inside a real Jupyter server."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import httpx
import pytest
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.serverapp import ServerWebApplication
from tornado import web

from algorave_server.handlers import Services, accepts_gzip, routes
from algorave_server.settings import Settings
from live_server import LiveServer, running_server

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "
POLICY = "default-src 'none'; script-src 'sha256-abc=' 'unsafe-eval' blob: data:; connect-src 'none'"
SCRIPT = b"export const a = 1;\n" * 200
PUBLIC = ["algorave/static/app-5XKQ2B7A.js", "algorave/static/widget.js", "algorave/stage"]
PRIVATE = ["algorave/samples", "algorave/samples/", "algorave/samples/bd/a%20b.wav", "algorave/api/version"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A Jupyter server below `/base/` with a small front end and one sample, strict about unmarked routes."""
    folder = tmp_path_factory.mktemp("server")
    static, samples = folder / "static", folder / "samples"
    static.mkdir()
    (static / "app-5XKQ2B7A.js").write_bytes(SCRIPT)
    (static / "widget.js").write_bytes(b"export default {};")
    (static / "stage.html").write_bytes(b"<!doctype html><title>stage</title>")
    (static / "stage.csp").write_text(POLICY, encoding="utf-8")
    (samples / "bd").mkdir(parents=True)
    (samples / "bd" / "a b.wav").write_bytes(WAV)
    arguments = [
        "--ServerApp.base_url=/base/",
        "--ServerApp.allow_unauthenticated_access=False",
        f"--AlgoraveApp.static_dir={static}",
        f"--AlgoraveApp.samples_dir={samples}",
    ]
    with running_server(folder, arguments=arguments) as live:
        yield live


@pytest.fixture
def anonymous(server: LiveServer) -> Iterator[httpx.Client]:
    """Somebody who is not logged in."""
    with httpx.Client(base_url=server.url) as client:
        yield client


@pytest.fixture
def member(server: LiveServer) -> Iterator[httpx.Client]:
    """Somebody who is logged in."""
    with httpx.Client(base_url=server.url, headers=server.headers) as client:
        yield client


@pytest.mark.parametrize("path", PUBLIC)
def test_public_routes(anonymous: httpx.Client, member: httpx.Client, path: str) -> None:
    """SRV-8: the front end and the stage answer everybody alike."""
    for client in (anonymous, member):
        assert client.get(path).status_code == 200
        head = client.head(path)
        assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("path", PRIVATE)
def test_private_routes(anonymous: httpx.Client, member: httpx.Client, path: str) -> None:
    """SRV-8: samples and the version answer only who is logged in."""
    assert anonymous.get(path).status_code == 403
    assert member.get(path).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", PUBLIC + PRIVATE)
def test_nothing_can_be_written(
    anonymous: httpx.Client, member: httpx.Client, path: str, method: str
) -> None:
    """SRV-8: no route of the extension takes anything but GET and HEAD."""
    assert anonymous.request(method, path).status_code in (403, 405)
    assert member.request(method, path).status_code == 405


def test_every_route_is_walked() -> None:
    """SRV-8: the two lists above name every route there is."""
    settings = Settings(
        static_dir=None, samples_dir=None, static_cache_s=1, max_sample_bytes=1, max_samples=1
    )
    patterns = [route[0] for route in routes(Services(settings=settings, front_end=None, samples=None))]
    for pattern in patterns:
        assert any(re.fullmatch(pattern, path) for path in PUBLIC + PRIVATE), pattern


def test_every_method_says_who_may_call_it(server: LiveServer) -> None:
    """SRV-8: a server that asks for explicit marks finds them on all our methods."""
    assert "algorave" not in "\n".join(line for line in server.log.splitlines() if "registered for" in line)


def test_an_unmarked_method_would_be_found() -> None:
    """SRV-8: negative control: the same check names a handler without a mark."""

    class Unmarked(JupyterHandler):
        def get(self) -> None:
            """Answer anybody, without saying so."""

    application = object.__new__(ServerWebApplication)
    assert application._check_handler_auth("x", Unmarked) == ["- GET of Unmarked registered for x"]
    assert issubclass(Unmarked, web.RequestHandler)


def test_hashed_files_are_kept(anonymous: httpx.Client) -> None:
    """SRV-3: a file with a hash in its name is immutable for a year, every other is asked for again."""
    hashed = anonymous.get("algorave/static/app-5XKQ2B7A.js").headers
    plain = anonymous.get("algorave/static/widget.js").headers
    assert hashed["cache-control"] == "public, max-age=31536000, immutable"
    assert plain["cache-control"] == "no-cache"
    assert hashed["access-control-allow-origin"] == "*"
    assert (hashed["x-content-type-options"], hashed["content-type"]) == (
        "nosniff",
        "text/javascript; charset=utf-8",
    )


def test_compression(anonymous: httpx.Client) -> None:
    """SRV-3: gzip is sent to who accepts it, and only then."""
    packed = anonymous.get("algorave/static/app-5XKQ2B7A.js", headers={"Accept-Encoding": "br, gzip"})
    plain = anonymous.get("algorave/static/app-5XKQ2B7A.js", headers={"Accept-Encoding": "identity"})
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert int(packed.headers["content-length"]) == len(gzip.compress(SCRIPT, mtime=0))
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content == SCRIPT


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_an_unchanged_file_is_not_sent_again(anonymous: httpx.Client, encoding: str) -> None:
    """SRV-3: who asks with the ETag of what he has gets 304 and no body."""
    headers = {"Accept-Encoding": encoding}
    etag = anonymous.get("algorave/static/app-5XKQ2B7A.js", headers=headers).headers["etag"]
    again = anonymous.get("algorave/static/app-5XKQ2B7A.js", headers=headers | {"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["algorave/static/%2e%2e/stage.csp", "algorave/static/..%2f..%2fserver.log", "algorave/static/stage.csp"],
)
def test_no_way_out_of_the_folder(anonymous: httpx.Client, path: str) -> None:
    """SRV-2: encoded dots and files of other types find nothing over HTTP either."""
    assert anonymous.get(path).status_code == 404


def test_the_stage_has_its_own_policy(anonymous: httpx.Client) -> None:
    """SRV-4: the stage's header is the built policy with sandbox and frame-ancestors, and nothing of the server's."""
    reply = anonymous.get("algorave/stage")
    assert (
        reply.headers["content-security-policy"] == f"sandbox allow-scripts; {POLICY}; frame-ancestors 'self'"
    )
    assert reply.headers["content-type"] == "text/html; charset=utf-8"


def test_without_policy_no_stage(server: LiveServer, anonymous: httpx.Client) -> None:
    """SRV-5: when the built policy is missing or open, the stage is refused, and the refusal allows nothing."""
    policy = server.log_path.parent / "static" / "stage.csp"
    try:
        for broken in (None, "default-src *"):
            policy.unlink() if broken is None else policy.write_text(broken, encoding="utf-8")
            reply = anonymous.get("algorave/stage")
            assert (reply.status_code, "<title>stage" in reply.text) == (500, False)
            assert "default-src 'none'" in reply.headers["content-security-policy"]
    finally:
        policy.write_text(POLICY, encoding="utf-8")


def test_samples_over_http(member: httpx.Client) -> None:
    """SRV-6: the listing is a Strudel sample map whose paths can be fetched as they are."""
    listing = member.get("algorave/samples/").json()
    assert listing == {"_base": "local:", "bd": ["bd/a%20b.wav"]}
    reply = member.get(f"algorave/samples/{listing['bd'][0]}")
    assert (reply.content, reply.headers["content-type"]) == (WAV, "audio/wav")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert reply.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path", ["..%2fstatic%2fwidget.js", "%2e%2e/static/widget.js", "bd%2f..%2f..%2fx.wav", "%ff.wav"]
)
def test_no_way_out_of_the_samples(member: httpx.Client, path: str) -> None:
    """SRV-7: encoded dots and broken names find no sample over HTTP."""
    assert member.get(f"algorave/samples/{path}").status_code in (400, 404)


def test_another_site_reads_no_samples(member: httpx.Client, server: LiveServer) -> None:
    """SRV-8: a page of another site gets no sample with a visitor's cookie."""
    with httpx.Client(base_url=server.url) as browser:
        browser.get(f"?token={server.token}", follow_redirects=True)
        assert browser.get("algorave/samples/").status_code == 200
        assert browser.get("algorave/samples/", headers={"Origin": "https://evil.example"}).status_code == 404


def test_version(member: httpx.Client) -> None:
    """SRV-1: the version route says what runs here and whether the front end is built."""
    reply = member.get("algorave/api/version").json()
    assert (reply["name"], reply["front_end"], reply["samples"]) == ("algorave", True, True)


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("br;q=1, gzip;q=0.8", True),
        ("*", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
    ],
)
def test_accept_encoding(header: str, accepted: bool) -> None:
    """SRV-3: `Accept-Encoding` is read with its weights."""
    assert accepts_gzip(header) is accepted
