"""The OpenAPI document and a page to read it on, both made of the table of routes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any, ClassVar

from jupyter_server.auth.decorator import authorized
from tornado import web

from algorave_server.answers import STATUS, Answering
from algorave_server.api_models import Answer, Document, NotDone, Says
from algorave_server.json_handler import JsonHandler

METHODS = ("get", "post", "delete")
GUESTS = "algorave/guest/"
EVERYBODY = ("algorave/healthz", "algorave/readyz")
Route = tuple[str, Any, dict[str, Any]]


def api_document(routes: Iterable[Route], base_url: str, version: str) -> dict[str, Any]:
    """OpenAPI 3.1 for all routes whose handler says what its methods take and give."""
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for template, handler, _ in routes:
        if issubclass(handler, Answering):
            says: dict[str, Says] = getattr(handler, "says", {})
            for method, said in says.items():
                operation = _operation(template, getattr(handler, method), said, schemas)
                paths.setdefault(f"/{template}", {})[method] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "algorave",
            "version": version,
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": base_url.rstrip("/") or "/"}],
        "paths": paths,
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": _SECURITY},
    }


def _operation(template: str, method: Any, said: Says, schemas: dict[str, Any]) -> dict[str, Any]:
    answer = _reference(said.answer, schemas)
    schema = {"type": "array", "items": answer} if said.many else answer
    not_done = {"application/json": {"schema": _reference(NotDone, schemas)}}
    operation: dict[str, Any] = {
        "summary": (method.__doc__ or "").strip(),
        "security": _security(template),
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)}", template)
        ],
        "responses": {
            str(said.status): {"description": "Done", "content": {"application/json": {"schema": schema}}},
            "default": {
                "description": f"Not done: {', '.join(sorted(STATUS))}",
                "content": not_done,
            },
        },
    }
    if said.body is not None:
        body = {"application/json": {"schema": _reference(said.body, schemas)}}
        operation["requestBody"] = {"required": True, "content": body}
    return operation


def _reference(model: type[Any], schemas: dict[str, Any]) -> dict[str, str]:
    if model.__name__ not in schemas:
        mode = "serialization" if issubclass(model, Answer) else "validation"
        schema = model.model_json_schema(mode=mode, ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _security(template: str) -> list[dict[str, list[str]]]:
    if template in EVERYBODY or template == f"{GUESTS}api/redeem":
        return []
    return [{"guest": []}] if template.startswith(GUESTS) else [{"jupyter": []}]


_SECURITY = {
    "jupyter": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`token <Jupyter's token>`, or Jupyter's login cookie with `X-XSRFToken`.",
    },
    "guest": {
        "type": "apiKey",
        "in": "cookie",
        "name": "algorave_guest",
        "description": "Given by redeeming an invite. Changes need an `Origin` of this server and JSON.",
    },
}


class DocumentHandler(JsonHandler):
    """`algorave/api/openapi.json`."""

    says: ClassVar[dict[str, Says]] = {"get": Says(Document)}

    def initialize(self, service: Any, routes: list[Route], version: str) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] -- the route gives more
        """Take what the app made."""
        super().initialize(service)
        self.routes = routes
        self.version = version

    def document(self) -> dict[str, Any]:
        """The document for this server."""
        return api_document(self.routes, self.settings["base_url"], self.version)

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """This document."""
        self.reply(Document.model_validate(self.document()))


class ApiPageHandler(DocumentHandler):
    """`algorave/api/`: the document as a page."""

    says: ClassVar[dict[str, Says]] = {}

    @property
    def content_security_policy(self) -> str:
        """The page runs nothing and loads nothing."""
        return "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Every path and method, what it takes and gives."""
        self.finish(api_page(self.document()), set_content_type="text/html; charset=utf-8")


def api_page(document: dict[str, Any]) -> str:
    """The document as HTML."""
    rows = [
        f"<tr><td><code>{method.upper()}</code></td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(operation['summary'])}{_takes(operation)}</td></tr>"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>algorave: REST</title>
<style>body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }}
td {{ padding: .4rem .8rem .4rem 0; vertical-align: top; border-top: 1px solid #8884 }}
table {{ border-collapse: collapse }}</style></head>
<body><h1>algorave: REST</h1>
<p>For machines: <a href="openapi.json">openapi.json</a>. What is live goes over WebSockets.</p>
<table>{"".join(rows)}</table></body></html>
"""


def _takes(operation: dict[str, Any]) -> str:
    if "requestBody" not in operation:
        return ""
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    return f" Takes <code>{escape(reference.rsplit('/', 1)[-1])}</code>."
