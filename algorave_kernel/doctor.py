"""What works on this machine, and what to do about the rest: `algorave doctor` and `%algorave doctor`."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

#: What the front end consists of, and what is missing without it.
FRONT_END = {
    "engine.js": "the engine",
    "stage.html": "the player",
    "manifest.json": "the view in the notebook",
    "standalone.js": "published pages",
    "render.js": "rendering to a file",
    "reference.json": "help",
    "sounds.json": "the names of sounds",
}
PACKAGES = ("algorave", "ipykernel", "ipython", "jupyterlab", "anywidget", "mini-racer", "quickjs-ng")
REBUILD = "run `make install` in a checkout, or install the package again"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `is_needed` is false where everything else works without it."""

    what: str
    is_there: bool
    words: str
    advice: str = ""
    is_needed: bool = True


def examine() -> list[Finding]:
    """Look at everything, in the order in which it is needed; takes about a second for the engine's start."""
    steps: tuple[Callable[[], Finding], ...] = (
        _python,
        _front_end,
        _engine,
        _server_extension,
        _lab_extension,
        _kernel,
        _sounds,
        _pandas,
        _chromium,
    )
    return [step() for step in steps]


def report(findings: Iterable[Finding]) -> str:
    """The findings as lines, each with what to do when something is missing."""
    lines: list[str] = []
    for finding in findings:
        state = "ok" if finding.is_there else ("missing" if finding.is_needed else "absent")
        lines.append(f"{state:<8} {finding.what}: {finding.words}")
        if not finding.is_there and finding.advice:
            lines.append(f"{'':<8}   → {finding.advice}")
    return "\n".join(lines)


def is_well(findings: Iterable[Finding]) -> bool:
    """Whether everything that is needed is there."""
    return all(finding.is_there for finding in findings if finding.is_needed)


def versions() -> str:
    """The versions of everything that makes sound here, one a line."""
    lines = [f"{name} {installed_version(name)}" for name in PACKAGES]
    return "\n".join([*lines, f"python {platform.python_version()}"])


def installed_version(package: str) -> str:
    """The version of an installed package, or `not installed`."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _python() -> Finding:
    good = sys.version_info >= (3, 11)
    return Finding("Python", good, platform.python_version(), "algorave needs Python 3.11 or newer")


def _front_end() -> Finding:
    folder = resources.files("algorave_widgets") / "static"
    missing = [f"{name} ({use})" for name, use in FRONT_END.items() if not (folder / name).is_file()]
    words = f"not built: {', '.join(missing)}" if missing else f"{len(FRONT_END)} bundles"
    return Finding("front end", not missing, words, REBUILD)


def _engine() -> Finding:
    from .engine import default_engine

    started = time.perf_counter()
    try:
        engine = default_engine()
        haps = engine.haps('note("c4 e4")', 0, 1)
    except Exception as problem:  # noqa: BLE001  # whatever ails the engine is what is reported here
        advice = "reinstall the packages mini-racer and quickjs-ng, or " + REBUILD
        return Finding("engine", is_there=False, words=f"{type(problem).__name__}: {problem}", advice=advice)
    took_ms = (time.perf_counter() - started) * 1000
    backend = getattr(engine, "backend", "")
    return Finding("engine", len(haps) == 2, f"{backend} answers, first time after {took_ms:.0f} ms")


def _server_extension() -> Finding:
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.extension.config import ExtensionConfigManager

    manager = ExtensionConfigManager(read_config_path=jupyter_config_path())
    enabled = bool(manager.get_jpserver_extensions().get("algorave_server"))
    advice = "run `jupyter server extension enable algorave_server`, then restart Jupyter"
    return Finding("server extension", enabled, "enabled" if enabled else "not enabled", advice)


def _lab_extension() -> Finding:
    from jupyter_core.paths import jupyter_path

    found = [Path(each) / "algorave" / "package.json" for each in jupyter_path("labextensions")]
    listed = next((file for file in found if file.is_file()), None)
    words = str(listed.parent) if listed else "not installed: cells show a widget instead"
    return Finding("JupyterLab extension", listed is not None, words, REBUILD)


def _kernel() -> Finding:
    from jupyter_client.kernelspec import KernelSpecManager

    folder = KernelSpecManager().find_kernel_specs().get("algorave")
    words = folder or "not installed: `%load_ext algorave_kernel` in a Python notebook does the same"
    return Finding('kernel "Algorave"', bool(folder), words, REBUILD, is_needed=False)


def _sounds() -> Finding:
    from .sounds import known_sounds

    sounds = known_sounds()
    words = f"{len(sounds.offline)} with no network, {len(sounds.download)} more by download"
    return Finding("sounds", bool(sounds.offline), words, REBUILD)


def _pandas() -> Finding:
    there = importlib.util.find_spec("pandas") is not None
    words = installed_version("pandas") if there else "not installed"
    advice = "`pip install pandas` lets haps become data frames"
    return Finding("pandas", there, words, advice, is_needed=False)


def _chromium() -> Finding:
    names = ("chromium", "chromium-browser", "google-chrome", "firefox")
    path = next((found for name in names if (found := shutil.which(name))), None)
    advice = (
        "open the address that JupyterLab prints in any browser; only the browser tests need Chromium here"
    )
    return Finding("browser", path is not None, path or "none on this machine", advice, is_needed=False)
