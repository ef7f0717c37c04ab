"""What a live model is asked: wishes of musicians, and what one must hear of each. No answer of a model is in here."""

from __future__ import annotations

from dataclasses import dataclass

BASS = 'note("c2 e2 g2 <c3 b2>").s("sawtooth").lpf(800).gain(0.7)'
DRUMS = '$: s("bd*4")\nhats: s("hh*8").gain(0.4)\n'
TEXTS = {"bass": BASS, "drums": DRUMS}


@dataclass(frozen=True, slots=True)
class Prompt:
    """A wish; what must be true afterwards, told to nobody; and what must be the outcome."""

    words: str
    true: str = "sounds"
    status: str = "applied"
    is_empty: bool = False


CREATE = [
    Prompt(f"write {what}", "sounds and layers >= 1", is_empty=True)
    for what in (
        "a techno beat", "a house groove with a bass line", "a drum and bass break", "a dub techno chord stab",
        "an ambient pad in C minor", "an acid line", "a hip hop beat at 90 bpm", "a trap hi-hat pattern",
        "a jazzy chord progression", "a polyrhythm of 3 against 4", "a breakbeat with ghost notes", "a waltz",
        "a bossa nova rhythm", "a melody in D dorian", "an arpeggio over Am F C G", "a minimal techno loop",
        "a euclidean percussion groove", "a reggae bass line", "a lo-fi beat", "a drone that slowly changes",
    )
]  # fmt: skip
EDIT = [
    Prompt("make the bass darker", "layer('bass').changed and layer('drums').unchanged"),
    Prompt("double the hats", "layer('hats').density > before.layer('hats').density"),
    Prompt("half as many hats", "layer('hats').density < before.layer('hats').density"),
    Prompt("set the tempo to 140 bpm", "tempo == 140"),
    Prompt("slow down to 100 bpm", "tempo == 100"),
    Prompt("make the bass louder", "layer('bass').loudest > before.layer('bass').loudest"),
    Prompt("make the hats quieter", "layer('hats').loudest < before.layer('hats').loudest"),
    Prompt("play the bass an octave lower", "layer('bass').lowest < before.layer('bass').lowest"),
    Prompt("play the bass an octave higher", "layer('bass').highest > before.layer('bass').highest"),
    Prompt("remove the hats", "layer('bass').unchanged"),
    Prompt("mute the bass", "layer('drums').unchanged"),
    Prompt("add a clap on two and four", "density > before.density"),
    Prompt("add a layer with a pad", "layers > before.layers and layer('bass').unchanged"),
    Prompt("make the kick busier", "layer('bass').unchanged"),
    Prompt("reverse the bass every fourth cycle", "layer('bass').changed"),
    Prompt("add some swing to the hats", "layer('bass').unchanged"),
    Prompt("put a slow filter sweep on the bass", "layer('bass').changed and layer('drums').unchanged"),
    Prompt("transpose the bass up by a fifth", "layer('bass').lowest > before.layer('bass').lowest"),
    Prompt("make the bass staccato", "layer('bass').changed"),
    Prompt("let a hat be missing now and then", "layer('bass').unchanged"),
    Prompt("add reverb to the bass", "layer('bass').changed"),
    Prompt("pan the hats from left to right", "layer('bass').unchanged"),
    Prompt("replace the saw by a square wave", "layer('bass').changed"),
    Prompt("write a fill for every eighth cycle", "layer('bass').unchanged"),
]
ASK = [
    Prompt("what does lpf do?", "unchanged", "answered"),
    Prompt("which layers are there?", "unchanged", "answered"),
    Prompt("why does the bass sound so bright?", "unchanged", "answered"),
    Prompt("how would I add swing? do not change anything", "unchanged", "answered"),
    Prompt("what is a euclidean rhythm?", "unchanged", "answered"),
    Prompt("explain the hats, and change nothing", "unchanged", "answered"),
]
PROMPTS = [*CREATE, *EDIT, *ASK]
