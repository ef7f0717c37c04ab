"""Prints every route of a Jupyter server as JSON lines. Run in a process of its own: servers are singletons."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from jupyter_server.serverapp import ServerApp
from tornado.web import RequestHandler
from tornado.websocket import WebSocketHandler


def _walk(router: Any) -> Iterator[tuple[str, type[RequestHandler]]]:
    for rule in router.rules:
        if isinstance(rule.target, type):
            yield rule.matcher.regex.pattern, rule.target
        elif hasattr(rule.target, "rules"):
            yield from _walk(rule.target)


def main() -> None:
    """Make a server with all that is installed, without starting it."""
    app = ServerApp.instance()
    app.jpserver_extensions = {"algorave_server": True}
    app.initialize(argv=[*sys.argv[1:], "--no-browser", "--port=0", "--allow-root"], new_httpserver=False)
    for pattern, handler in _walk(app.web_app.default_router):
        methods = [
            method
            for method in handler.SUPPORTED_METHODS
            if getattr(handler, method.lower()) is not RequestHandler._unimplemented_method
        ]
        name = f"{handler.__module__}.{handler.__name__}"
        is_socket = issubclass(handler, WebSocketHandler)
        print(json.dumps({"pattern": pattern, "handler": name, "methods": methods, "socket": is_socket}))


if __name__ == "__main__":
    main()
