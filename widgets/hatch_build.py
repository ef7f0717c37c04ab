"""Hatch hook: the wheel carries the built front end; the source archive too, so it builds without Node.

With ALGORAVE_COMPILE=1 the wheel also carries the compiled server, for this platform and Python alone.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LAB_EXTENSION = "widgets/algorave_widgets/labextension"


class BuildHook(BuildHookInterface[Any]):
    """Builds the front end, and what is to be compiled, before the files are collected."""

    def dependencies(self) -> list[str]:
        """What compiling needs, for builds in an environment of their own."""
        return _load("server_ext/compiled.py").needs() if self._is_compiling else []

    @property
    def _is_compiling(self) -> bool:
        return self.target_name == "wheel" and os.environ.get("ALGORAVE_COMPILE", "") not in ("", "0")

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build when stale; abort with one sentence when a wheel would be without its front end."""
        front_end = _load("widgets/front_end.py")
        if not os.environ.get("ALGORAVE_SKIP_FRONT_END") and not front_end.is_fresh():
            try:
                front_end.build()
            except front_end.CannotBuild as reason:
                if version != "editable":
                    self.app.abort(str(reason))
                self.app.display_warning(f"algorave is installed without its front end. {reason}")
        if self.target_name != "wheel":
            return
        if front_end.is_built():
            build_data["shared_data"][LAB_EXTENSION] = "share/jupyter/labextensions/algorave"
        if version != "editable":
            # A checkout has the lessons already; an installation gets them beside the code that copies them.
            build_data["force_include"]["notebooks"] = "algorave_kernel/notebooks"
            if self._is_compiling:
                self._compile(build_data)

    def _compile(self, build_data: dict[str, Any]) -> None:
        compiled = _load("server_ext/compiled.py")
        try:
            compiled.compile_hot()
        except compiled.CannotCompile as reason:
            self.app.abort(str(reason))
        for path, place in compiled.extension_modules().items():
            build_data["force_include"][str(path)] = place
        build_data |= {"pure_python": False, "infer_tag": True}


def _load(name: str) -> Any:
    """Hatch runs this file by its path, so modules of the checkout cannot simply be imported."""
    path = Path(__file__).resolve().parents[1] / name
    spec = importlib.util.spec_from_file_location(f"algorave_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
