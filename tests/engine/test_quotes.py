"""Names and addresses in the quotes of mini-notation."""

from __future__ import annotations

from algorave_kernel.engine import Engine


def test_names_may_have_double_quotes(engine: Engine) -> None:
    """ENG-12: `register` and `p` take a name in double quotes as text; addresses want single ones."""
    assert len(engine.haps('register("foo", (x, p) => p.fast(x))\ns("bd").foo(2)')) == 2
    assert engine.haps('s("bd").p("x")').layers == ["x"]
    verdict = engine.check('samples("http://x/")\ns("bd")')
    assert verdict.hint == "use single quotes for addresses: 'http://x/'"
