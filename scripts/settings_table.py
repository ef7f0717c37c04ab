"""Writes the table of the server's traits into docs/settings.md, from the traits themselves: `make docs`."""

from __future__ import annotations

import re
from pathlib import Path

from jupyter_server.extension.application import ExtensionApp

from algorave_server.app import AlgoraveApp

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
BEGIN, END = "<!-- traits: written by `make docs` -->\n", "<!-- end of traits -->\n"
HEAD = ("| trait | default | what it does |", "|---|---|---|")
# Whether the traits are the app's own; what everybody may want to set comes first.
HEADINGS = {True: "Front end and samples", False: "Shared sessions and guests"}


def table() -> str:
    """The traits as Markdown: what only we add to Jupyter's own, with the sentence and default of each."""
    traits = AlgoraveApp.class_traits(config=True)
    names = [name for name in traits if name not in ExtensionApp.class_traits(config=True)]
    parts: list[str] = []
    for is_own, heading in HEADINGS.items():
        rows = [_row(name, str(traits[name].help)) for name in sorted(names) if is_own is _is_own(name)]
        if rows:
            parts.append("\n".join([f"### {heading}", "", *HEAD, *rows, ""]))
    return "\n".join(parts)


def written() -> str:
    """The table as it stands in the page."""
    return PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]


def main() -> None:
    """Put the table into the page."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}{table()}{END}{rest.split(END)[1]}", encoding="utf-8")


def _is_own(name: str) -> bool:
    return name in vars(AlgoraveApp)


def _row(name: str, said: str) -> str:
    what, _, default = re.sub(r"\s+", " ", said).partition(" Default: ")
    return f"| `{name}` | {default.rstrip('.') or '–'} | {what.rstrip('.')} |"


if __name__ == "__main__":
    main()
