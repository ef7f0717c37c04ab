"""What each `algorave` command does. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import output_file
from .arguments import BadUsage, cycle_span
from .code_file import CodeFile, Failure
from .engine import default_engine
from .pool import EngineMissing
from .printable import printable
from .problem import Unplayable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .problem import Problem

#: A progress line is due when a render may take longer than a breath.
PROGRESS_STEP = 0.05


def run(command: str, found: argparse.Namespace) -> int:
    """Do what the command says and return the exit code; raise `Failure` when that is not possible."""
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "check": check,
        "haps": haps,
        "render": render,
        "publish": publish,
        "lab": lab,
        "serve": serve,
        "agent": agent,
        "doctor": doctor,
        "version": version,
    }
    try:
        return commands[command](found)
    except EngineMissing as problem:
        raise Failure(f"{problem}; `algorave doctor` says more") from None


def check(found: argparse.Namespace) -> int:
    """`algorave check`: one `file:line:col: message` line for each problem on standard output."""
    from .gate import check as gate_check

    if not 1 <= found.cycles <= 256:
        raise BadUsage("--cycles of `algorave check` is a number from 1 to 256.")
    is_good = is_read = True
    for name in found.file:
        try:
            file = CodeFile.read(name)
        except Failure as problem:
            print(f"algorave: {printable(str(problem))}", file=sys.stderr)
            is_read = False
            continue
        verdict = gate_check(file.code, cycles=found.cycles)
        for line in _lines(file.name, verdict.problems):
            print(line)
        for line in _lines(file.name, verdict.warnings, "warning: "):
            print(line, file=sys.stderr)
        if verdict.playable:
            layers = f", layers {', '.join(verdict.layers)}" if verdict.layers else ""
            told = f"{file.name} is playable: {verdict.cps:g} cycles per second{layers}"
            print(printable(told), file=sys.stderr)
        is_good &= verdict.playable
    return 2 if not is_read else 0 if is_good else 1


def haps(found: argparse.Namespace) -> int:
    """`algorave haps`: the haps on standard output; problems go to standard error."""
    from . import haps_text

    begin, end = cycle_span(found.cycles) if found.cycles else (0, 1)
    file = CodeFile.read(found.file)
    try:
        rows = default_engine().haps(file.code, begin, end)
    except Unplayable as unplayable:
        return _report(file, unplayable)
    print(haps_text.to_json(rows) if found.json else haps_text.to_table(rows))
    return 0


def render(found: argparse.Namespace) -> int:
    """`algorave render`: a WAV file, and a line about how long and how loud it is."""
    from .render import RenderFailed
    from .render import render as render_code

    output: Path = found.output or _beside(found.file, ".wav", "-o")
    output_file.refuse_unfit(output, found.file)
    file = CodeFile.read(found.file)
    progress = _progress(f"rendering {file.name}")
    options = {"seed": found.seed, "cps": found.cps, "tail_s": found.tail, "samples_dir": found.samples}
    try:
        audio = render_code(file.code, float(found.cycles), progress=progress, **options)
    except Unplayable as unplayable:
        return _report(file, unplayable)
    except (RenderFailed, ValueError) as problem:
        raise Failure(str(problem)) from None
    output_file.write(output, audio.wav("32f" if found.bits == 32 else found.bits))
    for warning in audio.warnings:
        print(printable(f"{file.name}: {warning}"), file=sys.stderr)
    print(f"{printable(str(output))}: {audio.duration_s:.2f} s, peak {audio.peak:.2f}, RMS {audio.rms:.3f}")
    return 0


def publish(found: argparse.Namespace) -> int:
    """`algorave publish`: one HTML file that needs nothing else."""
    from .publish import publish as publish_notebook

    output: Path = found.output or _beside(str(found.notebook), ".html", "-o")
    output_file.refuse_unfit(output, found.notebook)
    players = publish_notebook(found.notebook, output, run=found.run)
    size_mb = output.stat().st_size / 1_000_000
    told = f"{players} player{'s' if players > 1 else ''}, {size_mb:.1f} MB, needs no network"
    print(f"{printable(str(output))}: {told}")
    return 0


def lab(found: argparse.Namespace) -> int:
    """`algorave lab`: JupyterLab until it is stopped."""
    from .lab import open_lab

    if not 1 <= found.port <= 65535:
        raise BadUsage("--port is a number from 1 to 65535.")
    return open_lab(found.notebook, port=found.port, has_browser=not found.no_browser)


def serve(found: argparse.Namespace) -> int:
    """`algorave serve`: shared sessions until it is stopped."""
    from .serve import serve as serve_sessions

    if not 0 <= found.port <= 65535:
        raise BadUsage("--port is a number from 0 to 65535.")
    return serve_sessions(
        ip=found.ip,
        port=found.port,
        database_url=found.database_url,
        public_url=found.public_url,
        agent=found.agent,
        settings=found.set,
    )


def agent(found: argparse.Namespace) -> int:
    """`algorave agent`: an agent in a session until it is stopped."""
    from .agent_process import AgentTerms, serve_link

    terms = AgentTerms(
        "band" if found.band else found.model,
        found.base_url,
        found.budget,
        found.person_budget,
        found.pays,
    )
    return serve_link(found.link, terms)


def doctor(_: argparse.Namespace) -> int:
    """`algorave doctor`: exit code 1 when something that is needed is missing."""
    from .doctor import examine, is_well, report

    findings = examine()
    print(report(findings))
    return 0 if is_well(findings) else 1


def version(_: argparse.Namespace) -> int:
    """`algorave version`."""
    from .doctor import versions

    print(versions())
    return 0


def _report(file: CodeFile, unplayable: Unplayable) -> int:
    """Problems on standard error, where standard output is for something else."""
    for line in _lines(file.name, unplayable.problems):
        print(line, file=sys.stderr)
    return 1


def _lines(name: str, problems: Iterable[Problem], kind: str = "") -> list[str]:
    """`file:line:col: message (what to do)`; where the place is not known it is the file's beginning."""
    return [
        printable(
            f"{name}:{problem.line or 1}:{problem.column or 1}: {kind}{problem.message}"
            + (f" ({problem.hint})" if problem.hint else "")
        )
        for problem in problems
    ]


def _beside(name: str, suffix: str, option: str) -> Path:
    if name == "-":
        raise BadUsage(f"code from standard input needs {option} to say where the result goes.")
    if not Path(name).name:
        raise BadUsage(f"'{name}' is no file; name one.")
    return Path(name).with_suffix(suffix)


def _progress(words: str) -> Callable[[float], None] | None:
    """A line on standard error that counts up, when somebody is watching."""
    if not sys.stderr.isatty():
        return None
    shown = [-1.0]

    def show(part: float) -> None:
        if part - shown[0] >= PROGRESS_STEP or part >= 1:
            shown[0] = part
            print(f"\r{words}: {part:4.0%}", end="\n" if part >= 1 else "", file=sys.stderr, flush=True)

    return show
