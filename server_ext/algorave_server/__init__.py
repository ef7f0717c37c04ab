"""The Jupyter server extension: the stage page, the front end, samples."""

from __future__ import annotations

__all__ = ["_jupyter_server_extension_points"]


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    """Tell Jupyter Server where the extension is; imported only when a server asks."""
    from algorave_server.app import AlgoraveApp

    return [{"module": "algorave_server.app", "app": AlgoraveApp}]
