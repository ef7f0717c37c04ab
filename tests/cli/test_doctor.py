"""`algorave doctor`: what works here."""

from __future__ import annotations

import pytest

from algorave_kernel import doctor
from algorave_kernel.doctor import Finding, examine, is_well, report


def test_everything_is_looked_at() -> None:
    """CLI-11: engine, front end, server extension, lab extension, kernel, sounds, pandas and browser are reported."""
    findings = examine()
    assert [finding.what for finding in findings] == [
        "Python", "front end", "engine", "server extension", "JupyterLab extension",
        'kernel "Algorave"', "sounds", "pandas", "browser",
    ]  # fmt: skip
    engine = next(finding for finding in findings if finding.what == "engine")
    assert engine.is_there
    assert engine.words.startswith("v8 answers")


def test_what_is_missing_has_advice() -> None:
    """CLI-11: a missing thing is followed by what to do; what is only nice to have does not make it ill."""
    good = Finding("a", is_there=True, words="fine")
    wish = Finding("b", is_there=False, words="not installed", advice="install b", is_needed=False)
    bad = Finding("c", is_there=False, words="broken", advice="mend c")
    assert is_well([good, wish])
    assert not is_well([good, bad])
    assert report([good, wish, bad]).splitlines() == [
        "ok       a: fine",
        "absent   b: not installed",
        "           → install b",
        "missing  c: broken",
        "           → mend c",
    ]


def test_a_broken_engine_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """CLI-11: whatever ails the engine is reported, not raised."""

    def fail() -> None:
        raise OSError("no V8 here")

    monkeypatch.setattr("algorave_kernel.engine.default_engine", fail)
    finding = doctor._engine()
    assert not finding.is_there
    assert finding.words == "OSError: no V8 here"
    assert "mini-racer" in finding.advice
