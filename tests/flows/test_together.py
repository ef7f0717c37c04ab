"""Edits that come together over a real socket."""

from __future__ import annotations

from typing import Any

from pycrdt import Doc, Text

from algorave_server.lib0 import read_bytes
from algorave_server.sync_frame import UPDATE, sync_frame

from .people import ASK_FOR_TEXT, Member, Socket

LETTERS = "letters that came together"
CHAT = {"kind": "say", "request_id": 7, "text": "in between"}


async def joined(socket: Socket) -> str:
    """Say hello and ask for the text; gives the root of the first layer."""
    welcome = await socket.hello()
    await socket.send(ASK_FOR_TEXT)
    await socket.until(lambda frame: isinstance(frame, bytes) and frame[:2] == b"\x00\x01")
    return f"layer:{welcome['layers'][0]['id']}"


def typed(root: str, text: str) -> list[bytes]:
    """Each letter as the edit that an editor makes of it."""
    doc: Doc[Text] = Doc()
    layer = doc.get(root, type=Text)
    frames: list[bytes] = []
    subscription = doc.observe(lambda event: frames.append(sync_frame(UPDATE, event.update)))
    for letter in text:
        layer += letter
    doc.unobserve(subscription)
    return frames


async def test_together_is_as_one_by_one(host: Member, session: str) -> None:
    """RUN-5: letters that were read together, with a chat line in between, are seen in full, kept, and counted."""
    author, reader = await host.connect(session), await host.connect(session)
    root = await joined(author)
    await joined(reader)
    frames = typed(root, LETTERS)
    await author.send_together(*frames[:9], CHAT, *frames[9:])
    doc: Doc[Text] = Doc()
    heard: list[Any] = []
    while str(doc.get(root, type=Text)) != LETTERS:
        frame = await reader.read()
        if isinstance(frame, bytes) and frame[:2] == b"\x00\x02":
            doc.apply_update(read_bytes(frame, 2)[0])
        heard.append(frame)
    await author.until(
        lambda frame: isinstance(frame, dict) and frame["kind"] == "saved" and frame["edits"] == len(frames)
    )
    edits = [frame for frame in heard if isinstance(frame, bytes)]
    assert len(edits) < 6, "they were not read together, so this shows nothing"
    author.close()
    reader.close()
    late = await host.connect(session)
    await late.hello()
    await late.send(ASK_FOR_TEXT)
    text = await late.until(lambda frame: isinstance(frame, bytes) and frame[:2] == b"\x00\x01")
    kept: Doc[Text] = Doc()
    kept.apply_update(read_bytes(text, 2)[0])
    assert str(kept.get(root, type=Text)) == LETTERS
    late.close()
