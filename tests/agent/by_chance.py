"""Random answers and random typing: what may come from a model and from people at once."""

from __future__ import annotations

from hypothesis import strategies as st

from agent.conftest import BASS
from algorave_kernel.testing import Reply
from algorave_kernel.testing.replies import Death

REPLIES = [
    'Darker.\n<edit layer="bass"><find>lpf(800)</find><put>lpf(300)</put></edit>',
    '<edit layer="bass"><find>c2 e2</find><put>c2 d2 🎛</put></edit><code layer="hats">s("hh*8")</code>',
    f'<code layer="bass">\n```js\n{BASS.replace("800", "<300 400>")}\n```</code> a < b <codex>',
    '<edit layer="drums"><find></find><put>perc: s("rim*2")</put></edit>\n<edit><find>gain(0.7)</find><put>gain(0.5)</put></edit>',
    '<remove layer="drums"/> gone <edit layer="bass"><put>x</put></edit>',
    '<code layer="bass">note("c2"</code>',
    "lpf is a filter: <find> <put> </edit> are no tags here",
    '<edit layer="bass"><find>lpf(800)</find><put>lpf(300)',
]  # fmt: skip
DEATHS: tuple[Death | None, ...] = (None, None, "fin", "rst", "eof", "error", "garbage", "not_utf8")
TYPED = [
    ("bass", "c2 e2", "c2 f2"),
    ("bass", "lpf(800)", "lpf(700)"),
    ("bass", "// ", "// 🥁 "),
    ("bass", "", "\n"),
    ("bass", ".gain(0.7)", ""),
    ("drums", "bd*4", "bd*2"),
    ("drums", "", "rim: s('rim')\n"),
    ("bass", ".s(", ".s(("),
]


answers = st.builds(
    Reply,
    st.sampled_from(REPLIES),
    dies=st.sampled_from(DEATHS),
    dies_after=st.integers(-1, 12),
    chunk=st.integers(1, 40),
    split_bytes=st.sampled_from([0, 0, 1, 5]),
    crlf=st.booleans(),
)
