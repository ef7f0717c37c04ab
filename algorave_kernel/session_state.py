"""What the server said about a session so far, folded into one value that is never changed in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from algorave_server.protocol import (
    Agents,
    AiSet,
    Anchor,
    Evaluated,
    Failed,
    FromServer,
    Hushed,
    Layer,
    Layers,
    Listening,
    Participant,
    Playing,
    Proposal,
    Proposed,
    Renamed,
    Roster,
    ServingAgent,
    Stopped,
    Tempo,
    Waiting,
    Welcome,
)

#: So many proposals that are over are remembered.
MAX_OVER = 20


ANCHORS_KEPT = 256
"""What was before so many changes of tempo concerns nobody who plays now."""


@dataclass(frozen=True)
class SessionState:
    """A session without its texts."""

    title: str = ""
    #: The participant that this kernel is; None before the server said so.
    you: str | None = None
    role: str = "viewer"
    #: Whether a host still has to let it in.
    is_waiting: bool = False
    layers: tuple[Layer, ...] = ()
    playing: Mapping[str, Playing] = field(default_factory=dict)
    tempo: tuple[Anchor, ...] = ()
    participants: tuple[Participant, ...] = ()
    listening: int = 0
    #: Whether the agent is switched on, and whether its changes wait to be accepted.
    ai: bool = False
    ai_review: bool = False
    agents: tuple[ServingAgent, ...] = ()
    #: What was asked of the agent, by id, oldest first; of what is over, at least the last few.
    proposals: Mapping[str, Proposal] = field(default_factory=dict[str, Proposal])

    @property
    def may_edit(self) -> bool:
        """Whether this participant may change texts."""
        return self.role in ("host", "co_author")

    @property
    def cps(self) -> float | None:
        """The tempo in cycles per second, at the end of a ramp where there is one."""
        return self.tempo[-1].cps if self.tempo else None

    def cycle(self, server_ms: float) -> float | None:
        """The cycle that it is at a time of the server's clock."""
        if not self.tempo:
            return None
        anchor = next((each for each in reversed(self.tempo) if each.server_ms <= server_ms), self.tempo[0])
        return anchor.cycle_at(server_ms)

    def name_of(self, participant_id: str) -> str:
        """What a participant is called."""
        return next((each.name for each in self.participants if each.id == participant_id), "somebody")


NOTHING_YET = SessionState()


def fold(state: SessionState, message: FromServer) -> SessionState:
    """The state after one more message."""
    match message:
        case Welcome():
            return _welcomed(message)
        case Waiting():
            return replace(NOTHING_YET, title=message.session_title, is_waiting=True)
        case Layers():
            there = {layer.id for layer in message.layers}
            playing = {layer: each for layer, each in state.playing.items() if layer in there}
            return replace(state, layers=tuple(message.layers), playing=playing)
        case Evaluated() | Failed() | Stopped() | Hushed():
            return replace(state, playing=_playing(state.playing, message))
        case Tempo():
            first_ms = message.anchors[0].server_ms
            kept = (anchor for anchor in state.tempo if anchor.server_ms < first_ms)
            return replace(state, tempo=(*kept, *message.anchors)[-ANCHORS_KEPT:])
        case Roster():
            return _with_roster(state, message)
        case Listening():
            return replace(state, listening=message.listening)
        case Renamed():
            return replace(state, title=message.title)
        case AiSet() | Agents() | Proposed():
            return _with_asks(state, message)
        case _:
            return state


def _playing(
    playing: Mapping[str, Playing], message: Evaluated | Failed | Stopped | Hushed
) -> Mapping[str, Playing]:
    match message:
        case Evaluated():
            return {**playing, message.playing.layer: message.playing}
        case Failed():
            return _without(playing, message.fault.layer, message.playing)
        case Stopped():
            return _without(playing, message.layer)
        case Hushed():
            return {}


def _with_asks(state: SessionState, message: AiSet | Agents | Proposed) -> SessionState:
    match message:
        case AiSet():
            return replace(state, ai=message.on, ai_review=message.review)
        case Agents():
            return replace(state, agents=tuple(message.agents))
        case Proposed():
            return replace(state, proposals=_with_proposal(state.proposals, message.proposal))


def _with_proposal(known: Mapping[str, Proposal], newest: Proposal) -> Mapping[str, Proposal]:
    found = {**known, newest.id: newest}
    over = [each.id for each in found.values() if each.ended_ms is not None]
    forgotten = over[: max(0, len(over) - MAX_OVER)]
    return {name: each for name, each in found.items() if name not in forgotten}


def _without(
    playing: Mapping[str, Playing], layer_id: str, instead: Playing | None = None
) -> Mapping[str, Playing]:
    rest = {layer: each for layer, each in playing.items() if layer != layer_id}
    return rest if instead is None else {**rest, layer_id: instead}


def _with_roster(state: SessionState, roster: Roster) -> SessionState:
    mine = next((each.role.value for each in roster.participants if each.id == state.you), state.role)
    return replace(state, participants=tuple(roster.participants), listening=roster.listening, role=mine)


def _welcomed(welcome: Welcome) -> SessionState:
    return SessionState(
        title=welcome.title,
        you=welcome.you,
        role=welcome.role.value,
        layers=tuple(welcome.layers),
        playing={each.layer: each for each in welcome.playing},
        tempo=tuple(welcome.tempo),
        participants=tuple(welcome.roster),
        listening=welcome.listening,
        ai=welcome.ai,
        ai_review=welcome.ai_review,
        agents=tuple(welcome.agents),
        proposals={each.id: each for each in welcome.proposals},
    )
