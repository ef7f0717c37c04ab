"""The spool: what is noted there outlives the process, and nothing else is read from it."""

from __future__ import annotations

import os
import resource
import signal
import stat
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorave_server.journal import NewUpdate
from algorave_server.spool import Spool, left_behind
from algorave_server.spool_record import HEADING, edits_of, record_of

from .processes import PROCESSES

AT = datetime(2026, 11, 29, 20, 0, 0, 123456, tzinfo=UTC)
IDS = st.text(max_size=40)
EDITS = st.builds(
    NewUpdate,
    IDS,
    IDS,
    st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9999, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants it so
    st.binary(max_size=300),
    st.lists(st.integers(0, 2**53 - 1), max_size=4).map(tuple),
)


def edit(number: int) -> NewUpdate:
    """One of many."""
    return NewUpdate("s1", "ana", AT + timedelta(seconds=number), b"%d" % number, (number,))


def read(folder: Path) -> list[NewUpdate]:
    """All that is in a folder's spools, whosever they are."""
    return [each for path in sorted(folder.glob("*.spool")) for each in edits_of(path.read_bytes())]


@given(st.lists(EDITS, max_size=5))
def test_what_is_noted_is_read_back(edits: list[NewUpdate]) -> None:
    """SPOOL-1: what was noted is read back as it was, in its order."""
    assert list(edits_of(HEADING + b"".join(map(record_of, edits)))) == edits


@given(st.lists(EDITS, min_size=1, max_size=3), st.data())
def test_a_torn_end_is_cut_off(edits: list[NewUpdate], data: st.DataObject) -> None:
    """SPOOL-2: wherever the last record is torn or changed, those before it are read, and nothing of it."""
    before, last = HEADING + b"".join(map(record_of, edits[:-1])), record_of(edits[-1])
    at = data.draw(st.integers(0, len(last) - 1))
    assert list(edits_of(before + last[:at])) == edits[:-1]
    damaged = bytearray(last)
    damaged[at] ^= data.draw(st.integers(1, 255))
    assert list(edits_of(before + bytes(damaged))) == edits[:-1]


@given(st.binary(max_size=100))
def test_what_is_no_spool_is_empty(data: bytes) -> None:
    """SPOOL-2: bytes that do not begin as a spool does are none."""
    assert list(edits_of(b"x" + data)) == []


def test_a_spool_is_private_and_emptied(tmp_path: Path) -> None:
    """SPOOL-4: the file is its owner's alone, and empty once all of it is committed."""
    spool = Spool(tmp_path / "spool")
    spool.append([edit(1), edit(2)])
    [path] = (tmp_path / "spool").glob("*.spool")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    spool.settle(1)
    assert read(path.parent) == [edit(1), edit(2)]
    spool.settle(1)
    assert path.read_bytes() == HEADING
    spool.close()
    assert not path.exists()


def test_a_busy_spool_stays_small(tmp_path: Path) -> None:
    """SPOOL-4: while something always waits for its commit, the space of what is committed is given back."""
    spool = Spool(tmp_path, large_bytes=1_000)
    spool.append([edit(0)])
    for number in range(1, 1_000):
        spool.append([edit(number)])
        spool.settle(1)
        assert sum(path.stat().st_size for path in tmp_path.glob("*.spool")) < 3_000
    assert read(tmp_path)[-1] == edit(999)


def test_what_is_owed_stays(tmp_path: Path) -> None:
    """SPOOL-7: while edits are owed nothing is given back, however much after them is committed."""
    spool = Spool(tmp_path, large_bytes=100)
    spool.append([edit(1)])
    spool.owe(1)
    for number in range(2, 20):
        spool.append([edit(number)])
        spool.settle(1)
    assert read(tmp_path)[0] == edit(1)
    spool.pay(1)
    assert read(tmp_path) == []


def test_only_the_dead_leave_spools(tmp_path: Path) -> None:
    """SPOOL-5: the spool of a living server is not given to others; when it is gone, it is."""
    spool = Spool(tmp_path)
    spool.append([edit(1)])
    assert list(left_behind(tmp_path)) == []
    spool.close()
    [path] = left_behind(tmp_path)
    assert list(edits_of(path.read_bytes())) == [edit(1)]


def note_on_a_small_disk(folder: Path, says: Connection) -> None:
    """Note edits where a file may not grow past a limit."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400, 400))
    spool = Spool(folder)
    noted = []
    for number in (1, 2):
        spool.append([edit(number)])
        noted.append(number)
    with pytest.raises(OSError, match=r"full|large"):
        spool.append([edit(number) for number in range(3, 30)])
    spool.append([edit(30)])
    says.send([*noted, 30])


def test_a_full_disk_leaves_no_trace(tmp_path: Path) -> None:
    """SPOOL-3: edits that the disk takes only in part are not there, and those noted later are."""
    hears, says = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=note_on_a_small_disk, args=(tmp_path, says))
    process.start()
    noted = hears.recv()
    process.join()
    assert read(tmp_path) == [edit(number) for number in noted]


def test_no_new_file_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SPOOL-3: while a new file cannot be begun the last one goes on, and what was begun is not left about."""
    spool = Spool(tmp_path, large_bytes=20)
    spool.append([edit(1)])
    before, write = open_files(), os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda file, data: write(file, data[:5] if data == HEADING else data))
        for number in range(2, 6):
            spool.append([edit(number)])
    assert open_files() == before
    assert len(list(tmp_path.glob("*.spool"))) == 1
    spool.append([edit(6)])
    assert len(list(tmp_path.glob("*.spool"))) == 2
    assert read(tmp_path) == [edit(number) for number in range(1, 7)]


def open_files() -> int:
    """How many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_spool_that_goes_meanwhile_is_passed_over(tmp_path: Path) -> None:
    """SPOOL-5: an owner may take its files away while somebody goes through the folder, who goes on."""
    first, second = Spool(tmp_path), Spool(tmp_path)
    for spool in (first, second):
        spool.append([edit(1)])
        spool.close()
    going_through = left_behind(tmp_path)
    seen = next(going_through)
    for path in tmp_path.glob("*.spool"):
        if path != seen:
            path.unlink()
    assert list(going_through) == []
