"""Hatch hook: the wheel carries the built front end; the source archive too, so it builds without Node."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LAB_EXTENSION = "widgets/algorave_widgets/labextension"


class FrontEndHook(BuildHookInterface[Any]):
    """Builds the front end before its files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build when stale; abort with one sentence when a wheel would be without its front end."""
        front_end = _load_front_end()
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


def _load_front_end() -> Any:
    """Hatch runs this file by its path, so the module beside it cannot simply be imported."""
    path = Path(__file__).resolve().with_name("front_end.py")
    spec = importlib.util.spec_from_file_location("algorave_front_end", path)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
