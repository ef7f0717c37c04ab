"""What can be said about the house itself, checked by a machine."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest

import house

PROJECT = tomllib.loads(house.text("pyproject.toml"))
DOCS = house.listed("*.md")
PACKAGE_OF_IMPORT = {
    "IPython": "ipython",
    "py_mini_racer": "mini-racer",
    "pythonosc": "python-osc",
    "quickjs": "quickjs-ng",
}
# Used when they are there, and said so in words when they are not.
OPTIONAL_IMPORTS = {"numpy", "pandas", "redis"}
OURS = {"algorave_kernel", "algorave_server", "algorave_widgets"}


def test_files_are_short() -> None:
    """HOUSE-1: no source file has over 400 lines, nine of ten have at most 330."""
    lengths = [
        (name, house.text(name).count("\n")) for name in house.sources() if name not in house.GENERATED
    ]
    assert house.too_long(lengths, house.MOST_FILES_LINES, house.MAX_FILE_LINES) == []


def test_functions_are_short() -> None:
    """HOUSE-2: no Python function has over 60 lines, nine of ten have at most 30."""
    lengths = [
        (f"{name}:{function}", lines)
        for name in house.modules()
        for function, lines in house.function_lengths(house.text(name))
    ]
    assert house.too_long(lengths, house.MOST_FUNCTIONS_LINES, house.MAX_FUNCTION_LINES) == []


def test_module_names_say_something() -> None:
    """HOUSE-3: no module is called by a word that fits anything."""
    assert [name for name in house.sources() if Path(name).stem in house.EMPTY_WORDS] == []


def test_event_is_the_calendars_word() -> None:
    """HOUSE-4: nothing on the kernel side is called event; a hap is a hap."""
    found = [
        house.named_event(name, house.text(name))
        for name in house.modules()
        if name.startswith("algorave_kernel/")
    ]
    assert list(chain.from_iterable(found)) == []


def test_public_names_have_a_sentence() -> None:
    """HOUSE-5: every public function and class of the product has a sentence."""
    assert (
        list(chain.from_iterable(house.undocumented(name, house.text(name)) for name in house.modules()))
        == []
    )


def test_silenced_checks_have_a_reason() -> None:
    """HOUSE-6: whoever silences a linter or a type checker names the rule and the reason."""
    names = [
        name
        for name in house.listed("*.py", "*.ts", "*.mjs")
        if name not in ("tests/house.py", "tests/test_house.py")
    ]
    assert (
        list(chain.from_iterable(house.matches(house.REASON, name, house.text(name)) for name in names)) == []
    )


def test_nothing_is_left_unfinished() -> None:
    """HOUSE-7: no marker of unfinished work is committed, and no path of one machine."""
    names = [
        name
        for name in house.listed()
        if not name.endswith((".png", ".wav", ".ico", "LICENSE", "package-lock.json"))
    ]
    found = [
        house.matches(pattern, name, house.text(name))
        for name in names
        for pattern in (house.UNFINISHED, house.MACHINE_PATHS)
    ]
    assert list(chain.from_iterable(found)) == []


def test_only_the_conformance_test_looks_beside_the_checkout() -> None:
    """HOUSE-7: what lies beside the checkout is read by the conformance test alone."""
    readers = [
        name
        for name in house.listed("*.py", "*.ts", "*.mjs", "*.md")
        if house.BESIDE.search(house.text(name))
    ]
    assert [name for name in readers if "conformance" not in Path(name).name] == []


def test_rules_and_tests_name_each_other() -> None:
    """HOUSE-8: every rule in the spec is quoted by a test, and every quoted rule is in the spec."""
    rules = house.RULE.findall(house.text("docs/spec.md"))
    families = {rule.split("-")[0] for rule in rules}
    tests = "\n".join(
        house.text(name) for name in house.listed("tests/*.py", "tests/*.mjs", "widgets/test/*.ts")
    )
    quoted = {rule for rule in re.findall(r"\b[A-Z]+-\d+\b", tests) if rule.split("-")[0] in families}
    assert sorted(set(rules)) == sorted(rules)
    assert sorted(set(rules) - quoted) == []
    assert sorted(quoted - set(rules)) == []


def test_every_test_says_its_rule() -> None:
    """HOUSE-9: every Python test has a sentence."""
    found = [house.silent_tests(name, house.text(name)) for name in house.listed("tests/*.py")]
    assert list(chain.from_iterable(found)) == []


def test_docs_know_every_setting() -> None:
    """HOUSE-10: docs/settings.md has every trait of the server extension as it is now (`make docs` writes it)."""
    from settings_table import table, written

    assert written() == table()


def test_docs_know_every_word_of_the_magics_and_the_command() -> None:
    """HOUSE-11: docs/magics.md has every magic's word and option, docs/cli.md every command of `algorave`."""
    from algorave_kernel.cli import USES
    from algorave_kernel.magic_line import COMMANDS

    magics, commands = house.text("docs/magics.md"), house.text("docs/cli.md")
    assert [word for word in COMMANDS if f"%algorave {word}" not in magics] == []
    assert [word for word in USES if f"algorave {word}" not in commands] == []


def test_docs_link_to_what_exists() -> None:
    """HOUSE-12: every relative link in the pages leads to a file."""
    broken = [
        f"{name}: {link}"
        for name in DOCS
        for link in house.LINK.findall(house.text(name))
        if "://" not in link
        and not link.startswith("mailto:")
        and not (house.ROOT / name).parent.joinpath(link).exists()
    ]
    assert broken == []


def test_imports_go_down_only() -> None:
    """HOUSE-13: the floors of the Python packages hold, and a new module has its place among them."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    checked = subprocess.run(command, cwd=house.ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_typescript_imports_go_down_only() -> None:
    """HOUSE-14: the floors of the front end hold; Strudel is met in the engine, the stage and the renderer alone."""
    names = [name for name in house.listed("widgets/src/*.ts") if not name.endswith(".d.ts")]
    assert list(chain.from_iterable(house.broken_floors(name, house.text(name)) for name in names)) == []


def test_what_is_imported_is_declared() -> None:
    """HOUSE-15: every package the product imports is among its dependencies."""
    declared = {re.split(r"[<>=;\[ ]", each)[0] for each in PROJECT["project"]["dependencies"]}
    missing: set[str] = set()
    for name in house.modules():
        for node in ast.walk(ast.parse(house.text(name))):
            imported = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                imported = [node.module or ""]
            for each in (module.split(".")[0] for module in imported):
                known = each in sys.stdlib_module_names or each in OURS | OPTIONAL_IMPORTS
                if not known and PACKAGE_OF_IMPORT.get(each, each.replace("_", "-")) not in declared:
                    missing.add(f"{name}: {each}")
    assert sorted(missing) == []


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("algorave_kernel", {"IPython", "anywidget", "ipywidgets", "numpy", "pandas", "asyncio", "tornado", "jupyter_server"}),
        ("algorave_kernel.engine", {"IPython", "anywidget", "ipywidgets", "numpy", "pandas", "tornado", "jupyter_server"}),
        ("algorave_kernel.cli", {"IPython", "anywidget", "ipywidgets", "numpy", "pandas", "tornado", "jupyter_server"}),
        ("algorave_server", {"jupyter_server", "tornado", "pydantic", "pycrdt"}),
        ("algorave_server.protocol", {"jupyter_server", "tornado", "IPython", "sqlalchemy"}),
        ("algorave_widgets", {"IPython", "anywidget", "ipywidgets", "numpy", "pandas"}),
    ],
)  # fmt: skip
def test_importing_is_light(module: str, unwanted: set[str]) -> None:
    """HOUSE-16: importing a package loads nothing heavy before it is needed."""
    program = f"import json, sys, {module}; print(json.dumps([n.split('.')[0] for n in sys.modules]))"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert set(json.loads(loaded)) & unwanted == set()


def test_versions_agree() -> None:
    """HOUSE-17: the newest version in the changelog is the version of the package."""
    versions = re.findall(r"^## \[?(\d+\.\d+\.\d+)", house.text("CHANGELOG.md"), re.MULTILINE)
    assert versions[0] == PROJECT["project"]["version"]


@pytest.mark.parametrize(
    ("pattern", "bad", "good"),
    [
        (house.REASON, "x = 1  # noqa", "x = 1  # noqa: S603 - the path is ours"),
        (house.REASON, "x = 1  # noqa: S603", "x = 1  # noqa: S603, S607 - the path is ours"),
        (
            house.REASON,
            "x()  # type: ignore[arg-type]",
            "x()  # type: ignore[arg-type]  # traitlets are untyped",
        ),
        (house.REASON, "x()  # pyright: ignore", "x()  # pyright: ignore[reportAny] - traitlets are untyped"),
        (house.REASON, "// biome-ignore lint/x/y", "// biome-ignore lint/x/y: eval is the point here"),
        (house.REASON, "// @ts-ignore", "// @ts-expect-error a wrong shape on purpose"),
        (house.UNFINISHED, "# TO" + "DO later", "todos = []"),
        (house.MACHINE_PATHS, "open('/" + "work/x')", "open('network/x')"),
    ],
)
def test_the_patterns_find_what_they_should(pattern: re.Pattern[str], bad: str, good: str) -> None:
    """HOUSE-6: negative control: the patterns of these tests find a broken line and leave a good one alone."""
    assert (bool(house.matches(pattern, "x", bad)), house.matches(pattern, "x", good)) == (True, [])


def test_the_measures_find_what_they_should() -> None:
    """HOUSE-2: negative control: a long function, a nameless one and a wrong word are found."""
    source = "def on_event(events):\n" + "    x = 1\n" * 70
    assert house.too_long(house.function_lengths(source), 30, 60) == ["on_event: 70 lines, at most 60"]
    assert house.undocumented("x", source) == ["x:1: on_event"]
    assert house.named_event("x", source) == ["x: events", "x: on_event"]
    assert house.broken_floors("widgets/src/kit/x.ts", 'import { a } from "../stage/b.js";') != []
    assert house.broken_floors("widgets/src/views/x.ts", 'import "@strudel/core";') != []
    assert house.broken_floors("widgets/src/kit/x.ts", 'import type { A } from "../stage/b.js";') == []
