"""A session's layers as the agent's score: read from the live texts, changed as one step through the door."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from algorave_server.protocol import AddLayer, Evaluate, Layer, RemoveLayer

from .agent.score import LayerChange, NotTaken, taken_back
from .client import SessionClient
from .trouble import NotDone, Trouble

TEMPO_CALL = re.compile(r"\bsetc(?:ps|pm)\b", re.IGNORECASE)
LOST = "the server did not take the change"
#: How often a text may change between the step and the playing of it, before it is left to people.
TRIES = 3


class SessionScore:
    """The layers that an agent may see, by name. One per ask: what it changed it can take back.

    `tempo_of` gives the tempo that code sets, in cycles per second; `is_playable` is the gate.
    """

    def __init__(
        self,
        client: SessionClient,
        tempo_of: Callable[[str], float | None],
        is_playable: Callable[[str], bool],
    ) -> None:
        self._client = client
        self._tempo_of = tempo_of
        self._is_playable = is_playable
        self._step: tuple[LayerChange, ...] = ()
        #: The ids of layers that are new by it, by name; empty ones are nobody's yet.
        self._new: dict[str, str] = {}
        self._silent: set[str] = set()

    # -- reading ----------------------------------------------------------------------------------------

    def layers(self) -> list[str]:
        """The names of those that are not kept from the agent, in their order."""
        return [layer.name for layer in self._shown()]

    def text(self, layer: str) -> str:
        """The live text. Raises KeyError when there is no such layer, or it is kept from the agent."""
        layer_id = next((each.id for each in self._shown() if each.name == layer), None)
        if layer_id is None:
            raise KeyError(layer)
        return self._client.do(lambda replica: replica.text(layer_id))

    def locked(self) -> frozenset[str]:
        """Those that may be seen and not changed."""
        return frozenset(layer.name for layer in self._shown() if layer.locked)

    def names(self, layer_ids: Iterable[str]) -> frozenset[str]:
        """The names of those of these layers that may be seen."""
        wanted = set(layer_ids)
        return frozenset(layer.name for layer in self._shown() if layer.id in wanted)

    def id_of(self, layer: str) -> str | None:
        """A layer's id; None when it is not there, or kept from the agent."""
        return next((each.id for each in self._shown() if each.name == layer), None)

    def _shown(self) -> list[Layer]:
        waiting = set() if self._step else set(self._new.values())
        return [each for each in self._client.state.layers if each.ai != "no" and each.id not in waiting]

    # -- changing ---------------------------------------------------------------------------------------

    async def apply(self, made: Sequence[LayerChange]) -> bool:
        """Make all the changes as one step, and play what was playing, and what is new.

        False, and nothing changed, when a text is another by now. Raises NotTaken.
        """
        try:
            if await self._made(made):
                return True
        except Trouble as trouble:
            await self._unmake()
            raise NotTaken(str(trouble)) from None
        await self._unmake()
        return False

    async def undo(self) -> None:
        """Take the step back, keep what others did since, and play what was playing. Raises CannotUndo."""
        step, back = self._step, {}

        def work(replica: Any) -> None:
            for each in step:
                back[each.layer] = taken_back(each, self._now(replica, each.layer))

        await self._do(work)
        for each in step:
            if each.after is None and each.before is not None:
                self._new[each.layer] = await self._added(each.layer)
        reverse = [LayerChange(name, self._known(name, step), text) for name, text in back.items()]
        await self._written(reverse, {name: text for name, text in back.items() if text is not None})

    async def _made(self, made: Sequence[LayerChange]) -> bool:
        if not await self._do(lambda replica: self._is_before(replica, made)):
            return False
        for each in made:
            if each.before is None:
                self._new[each.layer] = await self._added(each.layer)
        return await self._write(made)

    async def _unmake(self) -> None:
        """Take away the layers that were added for a step which is not made."""
        added, self._new = self._new, {}
        for layer_id in added.values():
            # What somebody has typed in meanwhile is theirs: the room keeps it.
            with contextlib.suppress(Trouble):
                await asyncio.wrap_future(self._client.request(RemoveLayer, layer=layer_id))

    def _known(self, layer: str, step: Sequence[LayerChange]) -> str | None:
        return next((each.after for each in step if each.layer == layer), None)

    async def _write(self, made: Sequence[LayerChange]) -> bool:
        texts = {each.layer: each.after for each in made if each.after is not None}
        if not await self._written(made, texts, is_checked=True):
            return False
        self._step = tuple(made)
        return True

    async def _written(
        self, made: Sequence[LayerChange], texts: Mapping[str, str], *, is_checked: bool = False
    ) -> bool:
        """Write the texts in one transaction, take away what goes, and play; False when it does not fit."""
        client, losses = self._client, self._client.losses
        # Before the step: afterwards nobody can tell what was playing.
        before = client.state.playing
        playing = [
            name for name in texts if self._there(name) in before or name in set(self._new) - self._silent
        ]

        def work(replica: Any) -> bool:
            if is_checked and not self._is_before(replica, made):
                return False
            replica.write_all({self._id(name): text for name, text in texts.items()})
            return True

        if not await self._do(work):
            return False
        gone = [each.layer for each in made if each.after is None and each.before is not None]
        self._silent |= {name for name in gone if self._id(name) not in before}
        asked = [client.request(RemoveLayer, layer=self._id(name)) for name in gone]
        played = [self._play(name, texts[name]) for name in playing]
        await asyncio.wrap_future(client.saving())
        for each in asked:
            await asyncio.wrap_future(each)
        await asyncio.gather(*played)
        if client.losses != losses:
            raise Trouble(LOST)
        return True

    async def _play(self, layer: str, code: str) -> None:
        """Play a layer as it was checked; what others made of it meanwhile is checked first."""
        layer_id = self._id(layer)
        for _ in range(TRIES):
            cps = await asyncio.to_thread(self._tempo_of, code) if TEMPO_CALL.search(code) else None
            try:
                await asyncio.wrap_future(self._client.request(Evaluate, layer=layer_id, code=code, cps=cps))
            except NotDone as refused:
                if refused.reason != "conflict":
                    return
                code = await self._do(lambda replica: replica.text(layer_id))
                if not await asyncio.to_thread(self._is_playable, code):
                    return
            else:
                return

    async def _added(self, name: str) -> str:
        added = await asyncio.wrap_future(self._client.request(AddLayer, name=name))
        if added is None:
            raise Trouble(f"the new layer '{name}' did not appear")
        return added

    async def _do(self, work: Callable[[Any], Any]) -> Any:
        return await asyncio.wrap_future(self._client.work(work))

    def _is_before(self, replica: Any, made: Sequence[LayerChange]) -> bool:
        closed = next((each.layer for each in made if each.layer in self.locked()), None)
        if closed is not None:
            raise Trouble(f"the layer '{closed}' was locked meanwhile")
        return all(self._now(replica, each.layer) == each.before for each in made)

    def _now(self, replica: Any, layer: str) -> str | None:
        if not self._step and layer in self._new:  # empty, it is not there yet
            return replica.text(self._new[layer]) or None
        layer_id = self.id_of(layer)
        return None if layer_id is None else replica.text(layer_id)

    def _id(self, layer: str) -> str:
        found = self._there(layer)
        if found is None:
            raise Trouble(f"the layer '{layer}' is not there any more")
        return found

    def _there(self, layer: str) -> str | None:
        return self._new.get(layer) or self.id_of(layer)
