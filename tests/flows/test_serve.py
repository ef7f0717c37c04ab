"""The server without notebooks, its health and its numbers."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from algorave_kernel.arguments import BadUsage
from algorave_kernel.serve import serve
from algorave_server.health import Readied
from algorave_server.host_login import MAX_LINKS, OneTimeCodes
from algorave_server.limits import Limits
from algorave_server.loop_lag import LoopLag
from algorave_server.metrics import metrics
from algorave_server.session_service import SessionService, SessionSettings
from live_server import LiveServer, running_server

from .conftest import BEHIND_A_PROXY
from .people import Member, Visitor, open_socket, origin_of, refusal_of
from .routes import OPEN_TO_ALL, SAY_NOTHING, routes

CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """`algorave serve`, below `/base/`."""
    arguments = ["--ServerApp.base_url=/base/", "--ServerApp.trust_xheaders=True", BEHIND_A_PROXY]
    folder = tmp_path_factory.mktemp("serve")
    with running_server(folder, app="algorave_server.serve", token="", arguments=arguments) as live:
        yield live


@pytest.fixture(scope="module")
def host(alone: LiveServer) -> Iterator[httpx.Client]:
    """The host, logged in by the link that was printed."""
    client = httpx.Client(base_url=alone.url, headers={"Origin": origin_of(alone)}, timeout=60)
    assert client.post("login", data={"code": printed_code(alone)}).status_code == 302
    client.headers["X-XSRFToken"] = "61"
    client.cookies.set("_xsrf", "61")
    yield client
    client.close()


def printed_code(server: LiveServer) -> str:
    """The code in the link that the server printed."""
    [code] = re.findall(r"/login#k=([\w-]{43})\s", server.log)
    return code


def test_the_link_works_once(alone: LiveServer, host: httpx.Client) -> None:
    """SERVE-2: the printed link logs one browser in; used again, from another page, or wrong, it does not."""
    assert host.get("algorave/").status_code == 200
    for code in (printed_code(alone), "x" * 43, ""):
        reply = httpx.post(f"{alone.url}login", data={"code": code}, headers={"Origin": origin_of(alone)})
        assert (reply.status_code, "set-cookie" in reply.headers) == (401, False)


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
def test_a_login_comes_from_our_page(alone: LiveServer, host: httpx.Client, origin: str | None) -> None:
    """SERVE-2: no page of another site logs a browser in, so nobody is logged in without noticing."""
    link = host.post("algorave/api/login-link").json()["link"]
    headers = {} if origin is None else {"Origin": origin}
    reply = httpx.post(f"{alone.url}login", data={"code": link.partition("#k=")[2]}, headers=headers)
    assert (reply.status_code, "set-cookie" in reply.headers) == (403, False)


def test_the_host_lets_more_browsers_in(alone: LiveServer, host: httpx.Client) -> None:
    """SERVE-3: a host gets links for other browsers; all are the same host; nobody else gets any."""
    session = host.post("algorave/api/sessions", json={"title": "Jam"}).json()["id"]
    made = host.post("algorave/api/login-link")
    assert made.status_code == 201
    other = httpx.Client(base_url=alone.url, headers={"Origin": origin_of(alone)}, timeout=60)
    reply = other.post("login", data={"code": made.json()["link"].partition("#k=")[2]})
    cookie = next(each for each in reply.headers.get_list("set-cookie") if each.startswith("username-"))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert session in other.get("algorave/api/sessions").text
    assert Visitor(alone).http.post("algorave/api/login-link").status_code == 403


def test_codes_end() -> None:
    """SERVE-3: a link ends after ten minutes, the printed one when it is used; only so many wait at a time."""
    codes = OneTimeCodes()
    first, lasting = codes.mint(0.0), codes.mint(0.0, None)
    assert not codes.use(first, 600.1)
    assert codes.use(lasting, 1e9) and not codes.use(lasting, 1e9)
    many = [codes.mint(0.0) for _ in range(MAX_LINKS + 1)]
    assert [codes.use(code, 599.0) for code in (many[0], many[1], many[-1])] == [False, True, True]


def test_a_password(tmp_path_factory: pytest.TempPathFactory) -> None:
    """SERVE-4: a password logs in as well; after some wrong ones even the right one has to wait, a link does not."""
    from jupyter_server.auth import passwd

    hashed = passwd("drum and bass", "sha1")
    arguments = [f"--HostIdentityProvider.hashed_password={hashed}", BEHIND_A_PROXY]
    folder = tmp_path_factory.mktemp("password")
    with running_server(folder, app="algorave_server.serve", token="", arguments=arguments) as live:
        assert "password" in httpx.get(f"{live.url}login", timeout=60).text
        assert _log_in(live, "203.0.113.1", password="drum and bass") == 302
        guesses = [_log_in(live, "203.0.113.2", password=f"guess {number}") for number in range(6)]
        assert guesses == [401] * 6
        assert _log_in(live, "203.0.113.2", password="drum and bass") == 401
        assert _log_in(live, "203.0.113.3", password="drum and bass") == 302
        assert _log_in(live, "203.0.113.2", code=printed_code(live)) == 302


def _log_in(server: LiveServer, address: str, **form: str) -> int:
    headers = {"Origin": origin_of(server), "X-Forwarded-For": address}
    return httpx.post(f"{server.url}login", data=form, headers=headers, timeout=60).status_code


def test_nothing_of_jupyter_is_there(host: httpx.Client) -> None:
    """SERVE-1: over all routes that a Jupyter server has, a host of this one finds nothing but ours and the metrics."""
    there = {
        route.path
        for route in routes()
        if not route.is_socket and route.path not in OPEN_TO_ALL and route.handler not in SAY_NOTHING
        for method in route.methods
        if method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if not route.path.startswith("algorave/")
        and host.request(method, route.path, follow_redirects=True).status_code not in (404, 405)
    }
    assert there == {"metrics"}
    assert host.get("").headers["location"].startswith("/base/algorave/")


async def test_no_socket_of_jupyter_is_there(alone: LiveServer, host: httpx.Client) -> None:
    """SERVE-1: kernels, terminals, language servers and shared notebooks have no WebSocket here, for hosts neither."""
    cookies = "; ".join(f"{name}={value}" for name, value in host.cookies.items())
    headers = {"Origin": origin_of(alone), "Cookie": cookies}
    paths = [route.path for route in routes() if route.is_socket and not route.path.startswith("algorave/")]
    assert len(paths) >= 5
    for path in paths:
        assert await refusal_of(open_socket(alone, path, headers)) == 404, path


async def test_a_jam_without_notebooks(alone: LiveServer, host: httpx.Client) -> None:
    """SERVE-1: the host makes a session and an invite, a guest plays in it, and the server says where it answers."""
    session = host.post("algorave/api/sessions", json={"title": "Jam"}).json()["id"]
    made = host.post(f"algorave/api/sessions/{session}/invites", json={"role": "co_author"}).json()
    guest = Visitor(alone)
    guest.redeem(made["link"]).raise_for_status()
    socket = await guest.connect(session)
    assert (await socket.hello())["title"] == "Jam"
    assert (await socket.ask({"kind": "add_layer", "name": "bass"}))["kind"] == "done"
    socket.close()
    assert f"algorave answers at {alone.url}" in alone.log
    assert "registered for" not in alone.log


def test_behind_https(alone: LiveServer, host: httpx.Client) -> None:
    """GUEST-4: where the proxy speaks HTTPS the cookie is Secure and links begin with https; else neither."""
    session = host.post("algorave/api/sessions", json={"title": "Jam"}).json()["id"]
    for scheme, is_secure in (("https", True), ("http", False)):
        forwarded = {"X-Forwarded-Proto": scheme}
        link = host.post(f"algorave/api/sessions/{session}/invites", json={}, headers=forwarded).json()[
            "link"
        ]
        assert link.startswith(f"{scheme}://")
        body = {"invite": link.partition("#i=")[2], "name": "Bo"}
        reply = Visitor(alone).http.post("algorave/guest/api/redeem", json=body, headers=forwarded)
        assert ("Secure" in reply.headers["set-cookie"]) is is_secure


# -- health and numbers -----------------------------------------------------------------------------------


def test_health(alone: LiveServer) -> None:
    """SERVE-5: both health routes answer without a login; ready is said with what was looked at."""
    assert httpx.get(f"{alone.url}algorave/healthz", timeout=60).json() == {"ok": True}
    reply = httpx.get(f"{alone.url}algorave/readyz", timeout=60)
    assert set(reply.json()["checks"]) == {"database", "disk", "event_loop"}
    assert reply.status_code == (200 if reply.json()["ok"] else 503)


def _service(database: Path) -> SessionService:
    settings = SessionSettings(f"sqlite:///{database}", database.with_suffix(".spool"), 60, Limits())
    return SessionService(settings, logging.getLogger("tests"))


async def test_ready(tmp_path: Path) -> None:
    """SERVE-5: a server whose database opens and whose loop is on time is ready."""
    service = _service(tmp_path / "a.sqlite")
    checks = await Readied(service, LoopLag()).look()
    assert checks["database"] == checks["event_loop"] == "ok"
    await service.stop()


async def test_not_ready(tmp_path: Path) -> None:
    """SERVE-5: without its database, or with a loop a quarter of a second late, it is not, and says so without a path."""
    (tmp_path / "file").write_text("in the way")
    lag = LoopLag()
    lag.note(0.25)
    checks = await Readied(_service(tmp_path / "file" / "a.sqlite"), lag).look()
    assert "ok" not in checks.values()
    assert str(tmp_path) not in str(checks)
    lag.note(0.0)
    assert lag.worst_s == 0.25
    for _ in range(20):
        lag.note(0.249)
    assert lag.worst_s == 0.249


async def test_the_loop_is_measured() -> None:
    """SERVE-5: what blocks the event loop is measured."""
    lag = LoopLag()
    lag.start()
    loop = asyncio.get_running_loop()
    loop.call_later(0.4, lambda: sum(range(20_000_000)))
    await asyncio.sleep(0)
    done = asyncio.Event()
    loop.call_later(1.1, done.set)
    await done.wait()
    lag.stop()
    assert lag.worst_s > 0.01


async def test_numbers(server: LiveServer) -> None:
    """SERVE-6: /metrics counts sessions, sockets, frames, refusals and how long keeping takes; hosts alone read it."""
    member = Member(server)
    before = _numbers(member)
    session = member.create()
    guest = Visitor(server)
    guest.redeem(member.invite(session)["link"]).raise_for_status()
    Visitor(server).redeem("https://x/#i=" + "B" * 43)
    socket = await guest.connect(session)
    await socket.hello()
    after = _numbers(member)
    assert after["algorave_sessions_active"] >= 1
    assert (
        after['algorave_ws_connections{role="viewer"}']
        == before['algorave_ws_connections{role="viewer"}'] + 1
    )
    json_in = 'algorave_ws_messages_total{direction="in",type="json"}'
    assert after[json_in] == before[json_in] + 1
    assert (
        after['algorave_ws_bytes_total{direction="out"}'] > before['algorave_ws_bytes_total{direction="out"}']
    )
    assert (await socket.ask({"kind": "say", "text": "hello"}))["kind"] == "done"
    kept = _numbers(member)
    assert kept["algorave_update_ack_seconds_count"] > before["algorave_update_ack_seconds_count"]
    assert kept["algorave_db_commit_seconds_sum"] > before["algorave_db_commit_seconds_sum"]
    assert kept["algorave_db_waiting_batches"] == kept["algorave_outbound_queue_bytes"] == 0
    failures = 'algorave_auth_failures_total{kind="invite"}'
    assert after[failures] == before.get(failures, 0) + 1
    socket.close()
    assert guest.http.get("metrics").status_code in (403, 404)
    assert httpx.get(f"{server.url}metrics", timeout=60).status_code == 403


def test_numbers_name_nobody(server: LiveServer) -> None:
    """SERVE-6: more sessions and people make no more series."""
    member = Member(server)
    for _ in range(2):
        Visitor(server).redeem(member.invite(member.create())["link"]).raise_for_status()
    before = set(_numbers(member))
    for _ in range(5):
        Visitor(server).redeem(member.invite(member.create())["link"]).raise_for_status()
    assert set(_numbers(member)) == before


def _numbers(member: Member) -> dict[str, float]:
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(member.http.get("metrics").text):
        for sample in family.samples:
            if sample.name.startswith("algorave_"):
                labels = ",".join(f'{name}="{value}"' for name, value in sample.labels.items())
                found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def test_a_second_load(tmp_path: Path) -> None:
    """SERVE-6: loaded twice in one process, the extension registers its numbers once and speaks of both."""
    first, second = (_service(tmp_path / name) for name in "ab")
    for service in (first, second):
        metrics().watch(service, LoopLag(), "1")
    assert [type(each) for each in REGISTRY._collector_to_names].count(type(metrics())) == 1
    assert REGISTRY.get_sample_value("algorave_sessions_active") == 0


# -- the command ------------------------------------------------------------------------------------------


def test_settings_of_the_command() -> None:
    """SERVE-7: a setting that is none is refused in words before anything starts."""
    with pytest.raises(BadUsage, match="write one as --set max_viewers=100"):
        serve(ip="127.0.0.1", port=0, settings=["max viewers"])


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="there is no uvloop elsewhere")
def test_the_fast_loop_where_there_is_one() -> None:
    """SERVE-9: the server runs on libuv's loop; where uvloop is not installed it runs on Python's."""
    show = (
        "from algorave_server.serve import ServeApp; app = ServeApp(); app.init_ioloop();"
        "print(type(app.io_loop.asyncio_loop).__module__)"
    )

    def loop_after(before: str) -> str:
        command = [sys.executable, "-c", before + show]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    assert loop_after("") == "uvloop"
    assert loop_after("import sys; sys.modules['uvloop'] = None;").startswith("asyncio")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_the_command_is_the_server(tmp_path: Path) -> None:
    """SERVE-7: `algorave serve` prints the way in, answers, and ends with its own process when it is told to."""
    command = [sys.executable, "-m", "algorave_kernel.cli", "serve", "--port=0", "--set", "max_viewers=7"]
    command += [
        "--public-url",
        "https://jam.example/x/",
        "--database-url",
        f"sqlite:///{tmp_path / 'a.sqlite'}",
    ]
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    environment = os.environ | dict.fromkeys(places, str(tmp_path))
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, cwd=tmp_path
    )
    assert process.stdout is not None
    try:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "answers at" in line:
                break
        said = "".join(lines)
        assert re.search(r"https://jam\.example/x/login#k=[\w-]{43}\n", said)
        address = re.search(r"answers at (http://127\.0\.0\.1:\d+)/", said)
        assert address is not None, said
        assert httpx.get(f"{address[1]}/algorave/healthz", timeout=60).json() == {"ok": True}
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        assert process.wait(30) is not None
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


# -- in a browser -----------------------------------------------------------------------------------------


@pytest.fixture
async def browser() -> Iterator[Browser]:  # type: ignore[misc]  # pytest-asyncio makes it one
    """Debian's Chromium."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=CHROMIUM_ARGUMENTS
        )
        yield started
        await started.close()


@pytest.mark.browser
async def test_the_link_in_a_browser(alone: LiveServer, host: httpx.Client, browser: Browser) -> None:
    """SERVE-8: opening the link leads to the hosts' page, and the code is not in the address any more."""
    link = host.post("algorave/api/login-link").json()["link"]
    page = await browser.new_page()
    await page.goto(link)
    await page.wait_for_url(f"{alone.url}algorave/")
    assert "algorave" in await page.title()
    await page.go_back()
    assert "#k=" not in page.url


FETCH = """async (path) => {
  try { return (await fetch(path)).status } catch (error) { return "blocked" }
}"""
SOCKET = """(path) => new Promise((done) => {
  try {
    const socket = new WebSocket(new URL(path, location.href.replace("http", "ws")));
    socket.onopen = () => { done("open"); socket.close() };
    socket.onerror = () => done("blocked");
  } catch (error) { done("blocked") }
})"""
REDEEM = """async ({ invite, base }) => {
  const body = JSON.stringify({ invite, name: "Bo" });
  const headers = { "Content-Type": "application/json" };
  return (await fetch(base + "algorave/guest/api/redeem", { method: "POST", headers, body })).status;
}"""


@pytest.mark.browser
async def test_a_page_of_a_guest_reaches_nothing_else(server: LiveServer, browser: Browser) -> None:
    """GUEST-17: in a browser that is logged in to Jupyter too, the guests' page reaches guests' paths and no other."""
    member = Member(server)
    session = member.create()
    secret = member.invite(session)["link"].partition("#i=")[2]
    context = await browser.new_context()
    page: Page = await context.new_page()
    await page.goto(f"{server.url}?token={server.token}")
    assert (
        await page.evaluate(FETCH, "/base/api/contents") == 200
    )  # the control: so it is on Jupyter's own page
    assert await page.evaluate(SOCKET, "/base/api/events/subscribe") == "open"
    await page.goto(f"{server.url}algorave/guest/#i={secret}")
    assert await page.evaluate(REDEEM, {"invite": secret, "base": "/base/"}) == 200
    assert await page.evaluate(FETCH, "/base/algorave/guest/api/me") == 200
    assert await page.evaluate(SOCKET, f"/base/algorave/guest/ws/{session}") == "open"
    for path in ("/base/api/contents", "/base/api/kernels", "/base/algorave/api/sessions", "/base/login"):
        assert await page.evaluate(FETCH, path) == "blocked", path
    for path in ("/base/api/events/subscribe", f"/base/algorave/ws/{session}"):
        assert await page.evaluate(SOCKET, path) == "blocked", path
    assert "algorave" not in await page.evaluate("document.cookie")
    await context.close()
