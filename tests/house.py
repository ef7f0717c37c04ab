"""The house rules as functions: each gives the places where a rule is broken."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ROOT = Path(__file__).resolve().parent.parent
MAX_FILE_LINES, MOST_FILES_LINES = 400, 330
MAX_FUNCTION_LINES, MOST_FUNCTIONS_LINES = 60, 30
MOST = 0.9
GENERATED = {"widgets/src/protocol.ts"}
EMPTY_WORDS = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "base"}
SOURCE_ROOTS = (
    "algorave_kernel/",
    "server_ext/",
    "widgets/src/",
    "widgets/build/",
    "widgets/algorave_widgets/",
)
# Pieces of paths that exist on one machine only, put together so that this file does not break its own rule.
MACHINE_PATHS = re.compile(
    "|".join(("/" + "work/", "/" + "root/", "fac" + "ts/", "/" + "home/\\w", "DES" + "IGN\\.md"))
)
# Shared material beside the checkout: one test may read it.
BESIDE = re.compile("shared" + "/")
REASON = re.compile(
    r"# noqa(?!: [A-Z]+\d+(?:, ?[A-Z]+\d+)* {1,2}(?:--?|#) \S)"
    r"|# type: ignore(?!\[[\w-]+(?:, ?[\w-]+)*\]  ?# \S)"
    r"|# pyright: ignore(?!\[\w+(?:, ?\w+)*\] {1,2}(?:--?|#) \S)"
    r"|# pyright: (?!ignore)"
    r"|(?://|/\*) biome-ignore(?:-all|-start|-end)? (?![\w/]+: \S)"
    r"|@ts-(?:ignore|nocheck)"
    r"|@ts-expect-error(?! \S)"
)
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
RULE = re.compile(r"^- \*\*([A-Z]+-\d+)\*\* ", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)")
# Which folder of the TypeScript may import from which others; types may be imported from anywhere.
TYPESCRIPT_FLOORS: dict[str, set[str]] = {
    "kit": set(),
    "time": set(),
    "engine": {"kit"},
    "stage": {"engine", "kit", "time"},
    "render": {"engine", "kit", "stage"},
    "editor": {"engine", "stage"},
    "link": {"page", "time"},
    "views": {"editor", "engine", "link", "stage", "page", "session", "time"},
    "page": {"engine", "stage", "kit", "session", "time"},
}
STRUDEL_FOLDERS = {"engine", "stage", "render"}


def listed(*patterns: str) -> list[str]:
    """The project's files by git pattern, without ignored ones, relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return sorted({name for name in names if name and (ROOT / name).is_file()})


def text(name: str) -> str:
    """A file of the project as text."""
    return (ROOT / name).read_text(encoding="utf-8")


def sources() -> list[str]:
    """Every file of the product's own code."""
    return [name for name in listed("*.py", "*.ts", "*.mjs") if name.startswith(SOURCE_ROOTS)]


def modules() -> list[str]:
    """Every Python file of the product."""
    return [name for name in sources() if name.endswith(".py")]


def function_lengths(source: str) -> Iterator[tuple[str, int]]:
    """Every function of a Python file with its lines, decorators and the sentence above the code not counted."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, FUNCTIONS):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            yield node.name, (node.end_lineno or node.lineno) - body[0].lineno + 1


def too_long(lengths: Iterable[tuple[str, int]], most: int, at_most: int) -> list[str]:
    """Places over the hard limit; and, when too many are over the softer one, all of those."""
    measured = list(lengths)
    hard = [f"{name}: {lines} lines, at most {at_most}" for name, lines in measured if lines > at_most]
    soft = [f"{name}: {lines} lines, most have {most}" for name, lines in measured if lines > most]
    return hard if hard or len(soft) <= (1 - MOST) * len(measured) else soft


def matches(pattern: re.Pattern[str], name: str, content: str) -> list[str]:
    """Places of a file where a pattern is found."""
    found = ((number, line) for number, line in enumerate(content.splitlines(), 1) if pattern.search(line))
    return [f"{name}:{number}: {line.strip()[:100]}" for number, line in found]


def undocumented(name: str, source: str) -> list[str]:
    """Public functions and classes of a module without a sentence."""
    tree = ast.parse(source)
    public = [
        node
        for node in tree.body
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not node.name.startswith("_")
    ]
    return [f"{name}:{node.lineno}: {node.name}" for node in public if not ast.get_docstring(node)]


def silent_tests(name: str, source: str) -> list[str]:
    """Tests of a module that do not say their rule."""
    functions = [each for each in ast.walk(ast.parse(source)) if isinstance(each, FUNCTIONS)]
    tests = [each for each in functions if each.name.startswith("test_")]
    return [f"{name}:{each.name}" for each in tests if not ast.get_docstring(each)]


def named_event(name: str, source: str) -> list[str]:
    """Names a module makes that say `event`: the calendar's word, never a hap's."""
    made: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                made.add(node.name)
            case ast.arg():
                made.add(node.arg)
            case ast.Name(ctx=ast.Store()):
                made.add(node.id)
    return [f"{name}: {each}" for each in sorted(made) if re.search(r"events?(?![a-z])|Event", each)]


def typescript_imports(content: str) -> Iterator[tuple[str, bool]]:
    """What a TypeScript file imports, and whether only for its types."""
    pattern = r"^\s*(?:import|export)\s+(type\s)?(?:[^'\";]*?\sfrom\s+)?[\"']([^\"']+)[\"']"
    for match in re.finditer(pattern, content, re.MULTILINE):
        yield match.group(2), bool(match.group(1))


def broken_floors(name: str, content: str) -> list[str]:
    """Imports of a file below `widgets/src` that go up a floor, or to Strudel from a place that must not."""
    folder = Path(name).relative_to("widgets/src").parts[0]
    broken: list[str] = []
    for target, only_types in typescript_imports(content):
        if target.startswith("."):
            place = (ROOT / name).parent.joinpath(target).resolve()
            inside = place.relative_to(ROOT / "widgets" / "src").parts[0]
            allowed = TYPESCRIPT_FLOORS.get(folder)
            if allowed is not None and not only_types and inside not in allowed | {folder}:
                broken.append(f"{name}: {folder} imports {target}")
        elif target.startswith(("@strudel/", "superdough")) and folder not in STRUDEL_FOLDERS:
            broken.append(f"{name}: {target}")
    return broken
