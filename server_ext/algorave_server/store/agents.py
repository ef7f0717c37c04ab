"""Places for agents: one for everybody's of a session, and one for each participant's own."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from algorave_server.invites import Credential
from algorave_server.journal import NewEntry
from algorave_server.rights import Role

from .appending import write_rows
from .guests import give_credential
from .members import insert_participant, participant_in
from .records import Newcomer, ParticipantRecord
from .schema import Participant
from .verbs import Verbs, session_in


class AgentVerbs(Verbs):
    """Who an agent is, and what it is known by."""

    def seat_agent(
        self, session_id: str, newcomer: Newcomer, credential: Credential, *, agent_of: str | None
    ) -> ParticipantRecord:
        """A place for somebody's own agent, or for everybody's; the credential is all that opens it.

        It is the same place each time, also after its agent was removed. The credential before opens nothing.
        """
        now = self.clock.now_at()
        with self.database.writing() as connection:
            session_in(connection, session_id)
            agent_id = _seated(connection, session_id, agent_of)
            if agent_id is None:
                agent_id = insert_participant(
                    connection, session_id, newcomer, Role.CO_AUTHOR, now=now, agent_of=agent_of
                ).id
                entry = NewEntry(session_id, agent_of, now, "agent_seated", {"agent": agent_id})
                write_rows(connection, [entry], now)
            connection.execute(
                update(Participant)
                .where(Participant.id == agent_id)
                .values(removed_at=None, name=newcomer.name)
            )
            give_credential(connection, agent_id, credential, now)
            return participant_in(connection, agent_id, now)


def _seated(connection: Connection, session_id: str, agent_of: str | None) -> str | None:
    """The agent that has the place already. One that came by a link has a place of its own."""
    whose = Participant.agent_of.is_(None) if agent_of is None else Participant.agent_of == agent_of
    is_it = (Participant.session_id == session_id, Participant.kind == "agent", whose)
    rows = select(Participant.id).where(*is_it, Participant.invite_id.is_(None)).with_for_update()
    return connection.execute(rows.order_by(Participant.joined_at).limit(1)).scalar_one_or_none()
