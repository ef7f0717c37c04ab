"""The pages the stage's browser tests open: built once, served from a folder on a free port."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
WIDGETS = HERE.parents[1] / "widgets"
STATIC = WIDGETS / "algorave_widgets" / "static"
PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>tests</title><body><script src="page.js"></script>'


def build_page(folder: Path, entry: str = "stage_page.ts") -> None:
    """Put a page with the host side of the stage, and what it loads, into `folder`."""
    if not (STATIC / "stage.html").is_file() or not (STATIC / "xen.js").is_file():
        subprocess.run(["node", "build.mjs", "engine", "stage"], cwd=WIDGETS, check=True)
    command = ["node_modules/.bin/esbuild", f"test/{entry}", "--bundle", "--format=iife"]
    subprocess.run(
        [*command, f"--outfile={folder / 'page.js'}", "--log-level=warning"], cwd=WIDGETS, check=True
    )
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    for name in ("stage.html", "xen.js"):
        (folder / name).write_bytes((STATIC / name).read_bytes())


class _Handler(SimpleHTTPRequestHandler):
    """Files of the folder; the stage with the policy that the build wrote."""

    def end_headers(self) -> None:
        if self.path == "/stage.html":
            self.send_header("Content-Security-Policy", (STATIC / "stage.csp").read_text("utf-8").strip())
        super().end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep quiet: the tests ask for many pages."""


@contextmanager
def serving(folder: Path) -> Generator[str]:
    """Serve a folder; gives its address, ending with `/`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
