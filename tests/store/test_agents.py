"""Places of agents: by a link that a host made, or on behalf of somebody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from algorave_server.errors import Refusal
from algorave_server.invites import Credential, mint, terms, terms_for_agent
from algorave_server.journal import NewSessionState
from algorave_server.rights import Role
from algorave_server.store import Membership, Newcomer, ParticipantRecord, Store

BOT = Newcomer("Claude", "#00bb00", "agent")
PERSON = Newcomer("Bo", "#00bb00")


def link(store: Store, jam: Membership) -> tuple[str, str]:
    """A link for an agent: the invite's id, and the hash of its secret."""
    minted = mint()
    wanted = terms_for_agent(store.clock.now_at())
    return store.create_invite(jam.session.id, minted.sha256, wanted, by=jam.participant.id).id, minted.sha256


def credential(name: str) -> Credential:
    """What an agent is known by."""
    return Credential(name * 64, timedelta(hours=1), timedelta(hours=1))


def opens(store: Store, name: str) -> list[str]:
    """The participants that a credential is good for."""
    idle_since = store.clock.now_at() - timedelta(hours=1)
    return [each.participant.id for each in store.guest_memberships(name * 64, idle_since)]


def test_a_link_is_one_place(store: Store, jam: Membership) -> None:
    """ASK-14: who comes by an agent's link is a co-author of kind agent, the same one however often it comes."""
    _, sha256 = link(store, jam)
    first = store.redeem(sha256, BOT, credential("a"))
    assert (first.kind, first.role, first.agent_of) == ("agent", Role.CO_AUTHOR, None)
    again = store.redeem(sha256, BOT, credential("b"))
    assert again.id == first.id
    assert (opens(store, "a"), opens(store, "b")) == ([], [first.id])


def test_each_link_is_a_place_of_its_own(store: Store, jam: Membership) -> None:
    """ASK-14, the control: two links are two agents."""
    first = store.redeem(link(store, jam)[1], BOT, credential("a"))
    assert store.redeem(link(store, jam)[1], BOT, credential("b")).id != first.id


@pytest.mark.parametrize("who", [PERSON, BOT], ids=["a person", "an agent"])
def test_a_link_for_the_other_kind(store: Store, jam: Membership, who: Newcomer) -> None:
    """ASK-14: people do not come by an agent's link, nor agents by people's; no use is counted, and words say why."""
    minted = mint()
    if who.kind == "person":
        sha256, word = link(store, jam)[1], "algorave agent"
    else:
        sha256, word = minted.sha256, "for people"
        wanted = terms(Role.CO_AUTHOR, store.clock.now_at())
        store.create_invite(jam.session.id, sha256, wanted, by=jam.participant.id)
    with pytest.raises(Refusal, match=word):
        store.redeem(sha256, who, credential("a"))
    assert [report.invite.uses for report in store.invites(jam.session.id)] == [0]
    assert len(store.participants(jam.session.id)) == 1


def test_a_revoked_link_puts_its_agent_out(store: Store, jam: Membership) -> None:
    """ASK-14: revoking an agent's link ends its membership, and it does not come back."""
    invite_id, sha256 = link(store, jam)
    agent = store.redeem(sha256, BOT, credential("a"))
    assert store.revoke_invite(jam.session.id, invite_id, by=jam.participant.id) == [agent.id]
    assert opens(store, "a") == []
    with pytest.raises(Refusal):
        store.redeem(sha256, BOT, credential("b"))


def test_an_agent_does_not_wait(store: Store, jam: Membership) -> None:
    """ASK-14: a closed door lets an agent in that a host made a link for, and a person waits."""
    store.append([NewSessionState(jam.session.id, "Jam", "ask", None)])
    assert not store.redeem(link(store, jam)[1], BOT, credential("a")).waiting
    minted = mint()
    wanted = terms(Role.VIEWER, store.clock.now_at())
    store.create_invite(jam.session.id, minted.sha256, wanted, by=jam.participant.id)
    assert store.redeem(minted.sha256, PERSON, credential("b")).waiting


def seat(store: Store, jam: Membership, name: str, agent_of: str | None) -> ParticipantRecord:
    """A place for somebody's agent."""
    return store.seat_agent(jam.session.id, BOT, credential(name), agent_of=agent_of)


def test_ones_own_agent_has_one_place(store: Store, jam: Membership) -> None:
    """ASK-15: somebody's own agent is the same participant each time, and what opened its place before does not any more."""
    owner = jam.participant.id
    first = seat(store, jam, "a", owner)
    assert (first.kind, first.role, first.agent_of) == ("agent", Role.CO_AUTHOR, owner)
    assert seat(store, jam, "b", owner).id == first.id
    assert (opens(store, "a"), opens(store, "b")) == ([], [first.id])


def test_everybodys_agent_is_another(store: Store, jam: Membership) -> None:
    """ASK-15: everybody's agent, each participant's own and one that came by a link are different participants."""
    bo = store.add_participant(jam.session.id, Newcomer("Bo", "#00bb00", user_id="bo"), Role.CO_AUTHOR)
    by_link = store.redeem(link(store, jam)[1], BOT, credential("a"))
    owners = (None, jam.participant.id, bo.id)
    seated = [seat(store, jam, name, owner) for name, owner in zip("bcd", owners, strict=True)]
    assert len({by_link.id, *(each.id for each in seated)}) == 4


def test_a_removed_agent_gets_its_place_back(store: Store, jam: Membership) -> None:
    """ASK-15: an agent that was removed opens nothing until it is given its place anew; a banned one never."""
    agent = seat(store, jam, "a", None)
    store.remove_participant(agent.id)
    assert opens(store, "a") == []
    assert seat(store, jam, "b", None).may_enter
    store.ban_participant(agent.id, reason="", by=None)
    assert not seat(store, jam, "c", None).may_enter
