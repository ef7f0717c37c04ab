"""How fast a layer is there, how soon it sounds, how much is downloaded, how much memory it keeps.

`python benchmarks/widget.py [--json]` starts a real JupyterLab and a headless Chromium; it takes a minute.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from playwright.sync_api import sync_playwright  # noqa: E402 - the tests' folder must be known first

from widget import lab as notebooks  # noqa: E402 - the tests' folder must be known first

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

STATIC = ROOT / "widgets" / "algorave_widgets" / "static"
EXTRA_LAYERS = 10
RERUNS = 20
CLICKS = 10
CODE = 's("bd*8")'

WARM = """
%load_ext algorave_kernel
from algorave_kernel.gate import check
check('s("bd")')
print("warm")
"""

WATCH = """
() => {
  globalThis.seen = [];
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) seen.push(["key", performance.now()]);
  }, true);
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) {
      if (!(node instanceof Element)) continue;
      const has = (name) => node.matches(name) || node.querySelector(name);
      if (has(".algorave-output")) seen.push(["output", performance.now()]);
      if (has(".alg .cm-content")) seen.push(["ready", performance.now()]);
    }
  }).observe(document.body, { childList: true, subtree: true });
}
"""

FIRST_SAMPLE = """
(name) => new Promise((resolve) => {
  const { stage } = globalThis[Symbol.for("algorave.page")];
  let clicked;
  const end = stage.on("captured", ({ left, sample_rate }) => {
    const now = performance.now();
    const at = left.findIndex((sample) => Math.abs(sample) > 1e-3);
    if (at < 0 || clicked === undefined) return;
    end();
    stage.send({ kind: "capture", on: false });
    resolve(now - ((left.length - at) / sample_rate) * 1000 - clicked);
  });
  stage.send({ kind: "capture", on: true });
  setTimeout(() => {
    clicked = performance.now();
    document.querySelector(`button.alg-play[aria-label="Play ${name}"]`).click();
  }, 300);
})
"""


# As the bundler writes them: `from"./chunk-….js"` and `import"./chunk-….js"`, never `import("./chunk-….js")`.
IMPORTED = re.compile(r'(?:from|import)"\./([\w-]+\.js)"')
DYNAMIC = re.compile(r'import\("\./([\w-]+\.js)"\)')


def with_imports(script: Path) -> set[Path]:
    """A script and all that is loaded before it runs."""
    found: set[Path] = set()
    waiting = [script]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [STATIC / name for name in IMPORTED.findall(path.read_text(encoding="utf-8"))]
    return found


def sizes() -> dict[str, dict[str, int]]:
    """Bytes of what a first cell downloads, of what sessions add, and of what comes when it is needed."""
    app = STATIC / json.loads((STATIC / "manifest.json").read_text())["app"]
    [session] = (with_imports(STATIC / name) for name in DYNAMIC.findall(app.read_text(encoding="utf-8")))
    remote = next((STATIC.parent / "labextension" / "static").glob("remoteEntry.*.js"))
    groups = {
        "initial": [*with_imports(app), STATIC / "stage.html", remote],
        "session": list(session - with_imports(app)),
        "lazy": [STATIC / "reference.json", STATIC / "xen.js"],
        "loader": [STATIC / "widget.js"],
        "standalone": [STATIC / "standalone.js"],
    }
    return {
        name: {
            "raw_bytes": sum(path.stat().st_size for path in paths),
            "gzip_bytes": sum(len(gzip.compress(path.read_bytes())) for path in paths),
        }
        for name, paths in groups.items()
    }


def heap_mb(session: CDPSession) -> float:
    """The page's JavaScript heap after a collection."""
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def run_and_time(page: Page, index: int) -> dict[str, float]:
    """Run a cell; milliseconds from the key, and from the arrival of its output, to a ready editor."""
    page.evaluate("seen.length = 0")
    notebooks.run_cell(page, index)
    page.wait_for_function("seen.some(([kind]) => kind === 'ready')")
    seen = dict(reversed(page.evaluate("seen")))
    return {"from_key_ms": seen["ready"] - seen["key"], "from_output_ms": seen["ready"] - seen["output"]}


def median(rows: list[dict[str, float]], name: str) -> float:
    """The median of one column."""
    return statistics.median(row[name] for row in rows)


def measure_memory(page: Page, session: CDPSession) -> dict[str, float]:
    """Megabytes of heap that each further run of a cell leaves behind."""
    run_and_time(page, 2)
    before = heap_mb(session)
    for _ in range(RERUNS):
        run_and_time(page, 2)
    return {"leaked_per_rerun_mb": (heap_mb(session) - before) / RERUNS}


def measure_clicks(page: Page) -> dict[str, float]:
    """Milliseconds from a click to the first sample, the first time and later."""
    cold = page.evaluate(FIRST_SAMPLE, "layer0")
    warm = []
    for _ in range(CLICKS):
        page.get_by_role("button", name="Stop layer0").click()
        page.wait_for_timeout(1000)
        warm.append(page.evaluate(FIRST_SAMPLE, "layer0"))
    page.get_by_role("button", name="Stop layer0").click()
    return {"cold_ms": cold, "warm_median_ms": statistics.median(warm), "warm_worst_ms": max(warm)}


def measure(page: Page, session: CDPSession) -> dict[str, Any]:
    """Everything that needs a page. Cell 0 loads and warms the kernel side, cells 1 and later are layers."""
    page.evaluate(WATCH)
    notebooks.run_cell(page, 0)
    page.wait_for_selector(".jp-OutputArea-output:has-text('warm')")
    first = run_and_time(page, 1)
    clicks = measure_clicks(page)
    before = heap_mb(session)
    following = [run_and_time(page, index) for index in range(2, EXTRA_LAYERS + 2)]
    per_layer = (heap_mb(session) - before) / EXTRA_LAYERS
    return {
        "first_ready": first,
        "next_ready": {name: median(following, name) for name in first},
        "click_to_sound": clicks,
        "memory": {"per_extra_layer_mb": per_layer} | measure_memory(page, session),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    as_json = parser.parse_args().json
    layers = [f"%%strudel layer{index} --no-play\n{CODE}" for index in range(EXTRA_LAYERS + 1)]
    with (
        tempfile.TemporaryDirectory() as folder,
        notebooks.running_lab(Path(folder)) as lab,
        sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=notebooks.CHROMIUM, args=notebooks.CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        notebooks.open_notebook(page, lab, notebooks.write_notebook(lab.root, "bench.ipynb", [WARM, *layers]))
        result = {"sizes": sizes()} | measure(page, page.context.new_cdp_session(page))
        browser.close()
    if as_json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(name)
        for key, number in value.items():
            print(f"  {key:22} {number if isinstance(number, dict) else round(number, 2)}")


if __name__ == "__main__":
    main()
