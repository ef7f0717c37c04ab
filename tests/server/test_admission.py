"""Invites that are redeemed while a host decides about the same person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from algorave_server.admission import as_decided
from algorave_server.close import Close
from algorave_server.journal import NewMemberValues, NewRemoval, NewRole
from algorave_server.rights import Role

from .room_table import Table, member

BO = member("bo", Role.CO_AUTHOR)
"""As the database had it before the host decided."""


@pytest.fixture
def table() -> Table:
    """A fresh room, in which bo is a co-author."""
    return Table()


def later(table: Table) -> float:
    """Time passes; the time by then."""
    table.clock.ms += 10
    return table.clock.ms


def role_of(table: Table, name: str) -> Role | None:
    """What somebody is, as the room says."""
    known = table.room.roster.members.get(name)
    return known and known.role


def test_a_lowered_role_outlasts_a_redemption_that_began_before(table: Table) -> None:
    """ADMIT-1: who redeems an invite while a host takes a role away does not have it back by that."""
    began_ms = later(table)
    later(table)
    table.sit("ana").ask("set_role", participant="bo", role="viewer")
    table.commit()
    later(table)
    table.redeem(BO, began_ms)
    assert role_of(table, "bo") is Role.VIEWER


def test_a_redemption_after_the_decision_counts(table: Table) -> None:
    """ADMIT-1, the other order: an invite that is redeemed after a host has decided gives what it gives."""
    table.sit("ana").ask("set_role", participant="bo", role="viewer")
    table.commit()
    table.redeem(BO, later(table))
    assert role_of(table, "bo") is Role.CO_AUTHOR


def test_who_was_put_out_meanwhile_is_out(table: Table) -> None:
    """ADMIT-1: who redeems an invite while a host removes them is out, and may come by it once more."""
    began_ms = later(table)
    later(table)
    table.sit("ana").ask("remove", participant="bo")
    table.commit()
    table.redeem(BO, began_ms)
    assert role_of(table, "bo") is None
    table.redeem(BO, later(table))
    assert role_of(table, "bo") is Role.CO_AUTHOR


def test_who_was_expelled_meanwhile_is_out(table: Table) -> None:
    """ADMIT-1: so it is when the invite was revoked or the person banned, which happens in the database."""
    began_ms = later(table)
    later(table)
    table.room.forget("bo")
    table.redeem(BO, began_ms)
    assert role_of(table, "bo") is None


def test_who_was_let_in_meanwhile_does_not_wait_again(table: Table) -> None:
    """ADMIT-1: letting in and forbidding to chat are decisions, too."""
    table.expect("wil", Role.VIEWER)
    wil, ana = table.room.roster.members["wil"], table.sit("ana")
    began_ms = later(table)
    later(table)
    ana.ask("admit", participant="wil")
    ana.ask("set_chat", participant="bo", allowed=False)
    table.commit()
    table.redeem(replace(wil, name="Willy"), began_ms)
    table.redeem(BO, began_ms)
    assert table.room.roster.members["wil"] == replace(wil, name="Willy", waiting=False)
    assert not table.room.roster.members["bo"].may_chat


def test_without_the_decision_the_old_role_would_be_back(table: Table) -> None:
    """ADMIT-1, the control: what was read before is taken for true when nobody has decided anything."""
    assert as_decided(BO, table.room.roster, later(table)) == BO
    table.room.roster.set_role("bo", Role.VIEWER)  # a change that is no host's decision
    assert as_decided(BO, table.room.roster, later(table)) == BO


def test_a_decision_is_kept_once_more(table: Table) -> None:
    """ADMIT-2: the database may have kept the redemption after the decision, so the decision follows again."""
    ana = table.sit("ana")
    began_ms = later(table)
    later(table)
    ana.ask("set_role", participant="bo", role="viewer")
    ana.ask("remove", participant="cy", ban=True)
    table.commit()
    table.rows.clear()
    table.redeem(BO, began_ms)
    table.redeem(member("cy", Role.CO_AUTHOR), began_ms)
    table.commit()
    assert table.rows == [
        NewRole("s1", "bo", "viewer"),
        NewMemberValues("s1", "bo", may_chat=True, waiting=False),
        NewRemoval("s1", "cy", table.clock.now_at(), banned=False),
    ]


def test_who_is_here_already_does_not_start_anew_for_nothing(table: Table) -> None:
    """ADMIT-2: a connection that lives by the decision stays open."""
    ana = table.sit("ana")
    began_ms = later(table)
    ana.ask("set_role", participant="bo", role="viewer")
    table.commit()
    bo = table.sit("bo")
    table.redeem(BO, began_ms)
    assert bo.connection not in table.closed
    table.redeem(BO, later(table))
    assert table.closed[bo.connection] is Close.RESET
