"""kill -9 while a process writes: nothing acknowledged is missing."""

from __future__ import annotations

import random

from sqlalchemy import text

from algorave_server.store import Membership, Store

from .processes import PROCESSES, type_until_killed

ROUNDS = 20


def type_and_be_killed(
    url: str, jam: Membership, first: int, enough: int, *, early: bool = False
) -> set[int]:
    """What a typist said was acknowledged; it is killed once it said so `enough` times."""
    hears, says = PROCESSES.Pipe(duplex=False)
    typist = PROCESSES.Process(
        target=type_until_killed, args=(url, jam, first, says), kwargs={"early": early}
    )
    typist.start()
    says.close()
    said = {hears.recv() for _ in range(enough)}
    typist.kill()
    try:
        while True:
            said.add(hears.recv())
    except (EOFError, OSError):
        typist.join()
    return said


def kept(store: Store, jam: Membership) -> list[int]:
    return [int(it.update) for it in store.updates_page(jam.session.id, limit=1_000_000)]


def test_nothing_acknowledged_is_lost(kind: str, store: Store, url: str, jam: Membership) -> None:
    """STORE-27: of 20 processes killed while they write, every acknowledged row is kept, once and in order."""
    dice = random.Random(27)
    acknowledged: set[int] = set()
    for round_ in range(ROUNDS):
        acknowledged |= type_and_be_killed(url, jam, round_ * 1_000_000, dice.randrange(1, 200))
    numbers = kept(store, jam)
    assert acknowledged - set(numbers) == set()
    assert numbers == sorted(set(numbers))
    assert len({number // 1_000_000 for number in acknowledged}) == ROUNDS
    if kind == "sqlite":
        with store.database.reading() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    print(f"{kind}: {len(acknowledged)} acknowledged, {len(numbers)} kept, 0 missing")


def test_acknowledging_early_loses(store: Store, url: str, jam: Membership) -> None:
    """STORE-27, the control: who acknowledges before the commit loses rows to the same kill."""
    acknowledged = type_and_be_killed(url, jam, 0, 20, early=True)
    assert len(acknowledged) >= 20
    assert kept(store, jam) == []
