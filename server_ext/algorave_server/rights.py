"""Who may do what in a session: roles, actions, and the one table between them."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a participant is in a session."""

    __hash__ = str.__hash__  # rights are looked up for each edit, and the one of enums takes longer

    HOST = "host"
    CO_AUTHOR = "co_author"
    VIEWER = "viewer"


class Action(StrEnum):
    """What a participant may be allowed to do."""

    __hash__ = str.__hash__

    EDIT = "edit"
    """Change the text of a layer that is not locked."""
    EVALUATE = "evaluate"
    """Make a layer's text the sounding text; stop a layer."""
    ARRANGE = "arrange"
    """Add, rename, reorder and remove layers."""
    MIX = "mix"
    """Gain, mute and solo of a layer, for everybody."""
    TEMPO = "tempo"
    CHAT = "chat"
    HUSH = "hush"
    """Silence all, for everybody."""
    LOCK = "lock"
    """Lock a layer, and edit a locked one."""
    INVITE = "invite"
    MEMBERS = "members"
    """Change roles, remove and ban participants."""
    SESSION = "session"
    """Rename, end and delete the session, and switch its agent on."""
    ASK = "ask"
    """Ask the agent for something; of an agent: answer."""


_CO_AUTHOR = frozenset(
    {
        Action.EDIT,
        Action.EVALUATE,
        Action.ARRANGE,
        Action.MIX,
        Action.TEMPO,
        Action.CHAT,
        Action.ASK,
    },
)

MAY: dict[Role, frozenset[Action]] = {
    Role.HOST: frozenset(Action),
    Role.CO_AUTHOR: _CO_AUTHOR,
    Role.VIEWER: frozenset({Action.CHAT}),
}
"""The one permission table. The browser has the same, generated, so that buttons grey out by it."""

AGENT_MAY = frozenset({Action.EDIT, Action.EVALUATE, Action.ARRANGE, Action.TEMPO, Action.ASK})
"""What an agent may at most, whatever its role, and only to layers that it is changing for somebody."""
