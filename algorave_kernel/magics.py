"""`%%strudel` and `%algorave`: the place where IPython begins and everything below it knows nothing of it."""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_cell_magic, magics_class, no_var_expand
from IPython.display import display

from . import display as output
from . import environment, magic_line
from .arguments import BadUsage
from .engine import default_engine
from .layer_name import name_for_cell
from .magic_completion import StrudelMatcher
from .own_layers import OwnLayer, OwnLayers, OwnScore
from .pattern import Pattern
from .pool import EngineMissing
from .session_desk import SessionDesk
from .shown_once import ShownOnce
from .strudel_file import FileLayer
from .trouble import Trouble

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .ask_desk import AskDesk
    from .gate import Verdict
    from .live_cell import LiveCells
    from .problem import Problem

Line = TypeVar("Line")
ONLY_YOU = "Only you hear this. A name, as in `%%strudel bass`, would make it a layer of '{session}'."
HAPS_SPAN = (Fraction(0), Fraction(1))


@magics_class
class AlgoraveMagics(Magics):
    """Strudel in a notebook: `%%strudel` plays a cell, `%algorave` answers questions."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell=shell)
        self._shell = shell
        self._layers = OwnLayers()
        self.desk = SessionDesk()
        self._secrets = ShownOnce(shell)
        self.matcher = StrudelMatcher(self.layer_names, lambda: self.desk.titles)
        self._answers: dict[str, Callable[[magic_line.AlgoraveLine], object]] = {
            "help": self._help,
            "haps": self._haps,
            "check": self._check,
            "hush": self._hush,
            "sounds": self._sounds,
            "docs": self._docs,
            "examples": self._examples,
            "version": self._version,
            "doctor": self._doctor,
            "open": lambda asked: self.desk.open(asked.text),
            "join": lambda asked: self.desk.join(asked.text),
            "invite": lambda asked: self._secrets.show(*self.desk.invite(asked.text)),
            "who": lambda _: self.desk.who(),
            "sessions": lambda _: self.desk.sessions(),
            "tempo": lambda asked: print(self.desk.tempo(asked.text)),
            "quantum": lambda asked: print(self.desk.quantum(asked.text)),
            "leave": lambda _: print(self.desk.leave()),
            "export": lambda asked: print(self.desk.export(asked.text, self._own_layers())),
            "import": lambda asked: print(self.desk.import_file(asked.text)),
            "ai": lambda asked: print(self.desk.ai(asked.text)),
            "ask": lambda asked: self.asks.ask(asked.text),
            "explain": lambda asked: self.asks.explain(asked.text),
            "fix": lambda asked: self.asks.fix(asked.text),
            "undo": lambda asked: self.asks.undo(asked.text),
            "choose": lambda asked: self.asks.choose(asked.text),
            "take": lambda asked: self.asks.take(asked.text),
            "cancel": lambda _: self.asks.cancel(),
            "key": lambda asked: self.asks.models.key(asked.text),
            "model": lambda asked: self.asks.models.model(asked.text),
            "budget": lambda asked: self.asks.models.set_budget(asked.text),
            "usage": lambda _: self.asks.models.usage(),
        }

    @cached_property
    def asks(self) -> AskDesk:
        """The agent's desk, made when somebody first asks."""
        from .ask_desk import AskDesk

        score = OwnScore(self._layers, self._shared_names)
        return AskDesk(self._shell, score, self._play_own, lambda: self.desk.live and self.desk.session)

    def layer_names(self) -> list[str]:
        """The layers that cells of this kernel have made, oldest first, and those of the open session."""
        return list(dict.fromkeys([*self._layers, *self._shared_names()]))

    @no_var_expand
    @cell_magic
    def strudel(self, line: str, cell: str) -> None:
        """Play the Strudel code of this cell: `%%strudel [name] [--play/--no-play] [--cps N]`.

        `%%strudel --help` says more.
        """
        words = _usage(magic_line.read_strudel, line)
        if words.help:
            print(magic_line.strudel_arguments().format_help())
            return
        code = cell.rstrip("\n")
        name = words.layer or name_for_cell(self._cell_id(), code)
        try:
            if self.desk.live is not None and words.layer:
                showing = self._show_live(self.desk.live, name, code, words)
            else:
                showing = self._show(name, Pattern(code, layer=name, cps=words.cps), words.play)
            display(showing.to_bundle(), raw=True)
        except Trouble as trouble:
            raise UsageError(self.desk.words_of(trouble)) from None
        except (EngineMissing, FileNotFoundError) as missing:  # a checkout that has not been built
            raise UsageError(f"{missing}; `%algorave doctor` says more") from None

    @no_var_expand
    @line_cell_magic
    def algorave(self, line: str, cell: str = "") -> object:
        """Questions and answers around the music: `%algorave help` lists them. A cell continues the line."""
        asked = _usage(magic_line.read_algorave, f"{line} \n{cell}" if cell else line)
        if asked.help:
            print(magic_line.help_text(asked.command))
            return None
        try:
            return self._answers[asked.command](asked)
        except Trouble as trouble:
            raise UsageError(self.desk.words_of(trouble)) from None
        except BadUsage as problem:
            raise UsageError(str(problem)) from None

    def _show(self, name: str, pattern: Pattern, play: bool) -> output.Showing:
        return self._showing(name, self._layers.put(name, pattern), pattern, play)

    def _play_own(self, name: str) -> None:
        """Show a layer that the agent changed, and play it; one that it took away falls silent."""
        layer = self._layers.get(name)
        if layer is None:
            shown = output.removal_bundle(name, self._cell_id() or "")
        else:
            shown = self._showing(name, layer, layer.pattern, play=True).to_bundle()
        display(shown, raw=True)

    def _showing(self, name: str, layer: OwnLayer, pattern: Pattern, play: bool) -> output.Showing:
        verdict = pattern.check()
        words = "" if verdict.playable else _what_goes_on(name, layer.has_played)
        if self.desk.live is not None and verdict.playable:
            words = ONLY_YOU.format(session=self.desk.session.title)
        layer.has_played |= verdict.playable and play
        roll = pattern.glance() if verdict.playable else None
        return output.Showing(
            name,
            pattern.code,
            cps=pattern.cps,
            play=play,
            problems=verdict.problems,
            cell=self._cell_id() or "",
            words=words,
            roll=roll,
        )

    def _show_live(
        self, live: LiveCells, name: str, code: str, words: magic_line.StrudelLine
    ) -> output.Showing:
        run = live.run(name, code, self._cell_id() or "", play=words.play, cps=words.cps)
        pattern = Pattern(run.text, layer=name)
        self._layers.put(name, pattern)
        told = [run.words] if run.words else []
        if not run.verdict.playable:
            told.append(_what_goes_on(name, run.layer_id in live.session.state.playing))
        session = live.session
        if not session.is_own:
            told.append(f"'{session.title}' is on another server: here you hear this layer alone.")
        return output.Showing(
            name,
            run.text,
            play=run.is_playing,
            problems=run.verdict.problems,
            cell=self._cell_id() or "",
            words=" ".join(told),
            roll=pattern.glance() if run.verdict.playable else None,
            session=output.InSession(session.id, run.layer_id, session.title) if session.is_own else None,
            session_url=session.page,
            conflict=run.conflict,
        )

    def _shared_names(self) -> list[str]:
        return list(self.desk.live.session.layers) if self.desk.live else []

    def _own_layers(self) -> list[FileLayer]:
        return [FileLayer(name, layer.pattern.code) for name, layer in self._layers.items()]

    def close(self) -> None:
        """Leave the session and take secrets back."""
        self.desk.close()
        if "asks" in self.__dict__:
            self.asks.close()
        self._secrets.close()

    def _cell_id(self) -> str | None:
        """The id of the running cell, as JupyterLab, Notebook and VS Code say it; other hosts do not."""
        get_parent = getattr(self.shell, "get_parent", None)
        metadata = (get_parent() or {}).get("metadata") if get_parent else None
        cell_id = (metadata or {}).get("cellId")
        return cell_id if isinstance(cell_id, str) else None

    def _pattern(self, text: str) -> Pattern:
        layer = self._layers.get(text)
        return layer.pattern if layer else Pattern(text)

    def _help(self, asked: magic_line.AlgoraveLine) -> None:
        print(magic_line.help_text(asked.text))

    def _haps(self, asked: magic_line.AlgoraveLine) -> object:
        from .problem import Unplayable

        begin, end = asked.span or HAPS_SPAN
        try:
            return self._pattern(asked.text).haps(begin, end)
        except Unplayable as unplayable:
            return _print_problems(unplayable.problems)

    def _check(self, asked: magic_line.AlgoraveLine) -> Verdict | None:
        if asked.text:
            return self._pattern(asked.text).check()
        if not self._layers:
            raise BadUsage("no cell has made a layer yet: `%algorave check CODE` checks code.")
        for name, layer in self._layers.items():
            print(f"{name}: {layer.pattern.check()}")
        return None

    def _hush(self, _: magic_line.AlgoraveLine) -> None:
        display(output.hush_bundle(), raw=True)
        if self.desk.live is not None:
            self.desk.session.hush()

    def _sounds(self, asked: magic_line.AlgoraveLine) -> object:
        from .sounds import known_sounds

        return known_sounds().matching(asked.text)

    def _docs(self, asked: magic_line.AlgoraveLine) -> object:
        from .docs import reference

        return reference().find(asked.text)

    def _examples(self, asked: magic_line.AlgoraveLine) -> object:
        from .examples import examples

        return examples(asked.text)

    def _version(self, _: magic_line.AlgoraveLine) -> None:
        from .doctor import versions

        print(versions())

    def _doctor(self, _: magic_line.AlgoraveLine) -> None:
        from .doctor import examine, report

        print(report(examine()))


def load(shell: InteractiveShell) -> None:
    """Register the magics and the completion of Strudel code; doing it again changes nothing."""
    if any(isinstance(each, StrudelMatcher) for each in shell.Completer.custom_matchers):
        return
    environment.take()
    magics = AlgoraveMagics(shell)
    shell.register_magics(magics)
    shell.Completer.custom_matchers.append(magics.matcher)
    threading.Thread(target=_warm, name="algorave-warm", daemon=True).start()


def _warm() -> None:
    """Start what the first cell will need while its author is still typing."""
    # Whatever is missing is said when a cell is run, to somebody who can do something about it.
    with contextlib.suppress(EngineMissing, FileNotFoundError, ImportError):
        default_engine()
        if output.in_kernel():
            importlib.import_module("algorave_widgets.player")
            importlib.import_module("algorave_kernel.session")
            importlib.import_module("algorave_kernel.ask_desk")


def unload(shell: InteractiveShell) -> None:
    """Take the magics and the completion away and close what they opened."""
    loaded = shell.magics_manager.registry.get(AlgoraveMagics.__name__)
    if isinstance(loaded, AlgoraveMagics):
        loaded.close()
    matchers = shell.Completer.custom_matchers
    matchers[:] = [each for each in matchers if not isinstance(each, StrudelMatcher)]
    shell.magics_manager.magics["cell"].pop("strudel", None)
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("algorave", None)
    output.close_all()


def _usage(read: Callable[[str], Line], line: str) -> Line:
    try:
        return read(line)
    except BadUsage as problem:
        raise UsageError(str(problem)) from None


def _what_goes_on(name: str, has_played: bool) -> str:
    if has_played:
        return f"The last good version of {name} keeps playing."
    return f"{name} stays silent until this is put right."


def _print_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        print(problem)
