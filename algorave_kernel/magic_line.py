"""What is written behind `%%strudel` and `%algorave`, understood. Knows neither IPython nor the engine."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from fractions import Fraction

from .arguments import Arguments, BadUsage, cps, cycle, cycle_span, did_you_mean, layer_name

STRUDEL_TEXT = """Play the Strudel code of this cell, and show it with its piano roll and controls.

The code is checked first. When something is wrong with it, you are told what and where, and what was
playing goes on. Running the cell again changes the same layer at the next cycle.

It plays at once because running a cell is how a live coder says "now"; with --no-play it waits for the
play button."""

#: Sub-command of `%algorave`: what it takes, what it does.
COMMANDS = {
    "help": ("[COMMAND]", "what there is, or more about one of these"),
    "haps": ("CODE|LAYER [--cycles A B]", "the haps as rows: when, how long, which sound, which note"),
    "check": ("[CODE|LAYER]", "whether it could be heard, and if not, why; without a name, every layer"),
    "hush": ("", "silence everything in this page, and in the open session"),
    "open": ("NAME", "play together: open your session of this name, or make it"),
    "join": ("LINK [--name NAME]", "come into a session by an invite link"),
    "invite": (
        "[--role ROLE] [--uses N] [--expires TIME] [--agent]",
        "a link by which others come into the open session",
    ),
    "who": ("", "who is in the open session"),
    "tempo": (
        "[TEMPO [over TIME]]",
        "the open session's tempo, for everybody: beats a minute",
    ),
    "quantum": ("[N]", "what you play begins with the next bar of N cycles, the same for everybody"),
    "sessions": ("", "the sessions that you can open"),
    "leave": ("", "leave the open session; the others play on"),
    "export": ("[FILE]", "all layers as one text that Strudel plays too"),
    "import": ("FILE", "the layers of such a file into the open session"),
    "ask": ("WORDS [OPTIONS]", "have layers changed, in your words; `%%algorave ask` too"),
    "ai": (
        "[on|off|LAYER no|credit|yes]",
        "whether the agent may be asked about the open session, or a layer",
    ),
    "explain": ("[LAYER]", "what a layer plays and how"),
    "fix": ("[LAYER]", "have a layer repaired that cannot be played"),
    "undo": ("[LAYER]", "take back what the agent did last, to all or to one layer"),
    "choose": ("NUMBER", "take one of the answers that `ask -n` has given"),
    "take": ("[LAYER]", "make this cell one with the layer's text, after the agent changed it"),
    "cancel": ("", "stop asking; the music stays as it is"),
    "key": ("[--forget]", "give the key for Claude where nobody sees it typed, or forget it"),
    "model": ("[NAME]", "who answers: fast, balanced, best, band, or a model's id"),
    "budget": ("[USD|off]", "what all asks of this notebook may cost together"),
    "usage": ("", "what the agent has used here, and on whose key"),
    "sounds": ("[WORD]", "which sounds there are"),
    "docs": ("WORD", "what a function does, with examples"),
    "examples": ("[WORDS]", "code that plays, for what you would say"),
    "version": ("", "the versions of everything that makes sound here"),
    "doctor": ("", "what works on this machine, and what to do about the rest"),
}

MORE = {
    "haps": "Cycles are numbers or fractions: `--cycles 4` is the first four, "
    "`--cycles 2 5/2` half of the third.\n"
    "The result is a table; `.to_frame()` makes a pandas data frame of it.",
    "check": 'A layer is what `%%strudel NAME` made; code is written as it is: `%algorave check s("bd*4")`.',
    "open": "From then on `%%strudel bass` is the layer `bass` that everybody there sees and hears.\n"
    "Running a cell merges what you changed in it into the live text. Cells without a name stay yours alone.",
    "join": "LINK is what somebody sent you. On your own server you come in as yourself, elsewhere\n"
    "as a guest called NAME.",
    "invite": "ROLE is `viewer` (the default: hears and chats) or `co_author` (plays along).\n"
    "TIME is such as `30m`, `2h` or `7d` (default: a day), N how many people may come by it (default: 100).\n"
    "With `--agent` the link is for `algorave agent LINK`, which answers what everybody asks.\n"
    "The link is a secret: who has it comes in. It is shown once, and goes when the next cell is run.",
    "tempo": "`140` is beats a minute, four to a cycle; `35 cpm`, `0.6 cps`: cycles a minute, a second.\n"
    "`140 over 8s` gets there evenly in 8 seconds (120 at most). `nudge +0.05` moves everybody on\n"
    "by so much of a cycle, `nudge -0.05` back, by a short bend of the tempo.\n"
    "Without a number it says what the tempo is.",
    "quantum": "With 4, a layer that is run begins at cycle 4, 8, 12 …, whoever runs it; 1: at the next.",
    "export": "Without a FILE it is shown. `%algorave import FILE` brings it back exactly.",
    "import": "Nothing is overwritten: a layer that is there with other text stays, and the file's is added\n"
    "under another name.",
    "ask": "-m NAME      fast, balanced, best, band (rules, no key), or a model's id\n"
    "--only LAYER  change no other (may be given again)\n"
    "--dry-run    only show the change\n"
    "-n 3         three answers (2 to 5) to choose from, with `%algorave choose 2`\n"
    "--bg         go on at once; it shows here when it is done\n"
    "--fresh      a new answer, also where one is known\n"
    "--budget USD  what this may cost at most (default: 0.25)\n"
    "--assert PROMISE  what must be true afterwards, such as \"layer('bass').unchanged\"\n"
    "--with VAR   send a variable of Python along\n"
    "Whatever is answered is checked before it sounds; stopped or wrong, it leaves the music as it is.",
    "ai": "It is off until a host says `on`; with `--review` who asked, or a host, accepts a change first.\n"
    "For a layer: `no` (neither seen nor changed), `credit` (its name stands beside what it changed: the\n"
    "default) or `yes`. The journal says always who changed what.",
    "key": "It is kept in this kernel's memory until it ends, and goes to one address alone. A key in the\n"
    "variable ANTHROPIC_API_KEY, set before Jupyter starts, is found without this.",
    "take": "The text stands in the notebook then, and is saved with it. Without a name it is the layer\n"
    "that was changed last.",
    "hush": "The layers stay where they are; run their cells, or press play, to hear them again.",
    "sounds": "With a word, the sounds whose name has it. Those marked `download` come from the network.",
    "examples": "Words such as `darker bass` or `swing`. Copy what you like into a `%%strudel` cell.\n"
    "Without words: how patterns are written.",
    "docs": "A name such as `lpf`, or a word to look for such as `filter`.",
}

#: Options of sub-commands besides `--help`.
OPTIONS = {
    "ask": ("--only", "--dry-run", "--bg", "--fresh", "--budget", "--assert", "--with", "-m", "-n"),
    "ai": ("--review",),
    "key": ("--forget",),
    "haps": ("--cycles",),
    "join": ("--name",),
    "invite": ("--role", "--uses", "--expires", "--agent"),
}

QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`")
OPTION = re.compile(r"(?<!\S)--?[A-Za-z][\w-]*(?=[\s=]|$)")
CYCLES = re.compile(r"(?<!\S)--cycles(?:[ =]\s*(?P<begin>\S+)(?:\s+(?P<end>[-+\d./]+)(?=\s|$))?)?")


@dataclass(frozen=True)
class StrudelLine:
    """`%%strudel [name] [--play/--no-play] [--cps N]`."""

    layer: str | None
    play: bool
    cps: float | None
    help: bool = False


@dataclass(frozen=True)
class AlgoraveLine:
    """`%algorave COMMAND text --options`; `span` is in cycles, None when it was not said."""

    command: str
    text: str
    span: tuple[Fraction, Fraction] | None
    help: bool = False


def strudel_arguments() -> Arguments:
    """The parser of what stands behind `%%strudel`."""
    parser = Arguments(
        prog="%%strudel", description=STRUDEL_TEXT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "layer", nargs="?", type=layer_name, help="the layer's name (default: one that stays with this cell)"
    )
    parser.add_argument(
        "--play",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="whether it plays at once (default) or waits for the play button",
    )
    parser.add_argument(
        "--cps", type=cps, metavar="N", help="cycles per second (default: as the code says, or 0.5)"
    )
    return parser


def read_strudel(line: str) -> StrudelLine:
    """Understand what stands behind `%%strudel`; raise `BadUsage` in words."""
    found = strudel_arguments().read(line.split())
    if found.help:
        return StrudelLine(None, play=False, cps=None, help=True)
    return StrudelLine(found.layer, found.play, found.cps)


def read_algorave(line: str) -> AlgoraveLine:
    """Understand what stands behind `%algorave`; raise `BadUsage` in words."""
    command, _, rest = line.strip().partition(" ")
    if command in ("", "-h", "--help"):
        return AlgoraveLine("help", "", None)
    if command not in COMMANDS:
        raise BadUsage(
            f"there is no `%algorave {command}`{did_you_mean(command, COMMANDS)} See `%algorave help`."
        )
    options = OPTION.findall(_without_strings(rest))
    if {"-h", "--help"} & set(options):
        return AlgoraveLine(command, "", None, help=True)
    known = [*OPTIONS.get(command, ()), "--help"]
    for option in options:
        if option not in known:
            raise BadUsage(
                f"`%algorave {command}` has no option '{option}'{did_you_mean(option, known)} "
                f"See `%algorave {command} --help`."
            )
    text, span = _take_cycles(rest) if command == "haps" else (rest, None)
    _refuse_wrong_text(command, text.strip())
    return AlgoraveLine(command, text.strip(), span)


def help_text(command: str = "") -> str:
    """What `%algorave help [COMMAND]` says; raise `BadUsage` for a command that is not there."""
    if command and command not in COMMANDS:
        raise BadUsage(f"there is no `%algorave {command}`{did_you_mean(command, COMMANDS)}")
    if command:
        takes, does = COMMANDS[command]
        return f"%algorave {command} {takes}".rstrip() + f"\n\n{does}\n{MORE.get(command, '')}".rstrip()
    width = max(len(f"{name} {takes}") for name, (takes, _) in COMMANDS.items())
    lines = [f"  %algorave {f'{name} {takes}':<{width}}  {does}" for name, (takes, does) in COMMANDS.items()]
    first = "  %%strudel [name] [--no-play] [--cps N]"
    return "\n".join(
        [
            "A cell that plays:",
            f"{first:<{width + 12}}  play the cell's code (see `%%strudel --help`)",
            "",
            "Around it:",
            *lines,
        ]
    )


def _without_strings(text: str) -> str:
    """The text with its strings blotted out and every place where it was: no options are in them."""
    return QUOTED.sub(lambda found: "x" * len(found[0]), text)


def _take_cycles(text: str) -> tuple[str, tuple[Fraction, Fraction] | None]:
    found = CYCLES.search(_without_strings(text))
    if not found:
        return text, None
    places = [found.span(name) for name in ("begin", "end") if found[name]]
    numbers = [text[start:stop] for start, stop in places]
    try:
        values = [cycle(number) for number in numbers]
    except argparse.ArgumentTypeError as problem:
        raise BadUsage(f"--cycles: {problem}. See `%algorave haps --help`.") from None
    return text[: found.start()] + text[found.end() :], cycle_span(values)


def _refuse_wrong_text(command: str, text: str) -> None:
    takes, _ = COMMANDS[command]
    if text and not takes:
        raise BadUsage(f"`%algorave {command}` takes nothing more, not '{text}'.")
    if not text and takes and not takes.startswith("["):
        wanted = takes.split(" ")[0]
        raise BadUsage(f"`%algorave {command}` needs {wanted}. See `%algorave {command} --help`.")
