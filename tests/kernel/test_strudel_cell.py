"""Which cells of the Algorave kernel are Strudel."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorave_kernel.strudel_cell import STARTERS, is_strudel, to_magic

STRUDEL = [
    ('$: s("bd*4")', "%%strudel"),
    ('\n  \n$: s("bd*4")\n$: note("c")', "%%strudel"),
    ('$:s("bd*4")', "%%strudel"),
    ('_$: s("bd")', "%%strudel"),
    ('S$: s("bd")', "%%strudel"),
    ('$drums: s("bd")', "%%strudel"),
    ('// strudel\nsetcpm(30)\ns("bd")', "%%strudel"),
    ('//strudel\ns("bd")', "%%strudel"),
    ('// strudel drums --no-play\ns("bd")', "%%strudel drums --no-play"),
    ('bass: note("c2 e2")', "%%strudel"),
    ('_bass: note("c2 e2")', "%%strudel"),
    ('bass : s("bd")\n  .fast(2)', "%%strudel"),
    ('drums: stack(s("bd"), s("hh"))', "%%strudel"),
    ('bass: "c2 e2".note()', "%%strudel"),
    ("bass: `c2 e2`.note()", "%%strudel"),
    ('pulse: s("bd"', "%%strudel"),
]

PYTHON = [
    "",
    "x: int = 3",
    "x: int",
    "s: str",
    "x: list[int] = []",
    "x: 'Forward' = None",
    'x: "Forward"',
    'x: "a b".split()',
    'x: "a" = "b"',
    "x: print('hi')",
    "x: note",
    'x: dict(a=1)["a"]',
    "x: frobnicate('bd')",
    'lambda: s("bd")',
    'else: s("bd")',
    'if x: s("bd")',
    'try: s("bd")',
    'for x in y: s("bd")',
    '{"bass": s("bd")}',
    's("bd")',
    "# $: s('bd')",
    "# // strudel\nx = 1",
    'x = 1\n$: s("bd")',
    'x = 1\nbass: note("c2")',
    '"""\n// strudel\n"""',
    "x //= 2",
    "x // strudel",
    "%%strudel\n$: s('bd')",
    "%load_ext algorave_kernel",
    "!ls $HOME",
    "// strudels",
    "// some other comment",
    "x:= 3",
    "bass:=note('c')",
]


@pytest.mark.parametrize(("cell", "magic"), STRUDEL)
def test_strudel_is_recognised(cell: str, magic: str) -> None:
    """KERN-1, KERN-2, KERN-3: a directive, `$:` or a label before Strudel makes a cell Strudel."""
    assert to_magic(cell) == f"{magic}\n{cell}"
    assert is_strudel(cell)


@pytest.mark.parametrize("cell", PYTHON)
def test_python_stays_python(cell: str) -> None:
    """KERN-4: annotations, conditions and comments of Python are not labels."""
    assert to_magic(cell) == cell
    assert not is_strudel(cell)


def test_a_name_of_the_notebook_is_python() -> None:
    """KERN-4: when `note` means something in Python here, `x: note("c")` is an annotation."""
    cell = 'x: note("c")'
    assert is_strudel(cell)
    assert not is_strudel(cell, lambda name: name == "note")


def test_lines_keep_their_numbers() -> None:
    """KERN-5: line n of the code that is played is line n of the cell."""
    cell = '\n// strudel drums\ns("bd")\n  .lpff(3)'
    code = to_magic(cell).split("\n", 1)[1]
    assert code == cell


def runs_in_python(cell: str) -> bool:
    """Whether the first statement of a cell runs in a fresh Python, annotations included, without failing.

    Newer Pythons look at an annotation only when somebody asks; here somebody asks.
    """
    try:
        tree = ast.parse(cell)
        for statement in tree.body[:1]:
            exec(compile(ast.Module([statement], []), "cell", "exec", dont_inherit=True), {})
            if isinstance(statement, ast.AnnAssign):
                eval(compile(ast.Expression(statement.annotation), "cell", "eval", dont_inherit=True), {})
    except Exception:  # noqa: BLE001  # whatever fails, fails
        return False
    return True


NAMES = st.sampled_from(
    ["x", "bass", "s", "_", "match", "type", "print", "int", "str", *sorted(STARTERS)[:20]]
)
TEXTS = st.sampled_from(["'a b'", '"c2 e2"', "''", 'f"{1}"', 'b"a"', '"a" "b"', "'''a'''"])
CALLS = st.builds("{}({})".format, NAMES, st.one_of(TEXTS, NAMES, st.just("")))
METHODS = st.builds("{}.{}()".format, TEXTS, st.sampled_from(["upper", "note", "split", "strip", "fast"]))
EXPRESSIONS = st.one_of(NAMES, TEXTS, CALLS, METHODS, st.just("3"), st.builds("[{}]".format, NAMES))
STATEMENTS = st.one_of(
    st.builds("{}: {}".format, NAMES, EXPRESSIONS),
    st.builds("{}: {} = {}".format, NAMES, EXPRESSIONS, EXPRESSIONS),
    st.builds("{} = {}".format, NAMES, EXPRESSIONS),
    st.builds("lambda: {}".format, EXPRESSIONS),
    st.builds("if {}: {}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds("# {}: {}".format, NAMES, EXPRESSIONS),
    st.builds('"""\n{}: {}\n"""'.format, NAMES, EXPRESSIONS),
    st.just("// strudel"),
    st.just("$: s('bd')"),
    st.just(""),
    EXPRESSIONS,
)


@given(st.lists(STATEMENTS, min_size=1, max_size=4).map("\n".join))
def test_no_cell_that_python_runs_is_changed(cell: str) -> None:
    """KERN-4: a cell that changes is one whose first statement Python could not run."""
    if to_magic(cell) != cell:
        assert not runs_in_python(cell)


@given(st.text(alphabet="$_S:/ strudelx\n\t\"'`.()=\\\r\f\u2028", max_size=40))
def test_any_text_that_python_runs_is_unchanged(cell: str) -> None:
    """KERN-4: also for text made of the signs that the rules are about."""
    if to_magic(cell) != cell:
        assert not runs_in_python(cell)


def test_the_whole_standard_library_is_python() -> None:
    """KERN-4: no module of Python's own library is taken for Strudel."""
    library = Path(ast.__file__).parent
    modules = [file.read_text("utf-8", "replace") for file in sorted(library.glob("*.py"))]
    assert len(modules) > 100, sys.version
    assert [text[:60] for text in modules if to_magic(text) != text] == []
