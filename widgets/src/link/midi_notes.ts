// Notes of one device: each that begins ends once, whatever happens in between.

import { allNotesOff, type MidiNote, noteOff, noteOn, type Timed } from "./midi_message.js";

interface Sounding {
  layer: string;
  channel: number;
  key: number;
  on_ms: number;
  off_ms: number;
}

/** Closer than this is the same moment. */
const SAME_MS = 1;

/** The notes that sound or are about to. Pure: who calls says what time it is. */
export class MidiNotes {
  /** By channel and key: a device cannot play one key twice. */
  #sounding = new Map<number, Sounding>();
  #channels = new Set<number>();

  /** How many sound or are about to. */
  get count(): number {
    return this.#sounding.size;
  }

  /** A note from `on_ms` to `off_ms`. Notes are to be given in the order in which they begin. */
  play(layer: string, note: MidiNote, on_ms: number, off_ms: number): Timed[] {
    const made = this.advance(on_ms);
    const { channel, key } = note;
    const place = channel * 128 + key;
    const before = this.#sounding.get(place);
    if (before !== undefined) {
      if (on_ms - before.on_ms < SAME_MS) {
        before.off_ms = Math.max(before.off_ms, off_ms);
        return made;
      }
      made.push(offOf(before, on_ms));
    }
    this.#sounding.set(place, { layer, channel, key, on_ms, off_ms: Math.max(off_ms, on_ms + SAME_MS) });
    this.#channels.add(channel);
    made.push({ bytes: noteOn(note), at_ms: on_ms });
    return made;
  }

  /** The ends of notes that end up to `until_ms`. */
  advance(until_ms: number): Timed[] {
    const due = [...this.#sounding].filter(([, { off_ms }]) => off_ms <= until_ms);
    for (const [place] of due) this.#sounding.delete(place);
    return due.map(([, each]) => offOf(each, each.off_ms)).sort((a, b) => a.at_ms - b.at_ms);
  }

  /** Ends the notes of one layer now, or as soon as they have begun. */
  end(layer: string, now_ms: number): Timed[] {
    const found = [...this.#sounding].filter(([, each]) => each.layer === layer);
    for (const [place] of found) this.#sounding.delete(place);
    return found.map(([, each]) => offOf(each, Math.max(now_ms, each.on_ms)));
  }

  /** Ends all notes, and says so once more to every channel that was used, for what got lost. */
  silence(now_ms: number): Timed[] {
    const offs = [...this.#sounding.values()].map((each) => offOf(each, Math.max(now_ms, each.on_ms)));
    const last_ms = Math.max(now_ms, ...offs.map(({ at_ms }) => at_ms));
    const channels = [...this.#channels].sort((a, b) => a - b);
    this.#sounding.clear();
    this.#channels.clear();
    return [...offs, ...channels.map((channel) => ({ bytes: allNotesOff(channel), at_ms: last_ms }))];
  }
}

function offOf({ channel, key }: Sounding, at_ms: number): Timed {
  return { bytes: noteOff(channel, key), at_ms };
}
