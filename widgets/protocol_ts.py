"""`algorave_server/protocol` as TypeScript: `python widgets/protocol_ts.py` writes `src/protocol.ts`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from algorave_server import close, protocol, rights

TARGET = Path(__file__).parent / "src" / "protocol.ts"
HEAD = "// GENERATED from server_ext/algorave_server/protocol by widgets/protocol_ts.py. Do not edit."


def generate() -> str:
    """The whole file."""
    schema = TypeAdapter(dict[str, protocol.FromClient | protocol.FromServer]).json_schema(
        mode="serialization"
    )
    definitions = {name: body for name, body in schema["$defs"].items() if body.get("type") == "object"}
    parts = [
        HEAD,
        f"export const PROTOCOL_VERSION = {protocol.PROTOCOL_VERSION};",
        f'export const LAYER_ROOT_PREFIX = "{protocol.LAYER_ROOT_PREFIX}";',
        _union_of_strings("Role", rights.Role),
        _union_of_strings("Action", rights.Action),
        _rights(),
        _closes(),
        *(_interface(name, body) for name, body in definitions.items()),
        _union("FromClient", definitions, protocol.FromClient),
        _union("FromServer", definitions, protocol.FromServer),
    ]
    return "\n\n".join(parts) + "\n"


def _union_of_strings(name: str, values: Any) -> str:
    return f"export type {name} = " + " | ".join(f'"{value.value}"' for value in values) + ";"


def _rights() -> str:
    rows = (
        f"  {role.value}: [" + ", ".join(f'"{action.value}"' for action in sorted(may)) + "],"
        for role, may in rights.MAY.items()
    )
    return "\n".join(
        [
            "/** What each role may do; the server refuses by the same table. */",
            "export const MAY: Record<Role, readonly Action[]> = {",
            *rows,
            "};",
        ]
    )


def _closes() -> str:
    rows = (f"  {code.name.lower()}: {code.value}," for code in close.Close)
    return "\n".join(
        ["/** Why the server closes a WebSocket. */", "export const CLOSE = {", *rows, "} as const;"]
    )


def _interface(name: str, body: dict[str, Any]) -> str:
    doc = " ".join(str(body.get("description", "")).split())
    fields = (f"  {field}: {_type(spec)};" for field, spec in body["properties"].items())
    return "\n".join([f"/** {doc} */", f"export interface {name} {{", *fields, "}"])


def _type(spec: dict[str, Any]) -> str:
    if "$ref" in spec:
        return str(spec["$ref"]).rsplit("/", 1)[-1]
    if "const" in spec:
        return f'"{spec["const"]}"'
    if "enum" in spec:
        return " | ".join(f'"{value}"' for value in spec["enum"])
    if "anyOf" in spec:
        return " | ".join(_type(each) for each in spec["anyOf"])
    if spec["type"] == "array":
        return f"{_type(spec['items'])}[]"
    names = {
        "integer": "number",
        "number": "number",
        "string": "string",
        "boolean": "boolean",
        "null": "null",
    }
    return names[spec["type"]]


def _union(name: str, definitions: dict[str, Any], union: Any) -> str:
    references = TypeAdapter(union).json_schema(mode="serialization")["oneOf"]
    members = [str(each["$ref"]).rsplit("/", 1)[-1] for each in references]
    assert set(members) <= set(definitions)
    return f"export type {name} =\n" + "\n".join(f"  | {member}" for member in members) + ";"


if __name__ == "__main__":
    TARGET.write_text(generate(), encoding="utf-8")
    sys.stdout.write(f"wrote {TARGET}\n")
