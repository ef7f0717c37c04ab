"""Updates as strangers send them: honest ones, and honest ones bent by a seeded hand."""

from __future__ import annotations

import random
from collections.abc import Iterator

from pycrdt import Doc, Text

from algorave_server.lib0 import write_bytes, write_uint
from algorave_server.yjs_update import Deletion, Struct, Update, parse_update

ROOTS = ("layer:a", "layer:b")
_WORDS = ("x", "bd ", 's("hh*8")', "é", "😀", "漢字", "🎛\ufe0f", "\n")


def encode_update(update: Update) -> bytes:
    """The bytes of an update, whether or not it makes sense."""
    out = bytearray(write_uint(len(update.structs)))
    for client, run in update.structs.items():
        out += write_uint(len(run)) + write_uint(client) + write_uint(run[0].clock if run else 0)
        for struct in run:
            out += _encode_struct(struct)
    clients = list(dict.fromkeys(deletion.client for deletion in update.deletions))
    out += write_uint(len(clients))
    for client in clients:
        ranges = [deletion for deletion in update.deletions if deletion.client == client]
        out += write_uint(client) + write_uint(len(ranges))
        for deletion in ranges:
            out += write_uint(deletion.clock) + write_uint(deletion.length)
    return bytes(out)


def _encode_struct(struct: Struct) -> bytes:
    content = 1 if struct.text is None else 4
    out = bytearray([content | 0x80 * (struct.origin is not None) | 0x40 * (struct.right_origin is not None)])
    for unit in (struct.origin, struct.right_origin):
        if unit is not None:
            out += write_uint(unit[0]) + write_uint(unit[1])
    if struct.origin is None and struct.right_origin is None:
        out += b"\x01" + write_bytes((struct.root or "").encode())
    return bytes(out) + (
        write_uint(struct.length) if struct.text is None else write_bytes(struct.text.encode())
    )


class Typist:
    """An honest client with a document of its own, which edits at character boundaries."""

    def __init__(self, client: int, rng: random.Random) -> None:
        self._rng = rng
        self.doc: Doc = Doc(client_id=client)
        self.texts = [self.doc.get(root, type=Text) for root in ROOTS]

    def edit(self) -> bytes:
        """One random insertion or deletion, as the update that carries it."""
        before = self.doc.get_state()
        text = self._rng.choice(self.texts)
        points = self._boundaries(str(text))
        at = self._rng.randrange(len(points))
        if self._rng.random() < 0.65 or len(points) < 3:
            text.insert(points[at], self._rng.choice(_WORDS))
        else:
            begin = min(at, len(points) - 2)
            end = min(begin + self._rng.randint(1, 5), len(points) - 1)
            del text[points[begin] : points[end]]
        return self.doc.get_update(before)

    def _boundaries(self, text: str) -> list[int]:
        points = [0]
        for char in text:
            points.append(points[-1] + len(char.encode()))
        return points


def bend(honest: bytes, rng: random.Random) -> bytes:
    """An update that is nearly the honest one."""
    return _bend_bytes(honest, rng) if rng.random() < 0.4 else _bend_structure(honest, rng)


def _bend_bytes(honest: bytes, rng: random.Random) -> bytes:
    data = bytearray(honest)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(data))
        match rng.randrange(4):
            case 0:
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                data[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF))
            case 2:
                data.insert(at, rng.randrange(256))
            case _ if len(data) > 1:
                del data[at]
            case _:
                pass
    return bytes(data)


def _bend_structure(honest: bytes, rng: random.Random) -> bytes:
    update = parse_update(honest)
    runs = {client: [_bend_struct(struct, rng) for struct in run] for client, run in update.structs.items()}
    deletions = [_bend_deletion(deletion, rng) for deletion in update.deletions]
    if rng.random() < 0.2 and runs:
        client = rng.choice(list(runs))
        deletions.append(Deletion(client, rng.randrange(40), rng.randint(0, 4)))
    if rng.random() < 0.1 and len(runs) > 1:
        runs = dict(reversed(runs.items()))
    if rng.random() < 0.1 and runs:
        client = rng.choice(list(runs))
        runs[client + rng.choice((0, 1))] = runs.pop(client)
    return encode_update(Update(runs, deletions))


def _bend_struct(struct: Struct, rng: random.Random) -> Struct:
    match rng.randrange(10):
        case 0:
            return struct._replace(clock=max(0, struct.clock + rng.randint(-3, 3)))
        case 1:
            return struct._replace(origin=_near(struct, rng))
        case 2:
            return struct._replace(right_origin=_near(struct, rng))
        case 3:
            return struct._replace(origin=None, right_origin=None, root=rng.choice((*ROOTS, "other", "")))
        case 4:
            return struct._replace(text=None, length=rng.randint(0, 5))
        case 5:
            return struct._replace(text=rng.choice(_WORDS) * rng.randint(0, 2))
        case 6:
            end = _near(struct, rng) or (struct.client, struct.clock)
            return struct._replace(origin=end, right_origin=(end[0], max(0, end[1] - rng.randint(0, 2))))
        case 7:
            return struct._replace(origin=struct.right_origin, right_origin=struct.origin, root=ROOTS[0])
        case _:
            return struct


def _near(struct: Struct, rng: random.Random) -> tuple[int, int] | None:
    known = struct.origin or struct.right_origin or (struct.client, struct.clock)
    return rng.choice(
        (None, (known[0], max(0, known[1] + rng.randint(-4, 4))), (rng.randint(1, 4), rng.randrange(30)))
    )


def _bend_deletion(deletion: Deletion, rng: random.Random) -> Deletion:
    if rng.random() < 0.5:
        return deletion
    return deletion._replace(
        clock=max(0, deletion.clock + rng.randint(-2, 2)), length=max(0, deletion.length + rng.randint(-2, 2))
    )


def episode(seed: int, cases: int) -> Iterator[tuple[bytes, bool]]:
    """`cases` updates of three typists who hear each other; (update, honest). Bent ones are not heard."""
    rng = random.Random(seed)
    typists = [Typist(client, rng) for client in (1, 2, 3)]
    for _ in range(cases):
        typist = rng.choice(typists)
        if rng.random() < 0.5:
            update = typist.edit()
            for other in typists:
                if other is not typist:
                    other.doc.apply_update(update)
            yield update, True
        else:
            probe = Typist(rng.choice((4, 5)), rng)
            probe.doc.apply_update(typist.doc.get_update())
            yield bend(probe.edit() if rng.random() < 0.7 else typist.doc.get_update(), rng), False
