"""The command `algorave`: check, haps, render, publish, lab, serve, agent, doctor, version.

Exit codes: 0 all is well, 1 the music or the machine has a problem, 2 the command was written wrongly.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from .arguments import Arguments, BadUsage, cps, cycle, cycle_count, did_you_mean, seconds, usd, whole
from .code_file import Failure
from .printable import printable

TITLE = "algorave: live code music together, in notebooks"
#: How each command is mostly written.
USES = {
    "lab": "lab [NOTEBOOK]",
    "serve": "serve",
    "agent": "agent LINK",
    "check": "check FILE…",
    "haps": "haps FILE --cycles A B",
    "render": "render FILE -o WAV",
    "publish": "publish NOTEBOOK -o HTML",
    "doctor": "doctor",
    "version": "version",
}
FILE_HELP = "a file of Strudel code, or - for standard input"


def main(words: Sequence[str] | None = None) -> int:
    """Run `algorave` with these words (default: the command line's) and return the exit code."""
    try:
        return _run(list(sys.argv[1:] if words is None else words))
    except BadUsage as problem:
        print(f"algorave: {printable(str(problem))}", file=sys.stderr)
        return 2
    except Failure as problem:
        print(f"algorave: {printable(str(problem))}", file=sys.stderr)
        return problem.exit_code
    except KeyboardInterrupt:
        print("algorave: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `algorave haps … | head` is no mistake
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(words: list[str]) -> int:
    parsers = _parsers()
    if not words or words[0] in ("-h", "--help", "help"):
        print(_overview(parsers))
        return 0 if words else 2
    command = {"--version": "version"}.get(words[0], words[0])
    if command not in parsers:
        raise BadUsage(
            f"there is no `algorave {command}`{did_you_mean(command, parsers)} See `algorave --help`."
        )
    found = parsers[command].read(words[1:])
    if found.help:
        print(parsers[command].format_help().rstrip())
        return 0
    from . import commands

    return commands.run(command, found)


def _overview(parsers: dict[str, Arguments]) -> str:
    width = max(map(len, USES.values()))
    lines = [f"  algorave {USES[name]:<{width}}  {parser.description}" for name, parser in parsers.items()]
    ending = "FILE is Strudel code, or - for standard input. `algorave COMMAND --help` says more."
    return "\n".join([TITLE, "", *lines, "", ending])


def _parsers() -> dict[str, Arguments]:
    made = (
        _lab(),
        _serve(),
        _agent(),
        _check(),
        _haps(),
        _render(),
        _publish(),
        _plain("doctor"),
        _plain("version"),
    )
    return {parser.prog.split()[-1]: parser for parser in made}


def _parser(name: str, description: str, epilog: str = "") -> Arguments:
    shape = argparse.RawDescriptionHelpFormatter
    return Arguments(prog=f"algorave {name}", description=description, epilog=epilog, formatter_class=shape)


def _check() -> Arguments:
    parser = _parser("check", "say whether code is playable, and where it is not")
    parser.add_argument("file", nargs="+", metavar="FILE", help=FILE_HELP)
    parser.add_argument(
        "--cycles", type=whole, default=8, metavar="N", help="how many cycles to look at (default 8)"
    )
    return parser


def _haps() -> Arguments:
    parser = _parser(
        "haps",
        "print the haps of some cycles",
        "Cycles are numbers or fractions: --cycles 4 is the first four, --cycles 1/2 3 from a half to three.",
    )
    parser.add_argument("file", metavar="FILE", help=FILE_HELP)
    parser.add_argument(
        "--cycles",
        nargs="+",
        type=_cycle_before_file,
        default=None,
        metavar=("A", "B"),
        help="from where to where (default 0 1)",
    )
    parser.add_argument("--json", action="store_true", help="a JSON list instead of a table")
    return parser


def _cycle_before_file(text: str) -> Fraction:
    """A cycle; where a file's name stands instead, `--cycles` has taken it for one of its own words."""
    if text == "-" or any(letter.isalpha() for letter in text):
        raise argparse.ArgumentTypeError(
            f"a cycle is a number such as 2, 0.5 or 1/3, not '{text[:40]}'; write FILE before --cycles"
        )
    return cycle(text)


def _render() -> Arguments:
    parser = _parser("render", "render code to a WAV file, with no browser")
    parser.add_argument("file", metavar="FILE", help=FILE_HELP)
    parser.add_argument("-o", "--output", type=Path, metavar="WAV", help="where to (default: FILE with .wav)")
    parser.add_argument(
        "--cycles", type=cycle_count, default=4, metavar="N", help="how many cycles (default 4)"
    )
    parser.add_argument(
        "--cps", type=cps, metavar="N", help="cycles per second (default: as the code says, or 0.5)"
    )
    parser.add_argument(
        "--tail", type=seconds, default=0.0, metavar="S", help="seconds more, for what dies away (default 0)"
    )
    parser.add_argument("--samples", type=Path, metavar="FOLDER", help="a folder with WAV files of your own")
    parser.add_argument(
        "--bits", type=whole, choices=(16, 24, 32), default=16, help="for a sample (default 16)"
    )
    parser.add_argument(
        "--seed", type=whole, default=0, metavar="N", help="the same seed, the same noise (default 0)"
    )
    return parser


def _publish() -> Arguments:
    parser = _parser("publish", "make a page that plays by itself from a notebook")
    parser.add_argument(
        "notebook", type=Path, metavar="NOTEBOOK", help="a notebook whose cells have been run"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="HTML", help="where to (default: NOTEBOOK with .html)"
    )
    parser.add_argument("--run", action="store_true", help="run the notebook's cells first")
    return parser


def _lab() -> Arguments:
    parser = _parser("lab", "open JupyterLab on a notebook; without a name on a copy of the first lesson")
    parser.add_argument("notebook", nargs="?", type=Path, metavar="NOTEBOOK", help="the notebook to open")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument(
        "--port", type=whole, default=8888, metavar="N", help="first port to try (default 8888)"
    )
    return parser


def _serve() -> Arguments:
    parser = _parser("serve", "shared sessions for hosts and guests, without notebooks")
    parser.add_argument("--ip", default="127.0.0.1", metavar="IP", help="where to listen (default 127.0.0.1)")
    parser.add_argument("--port", type=whole, default=8765, metavar="N", help="port (default 8765)")
    parser.add_argument("--database-url", metavar="URL", help="keeps sessions (default: a SQLite file)")
    parser.add_argument("--public-url", metavar="URL", help="how the server is reached from outside")
    parser.add_argument("--agent", action="store_true", help="bring an agent to each session with AI on")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the server, many times"
    )
    return parser


def _agent() -> Arguments:
    parser = _parser(
        "agent",
        "an agent that answers a session's asks, until it is stopped",
        "The key is taken from the variable ANTHROPIC_API_KEY; without one the house band answers, by rules.",
    )
    parser.add_argument(
        "link", metavar="LINK", help="a link for agents, which a host makes; - reads it from standard input"
    )
    parser.add_argument(
        "--model", default="balanced", metavar="NAME", help="fast, balanced (default), best, band, or an id"
    )
    parser.add_argument("--band", action="store_true", help="the house band, whether there is a key or not")
    parser.add_argument("--base-url", metavar="URL", help="a server of models, or a cloud, of your own")
    parser.add_argument("--budget", type=usd, metavar="USD", help="what all asks may cost together")
    parser.add_argument("--person-budget", type=usd, metavar="USD", help="what one person's asks may cost")
    parser.add_argument("--pays", default="", metavar="WORDS", help="what people read of who pays")
    return parser


def _plain(name: str) -> Arguments:
    texts = {
        "doctor": "say what works on this machine, and what to do about the rest",
        "version": "print the versions of everything that makes sound here",
    }
    return _parser(name, texts[name])


if __name__ == "__main__":
    sys.exit(main())
