"""What others see of edits that were noted."""

from __future__ import annotations

from pycrdt import merge_updates

from algorave_server.effects import Effect, Send, Unseen
from algorave_server.roster import Roster
from algorave_server.sync_frame import STEP_2, UPDATE, sync_frame
from algorave_server.texts import Texts


def share(unseen: Unseen, roster: Roster, texts: Texts) -> list[Effect]:
    """The edits of a turn as one frame; then the text for those who asked for it, the edits in it."""
    effects: list[Effect] = [_broadcast(unseen, roster)] if unseen.edits else []
    for connection_id, state_vector in unseen.joining:
        connection = roster.connections.get(connection_id)
        if connection is not None:
            connection.is_synced = True
            effects.append(Send((connection_id,), sync_frame(STEP_2, texts.update_since(state_vector))))
    return effects


def _broadcast(unseen: Unseen, roster: Roster) -> Send:
    """A lone author does not hear itself, and who asks for the text is given it whole."""
    edits = unseen.edits
    if len(edits) == 1:
        ((author, edit),) = edits
        skip, update = {author}, edit.update
    else:
        authors = {author for author, _ in edits}
        skip = authors if len(authors) == 1 else set[int]()
        update = merge_updates(*(edit.update for _, edit in edits))
    if unseen.joining:
        skip = skip.union(joining for joining, _ in unseen.joining)
    listeners = [c.id for c in roster.connections.values() if c.is_synced and c.id not in skip]
    return Send(tuple(listeners), sync_frame(UPDATE, update))
