"""`algorave publish`: a page that plays by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import Page, Route, sync_playwright

from algorave_kernel.code_file import Failure
from algorave_kernel.display import SESSION_MIME, WIDGET_MIME, Showing, hush_bundle
from algorave_kernel.publish import publish
from widget.ear import hear, level, pitch_hz
from widget.lab import CHROMIUM, CHROMIUM_ARGS

TUNE = 'note("a4").s("sine")'
HOLDER = re.compile(r'<div class="algorave-player"><script type="application/json">(.*?)</script>')


def notebook(folder: Path, *bundles: dict[str, Any], name: str = "set.ipynb") -> Path:
    """A saved notebook whose cells have these outputs."""
    outputs = [new_output("display_data", bundle) for bundle in bundles]
    cells: list[Any] = [new_code_cell("%%strudel source-of-the-cell", outputs=[each]) for each in outputs]
    cells.insert(0, new_markdown_cell("# My set"))
    page = new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    nbformat.write(page, folder / name)
    return folder / name


def holders(html: str) -> list[dict[str, Any]]:
    return [json.loads(text) for text in HOLDER.findall(html)]


def test_every_output_becomes_a_player(tmp_path: Path) -> None:
    """PUB-1: each algorave output is a player with its code, which waits for the button; hush and widgets are left out."""
    widget = Showing("bass", "b").to_bundle() | {
        WIDGET_MIME: {"model_id": "x", "version_major": 2, "version_minor": 0}
    }
    source = notebook(tmp_path, Showing("drums", 's("bd")', play=True).to_bundle(), hush_bundle(), widget)
    assert publish(source, tmp_path / "page.html") == 2
    html = (tmp_path / "page.html").read_text("utf-8")
    assert [(each["layer"], each["code"], each["play"]) for each in holders(html)] == [
        ("drums", 's("bd")', False),
        ("bass", "b", False),
    ]
    assert WIDGET_MIME not in html
    assert "My set" in html
    assert html.count("source-of-the-cell") == 1  # that of hush; a player shows its code itself


def loads(html: str) -> list[str]:
    """The elements of a page that load something from elsewhere."""
    return re.findall(r"<(?:script|img|iframe|audio|link)[^>]*\s(?:src|href)=\"(?!data:)[^\"]*\"", html)


def test_the_page_asks_nothing_from_the_network(tmp_path: Path) -> None:
    """PUB-2: no element of the page loads anything; in nbconvert's own page of the same notebook some do."""
    source = notebook(tmp_path, Showing("drums", 's("bd")').to_bundle())
    publish(source, tmp_path / "page.html")
    assert loads((tmp_path / "page.html").read_text("utf-8")) == []
    assert loads(HTMLExporter().from_filename(str(source))[0]) != []


def test_code_cannot_leave_its_place(tmp_path: Path) -> None:
    """PUB-3: code that looks like HTML stays code, in the data and in the picture's place."""
    evil = "</script><script>alert(1)</script><!--"
    source = notebook(tmp_path, Showing(evil, evil).to_bundle())
    publish(source, tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text("utf-8")
    assert holders(html)[0]["code"] == evil
    assert "<script>alert(1)" not in html


def test_a_notebook_without_music_is_said(tmp_path: Path) -> None:
    """PUB-4: without an algorave output there is one sentence and no page."""
    source = notebook(tmp_path, {"text/plain": "4"})
    with pytest.raises(Failure, match="has no algorave output; run its cells and save it, or add --run"):
        publish(source, tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_cells_are_run_when_asked_for(tmp_path: Path) -> None:
    """PUB-5: `run` runs the cells first, and leaves the notebook as it is."""
    cells = [new_code_cell("%load_ext algorave_kernel"), new_code_cell(f"%%strudel tune\n{TUNE}")]
    source = tmp_path / "set.ipynb"
    nbformat.write(new_notebook(cells=cells), source)
    before = source.read_bytes()
    assert publish(source, tmp_path / "page.html", run=True) == 1
    assert source.read_bytes() == before
    failing = tmp_path / "failing.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1 / 0")]), failing)
    with pytest.raises(Failure, match=r"a cell of .* failed: ZeroDivisionError: division by zero"):
        publish(failing, tmp_path / "page.html", run=True)


def odd(payload: Any) -> dict[str, Any]:
    return {SESSION_MIME: payload, "text/html": "<p>kept</p>", "text/plain": "kept"}


@pytest.mark.parametrize("payload", ["text", [1], 5, None, {}, {"code": 5}, {"code": ["a"]}, {"code": ""}])
def test_what_is_no_layer_is_no_player(tmp_path: Path, payload: Any) -> None:
    """PUB-7: session data of any other shape is left out, and the layer beside it is a player."""
    source = notebook(tmp_path, odd(payload), Showing("drums", 's("bd")').to_bundle())
    assert publish(source, tmp_path / "page.html") == 1


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("cps", float("nan"), None),
        ("cps", float("inf"), None),
        ("cps", 10**400, None),
        ("cps", "fast", None),
        ("cps", 0.6, 0.6),
        ("problems", "x", []),
        ("code", "s('\ud800')", "s('\ufffd')"),
        ("code", "s('\ud83e\udd41')", "s('🥁')"),
    ],
)
def test_odd_values_do_not_break_the_page(tmp_path: Path, field: str, value: Any, wanted: Any) -> None:
    """PUB-7: tempi that are none are left out, text that no file can hold is replaced; the data stays JSON."""
    payload = Showing("drums", 's("bd")').to_payload() | {field: value}
    source = notebook(tmp_path, odd("x"))
    page = json.loads(source.read_text("utf-8"))
    page["cells"][1]["outputs"][0]["data"][SESSION_MIME] = payload
    source.write_text(json.dumps(page), "utf-8")
    assert publish(source, tmp_path / "page.html") == 1
    assert holders((tmp_path / "page.html").read_text("utf-8"))[0][field] == wanted


@pytest.mark.parametrize(
    "text",
    [
        '{"cells": [], "nbformat": 4, "nbformat_minor": 5}',
        '{"cells": 5, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
        '{"cells": [{"cell_type": "code"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
        "[]",
        "",
    ],
)
def test_what_is_no_notebook_is_said(tmp_path: Path, text: str) -> None:
    """PUB-7: a file that lacks what every notebook has is one sentence."""
    (tmp_path / "odd.ipynb").write_text(text)
    with pytest.raises(Failure, match="is not a Jupyter notebook"):
        publish(tmp_path / "odd.ipynb", tmp_path / "page.html")


@pytest.fixture
def offline_page() -> Iterator[tuple[Page, list[str]]]:
    """A page in a browser that reaches nothing but files, and what it tried to reach."""
    tried: list[str] = []

    def refuse(route: Route) -> None:
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            tried.append(route.request.url)
            route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        page = browser.new_page()
        page.route(re.compile("^(?!data:|blob:)"), refuse)
        yield page, tried
        browser.close()


@pytest.mark.browser
def test_the_page_plays_with_the_network_blocked(
    tmp_path: Path, offline_page: tuple[Page, list[str]]
) -> None:
    """PUB-2, PUB-6: opened as a file with every request refused, a click on play sounds, at the right pitch."""
    page, tried = offline_page
    source = notebook(tmp_path, Showing("tune", TUNE).to_bundle())
    publish(source, tmp_path / "page.html")
    page.goto((tmp_path / "page.html").as_uri())
    page.get_by_role("button", name=re.compile("^play", re.IGNORECASE)).first.click()
    samples, rate = hear(page, 1.0)
    assert level(samples) > 0.01
    assert abs(pitch_hz(samples, rate) - 440) < 1
    assert tried == []
    # The blocking itself works: what a page asks for is refused and noted.
    page.set_content('<img src="http://127.0.0.1:9/x.png">')
    page.wait_for_function("document.images[0].complete")
    assert tried == ["http://127.0.0.1:9/x.png"]


@pytest.mark.browser
def test_a_broken_player_leaves_the_others(tmp_path: Path, offline_page: tuple[Page, list[str]]) -> None:
    """PUB-7: where one player cannot be mounted its code stays, and the next one has its play button."""
    page, _ = offline_page
    source = notebook(tmp_path, Showing("a", "first").to_bundle(), Showing("b", TUNE).to_bundle())
    publish(source, tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text("utf-8")
    (tmp_path / "page.html").write_text(html.replace('{"layer": "a"', "{broken", 1), "utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    players = page.locator(".algorave-player")
    players.nth(1).get_by_role("button", name=re.compile("^play", re.IGNORECASE)).first.wait_for()
    assert players.nth(0).get_by_text("first", exact=True).is_visible()
    assert players.nth(0).get_by_role("button").count() == 0


@pytest.mark.browser
def test_the_page_shows_code_and_picture_without_scripts(tmp_path: Path) -> None:
    """PUB-6: where no script runs, code and piano roll are there."""
    from algorave_kernel import Pattern

    source = notebook(tmp_path, Pattern('s("bd*4")')._repr_mimebundle_())
    publish(source, tmp_path / "page.html")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        page = browser.new_page(java_script_enabled=False)
        page.goto((tmp_path / "page.html").as_uri())
        assert page.get_by_text('s("bd*4")', exact=True).is_visible()
        assert page.get_by_alt_text("Piano roll").is_visible()
        browser.close()
