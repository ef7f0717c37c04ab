"""What a kernel shows to the server: what it opens, for how long, and that nobody else gets to see it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from jupyter_server.auth.identity import User

from algorave_server.kernel_pass import KernelPasses
from live_server import LiveServer

from .people import Member, open_socket, refusal_of
from .server_kernel import kernel_of

READ_PASS = "import os; print(os.environ['ALGORAVE_PASS'])"
JUPYTERS = (
    "api/kernels",
    "api/contents",
    "api/sessions",
    "api/terminals",
    "api/status",
    "lab",
    "algorave/samples/",
)


def test_a_pass_is_good_while_its_kernel_runs() -> None:
    """PASS-3: a pass ends with its kernel; an unknown one is nobody's, and what ended is forgotten."""
    running = {"k1"}
    passes = KernelPasses(lambda kernel_id: kernel_id in running)
    ann = User("ann")
    passes.give("secret", ann, "k1")
    assert passes.user_of("secret") == ann
    assert passes.user_of("Secret") is None
    running.clear()
    assert passes.user_of("secret") is None
    passes.give("other", ann, "k2")
    running |= {"k1", "k2"}
    assert (passes.user_of("secret"), passes.user_of("other")) == (None, ann)
    assert "secret" not in repr(vars(passes))


async def test_a_pass_opens_sessions_and_nothing_of_jupyter(
    server: LiveServer, host: Member, session: str
) -> None:
    """PASS-2: a pass opens its owner's sessions over REST and WebSocket, and no route of Jupyter's."""
    with kernel_of(host, server) as kernel:
        shown = {"Authorization": f"AlgoraveKernel {kernel.run(READ_PASS).streams.strip()}"}
        http = httpx.Client(base_url=server.url, headers=shown)
        assert [each["id"] for each in http.get("algorave/api/sessions").json()] == [session]
        assert http.post(f"algorave/api/sessions/{session}/invites", json={}).status_code == 201
        socket = await open_socket(server, f"algorave/ws/{session}", dict(shown))
        assert (await socket.hello())["role"] == "host"
        socket.close()
        for route in JUPYTERS:
            assert http.get(route).status_code in (302, 403), route
            assert host.http.get(route).status_code not in (302, 403), f"{route} is open to its owner"
        assert http.post("api/kernels", json={}).status_code == 403
        assert "set-cookie" not in http.get("algorave/api/sessions").headers
    assert http.get("algorave/api/sessions").status_code == 403, "the kernel is gone"
    assert await refusal_of(open_socket(server, f"algorave/ws/{session}", dict(shown))) == 403
    http.close()


def test_a_wrong_pass_is_nobody(server: LiveServer, host: Member) -> None:
    """PASS-3: a wrong pass opens nothing, not even beside a login that does."""
    for shown in ("AlgoraveKernel wrong", "AlgoraveKernel"):
        assert host.http.get("algorave/api/sessions", headers={"Authorization": shown}).status_code == 403
    assert host.http.get("algorave/api/sessions").status_code == 200


SPILL = """
%env
!env
import os, subprocess; print(dict(os.environ), subprocess.run(["env"], capture_output=True, text=True).stdout)
%algorave open spill
%algorave who
import algorave_kernel; s = algorave_kernel.open("spill"); print(repr(s), vars(s), s._access, vars(s._client))
%%strudel bass\\ns("bd*4")
%%strudel bass\\ns("bd*4").lpff(1)
%algorave invite --role king
%xmode Verbose
s.text("nothing")
s._access.ask("GET", "api/nothing")
s._access.ask("PATCH", "api/sessions", {"a": object()})
algorave_kernel.join("http://127.0.0.1:9/algorave/guest/#i=x")
algorave_kernel.join("no link")
s.leave(); s.hush()
%algorave doctor
%algorave leave
"""


def test_the_pass_is_seen_nowhere(server: LiveServer, host: Member) -> None:
    """PASS-4: once the extension is loaded, no output, error, comm, child, log, metric, file or database has the pass."""
    with kernel_of(host, server) as kernel:
        secret = kernel.run(READ_PASS).streams.strip()
        assert len(secret) > 40
        assert secret in kernel.run("%env").results[0]["text/plain"], (
            "before, it is where the server has put it"
        )
        kernel.run("%load_ext algorave_kernel")
        cells = [cell.replace("\\n", "\n") for cell in SPILL.strip().splitlines()]
        said = [vars(kernel.run(cell)) for cell in cells]
        assert any("Traceback" in json.dumps(each) or each["errors"] for each in said), "some have to fail"
        assert secret not in json.dumps(said)
        metrics = host.http.get("metrics").text
    files = [path for path in Path(server.root.parent).rglob("*") if path.is_file()]
    assert any(path.name.startswith("sessions.sqlite3") for path in files)
    spilled = [str(path) for path in files if secret.encode() in path.read_bytes()]
    assert (spilled, secret in metrics, secret in server.log) == ([], False, False)


def test_each_kernel_is_whose_it_is(server: LiveServer) -> None:
    """PASS-1: two people's kernels on one server are two people, each with their own sessions."""
    ann, bo = Member(server), Member(server)
    with kernel_of(ann, server) as hers, kernel_of(bo, server) as his:
        for kernel in (hers, his):
            kernel.run("%load_ext algorave_kernel")
            kernel.run("%algorave open ours")
        ids = {each["id"] for member in (ann, bo) for each in member.http.get("algorave/api/sessions").json()}
        assert len(ids) == 2
    for member in (ann, bo):
        assert len(member.http.get("algorave/api/sessions").json()) == 1
        member.http.close()


@pytest.mark.parametrize("asker", [None, SimpleNamespace(current_user=None)])
async def test_a_kernel_that_nobody_asked_for_has_no_pass(
    asker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PASS-5: a kernel that the server starts by itself, or for nobody who is logged in, is started as it always was."""
    from jupyter_server.base.call_context import CallContext

    from algorave_server.kernel_pass import give_passes

    started: list[dict[str, Any]] = []

    class Manager(dict[str, object]):
        async def start_kernel(self, **given: Any) -> str:
            started.append(given)
            return "k1"

    server = SimpleNamespace(
        kernel_manager=Manager(), gateway_config=SimpleNamespace(gateway_enabled=False), sock=""
    )
    monkeypatch.setattr(CallContext, "get", lambda _: asker)
    give_passes(server, {})  # type: ignore[arg-type]  # as much of a server as is asked
    await server.kernel_manager.start_kernel(kernel_name="python3")
    await server.kernel_manager.start_kernel(env={"A": "1"})
    assert started == [{"kernel_name": "python3"}, {"env": {"A": "1"}}]
