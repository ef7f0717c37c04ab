import { describe, expect, it } from "vitest";
import { midiOf, songPosition, type Timed } from "../../src/link/midi_message.js";
import { MidiNotes } from "../../src/link/midi_notes.js";
import { chance, hap } from "./steady.js";

const note = (key: number, channel = 1) => ({ channel, key, velocity: 100 });
const isOn = ({ bytes }: Timed) => ((bytes[0] ?? 0) & 0xf0) === 0x90;
const isOff = ({ bytes }: Timed) => ((bytes[0] ?? 0) & 0xf0) === 0x80;
const placeOf = ({ bytes }: Timed) => `${(bytes[0] ?? 0) & 0xf}/${bytes[1]}`;

/** The same messages as a device gets them: by time, those of one time in the order of sending. */
function arrived(sent: readonly Timed[]): Timed[] {
  return [...sent].sort((a, b) => a.at_ms - b.at_ms);
}

/** Keys that begin twice, end without having begun, or never end. */
function wrongIn(messages: readonly Timed[]): string[] {
  const sounding = new Set<string>();
  const wrong: string[] = [];
  for (const each of messages) {
    const place = placeOf(each);
    if (isOn(each) && sounding.has(place)) wrong.push(`${place} begins twice`);
    if (isOn(each)) sounding.add(place);
    if (isOff(each) && !sounding.delete(place)) wrong.push(`${place} ends unplayed`);
  }
  return [...wrong, ...[...sounding].map((place) => `${place} hangs`)];
}

describe("notes of a device", () => {
  it("LINK-10: whatever is played, ended and hushed, each note that begins ends once, and no key begins twice", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const next = chance(seed);
      const notes = new MidiNotes();
      const sent: Timed[] = [];
      let on_ms = 0;
      for (let step = 0; step < 120; step++) {
        on_ms += next() < 0.3 ? 0 : next() * 60;
        const what = next();
        if (what < 0.8) {
          const [key, channel] = [60 + Math.floor(next() * 4), 1 + Math.floor(next() * 2)];
          sent.push(...notes.play(`layer ${channel}`, note(key, channel), on_ms, on_ms + next() * 200));
        } else if (what < 0.9) sent.push(...notes.advance(on_ms));
        // What leaves now was decided up to 80 ms ahead.
        else if (what < 0.97) sent.push(...notes.end("layer 1", on_ms - next() * 80));
        else sent.push(...notes.silence(on_ms - next() * 80));
      }
      sent.push(...notes.silence(on_ms));
      expect(notes.count).toBe(0);
      expect(wrongIn(arrived(sent)), `seed ${seed}`).toEqual([]);
    }
  });

  it("LINK-10: the check above finds a note that hangs", () => {
    const notes = new MidiNotes();
    const sent = [...notes.play("a", note(60), 0, 100), ...notes.play("a", note(64), 50, 100)];
    expect(wrongIn([...sent, ...notes.silence(60).slice(1)])).toEqual(["0/60 hangs"]);
    expect(wrongIn([...sent, ...sent])).toContain("0/60 begins twice");
  });

  it("LINK-10: hush ends what sounds now, and what has left but not begun as soon as it begins", () => {
    const notes = new MidiNotes();
    notes.play("a", note(60), 0, 500);
    notes.play("a", note(64, 3), 150, 500);
    expect(notes.silence(100)).toEqual([
      { bytes: [0x80, 60, 0], at_ms: 100 },
      { bytes: [0x82, 64, 0], at_ms: 150 },
      { bytes: [0xb0, 123, 0], at_ms: 150 },
      { bytes: [0xb2, 123, 0], at_ms: 150 },
    ]);
    expect(notes.silence(200)).toEqual([]);
  });

  it("LINK-10: a layer that ends takes its own notes along only", () => {
    const notes = new MidiNotes();
    notes.play("a", note(60), 0, 500);
    notes.play("b", note(62), 0, 500);
    expect(notes.end("a", 100)).toEqual([{ bytes: [0x80, 60, 0], at_ms: 100 }]);
    expect(notes.count).toBe(1);
  });
});

describe("a hap as MIDI", () => {
  it("LINK-11: pitch, loudness and channel are the hap's; without a channel it is the layer's", () => {
    expect(midiOf(hap(0, 1), 5)).toEqual({ before: [], note: { channel: 5, key: 60, velocity: 114 } });
    const controls = { midichan: 10, velocity: 0.5 };
    expect(midiOf(hap(0, 1, { gain: 0.8, controls }), 5).note).toEqual({
      channel: 10,
      key: 60,
      velocity: 51,
    });
    expect(midiOf(hap(0, 1, { note: 61.4 }), 1).note?.key).toBe(61);
    expect(midiOf(hap(0, 1, { controls: { midinote: "72" } }), 1).note?.key).toBe(72);
  });

  it("LINK-11: drums are General MIDI's keys; other sounds without a pitch, and pitches no device has, are no notes", () => {
    const keyOf = (sound: string) => midiOf(hap(0, 1, { note: null, sound }), 10).note?.key;
    expect(["bd", "sd", "hh", "oh", "cp"].map(keyOf)).toEqual([36, 38, 42, 46, 39]);
    expect(keyOf("superpiano")).toBeUndefined();
    expect(midiOf(hap(0, 1, { note: 140 }), 1).note).toBeNull();
  });

  it("LINK-11: controllers, programs, bends and pressure come before the note", () => {
    const controls = { ccn: 74, ccv: 0.5, progNum: 3, midibend: -1, miditouch: 1 };
    expect(midiOf(hap(0, 1, { controls }), 2).before).toEqual([
      [0xc1, 3],
      [0xb1, 74, 64],
      [0xe1, 0, 0],
      [0xd1, 127],
    ]);
    expect(midiOf(hap(0, 1, { controls: { midibend: 0 } }), 1).before).toEqual([[0xe0, 0, 64]]);
  });

  it("LINK-11: whatever code says, bytes are MIDI's", () => {
    for (const wild of [-1e9, -1, 0.5, 1e9, Number.NaN]) {
      const controls = {
        midichan: wild,
        velocity: wild,
        ccn: wild,
        ccv: wild,
        progNum: wild,
        midibend: wild,
      };
      const { before, note: made } = midiOf(hap(0, 1, { gain: 16, controls }), 1);
      for (const bytes of before) for (const byte of bytes.slice(1)) expect(byte & 0x80).toBe(0);
      expect(made?.channel).toBeGreaterThanOrEqual(1);
      expect(made?.channel).toBeLessThanOrEqual(16);
      expect(made?.velocity).toBeGreaterThanOrEqual(1);
      expect(made?.velocity).toBeLessThanOrEqual(127);
    }
    expect(songPosition(16_383)).toEqual([0xf2, 127, 127]);
  });
});
