"""`algorave publish`: a notebook as one HTML file whose algorave outputs are players that need no network.

nbconvert makes the page; the outputs are replaced by holders with their data, and our stand-alone bundle,
which is written into the page, mounts a player in each of them.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import asdict
from html import escape
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from . import output_file
from .code_file import Failure
from .display import SESSION_MIME
from .problem import problem_from

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: nbconvert's pages ask these from the network; a published page asks nothing from anybody.
NETWORK_SETTINGS = (
    "mathjax_url",
    "require_js_url",
    "jquery_url",
    "jupyter_widgets_base_url",
    "mermaid_js_url",
)
RUN_LIMIT_S = 120
PLAYER_TAG = "algorave-player"

MOUNT = """
for (const holder of document.querySelectorAll(".algorave-player")) {
  const shown = [...holder.childNodes];
  try {
    const options = JSON.parse(holder.querySelector("script").textContent);
    const place = document.createElement("div");
    holder.replaceChildren(place);
    algorave.mount(place, options);
  } catch (error) {
    // Picture and code stay, and the other players are mounted.
    holder.replaceChildren(...shown);
    console.error(error);
  }
}
"""


def publish(notebook: Path, output: Path, *, run: bool = False) -> int:
    """Write the page and return how many players it has; raise `Failure` in words when it cannot be made."""
    script = _standalone()
    page = _read(notebook)
    if run:
        _run(page, notebook)
    players = _replace_outputs(page)
    if players == 0:
        advice = "" if run else "; run its cells and save it, or add --run"
        raise Failure(f"{notebook} has no algorave output{advice}")
    html = _speakable(_to_html(page, notebook.stem))
    tail = f"<script>{_inline(script)}</script>\n<script>{MOUNT}</script>\n"
    html = html.replace("</body>", tail + "</body>") if "</body>" in html else html + tail
    output_file.write(output, html.encode("utf-8"))
    return players


def _standalone() -> str:
    file = resources.files("algorave_widgets") / "static" / "standalone.js"
    if not file.is_file():
        raise Failure("the player for published pages has not been built; `algorave doctor` says what to do")
    return file.read_text("utf-8")


def _read(notebook: Path) -> NotebookNode:
    import nbformat

    try:
        page = nbformat.read(notebook, as_version=4)
        nbformat.validate(page, relax_add_props=True)
    except FileNotFoundError:
        raise Failure(f"there is no notebook {notebook}", 2) from None
    except IsADirectoryError:
        raise Failure(f"{notebook} is a folder, not a notebook", 2) from None
    except OSError as problem:
        raise Failure(f"{notebook} cannot be read: {problem.strerror}", 2) from None
    except (nbformat.ValidationError, ValueError, KeyError, AttributeError, TypeError):
        raise Failure(f"{notebook} is not a Jupyter notebook", 2) from None
    return page


def _run(page: NotebookNode, notebook: Path) -> None:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError

    resources_ = {"metadata": {"path": str(notebook.resolve().parent)}}
    try:
        NotebookClient(page, timeout=RUN_LIMIT_S, resources=resources_, store_widget_state=False).execute()
    except CellTimeoutError:
        raise Failure(f"a cell of {notebook} ran for more than {RUN_LIMIT_S} s") from None
    except CellExecutionError as problem:
        raise Failure(f"a cell of {notebook} failed: {problem.ename}: {problem.evalue}") from None


def _replace_outputs(page: NotebookNode) -> int:
    """Put a holder where each algorave output is, and return how many there are."""
    players = 0
    page.metadata.pop("widgets", None)
    for cell in page.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if SESSION_MIME not in data:
                continue
            payload = data[SESSION_MIME]
            if not _has_code(payload):
                output["data"] = {"text/plain": ""}
                continue
            output["data"] = {"text/html": _holder(payload, data.get("text/html", ""))}
            # The player shows the code; twice the same text is no help.
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), PLAYER_TAG]
            players += 1
    return players


def _has_code(payload: object) -> bool:
    """Whether this is a layer, and not a hush or what another program left there."""
    if not isinstance(payload, dict):
        return False
    known = cast("dict[str, Any]", payload)
    return isinstance(known.get("code"), str) and bool(known["code"]) and not known.get("action")


def _holder(payload: dict[str, Any], fallback: str) -> str:
    """The data for one player and, until it is mounted or where no script runs, the picture and the code."""
    code, cps, problems = payload["code"], payload.get("cps"), payload.get("problems")
    is_tempo = isinstance(cps, int | float) and 0 < cps <= sys.float_info.max  # also refuses NaN
    options = {
        "layer": str(payload.get("layer", "")),
        "code": code,
        "cps": cps if is_tempo else None,
        "play": False,
        "problems": [asdict(problem_from(each)) for each in problems] if isinstance(problems, list) else [],
        "session": None,
    }
    text = json.dumps(options, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
    shown = fallback or f"<pre>{escape(code)}</pre>"
    return f'<div class="algorave-player"><script type="application/json">{text}</script>{shown}</div>'


def _to_html(page: NotebookNode, title: str) -> str:
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    config = Config()
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_input_tags = {PLAYER_TAG}
    exporter = HTMLExporter(config=config, exclude_input_prompt=True, exclude_output_prompt=True)
    for setting in NETWORK_SETTINGS:
        setattr(exporter, setting, "")
    html, _ = exporter.from_notebook_node(page, resources={"metadata": {"name": title}})
    return re.sub(r'<script src="">\s*</script>', "", html)


def _speakable(text: str) -> str:
    """The text with U+FFFD for each lone surrogate: JSON may hold one, UTF-8 cannot."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _inline(script: str) -> str:
    """A bundle that cannot end the script element it stands in. What is replaced occurs in its texts only."""
    return re.sub(r"<(/script|!--)", r"\\x3c\1", script, flags=re.IGNORECASE)
