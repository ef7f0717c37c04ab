// A session on one MIDI device: its clock, and the notes of the layers that were given a channel.

import type { SeenHap } from "../stage/messages.js";
import { HapQueue } from "./hap_queue.js";
import type { MidiPort } from "./midi_access.js";
import { MidiClock } from "./midi_clock.js";
import { midiOf, type Timed } from "./midi_message.js";
import { MidiNotes } from "./midi_notes.js";
import type { MusicTime } from "./music_time.js";

/** Messages leave this long before their time; what is silenced meanwhile still begins, and ends at once. */
export const LOOK_AHEAD_MS = 80;
/** A note that is later by more is left out. */
const LATE_MS = 50;
/** No device takes more at once. */
const MOST_HAPS_A_BEAT = 64;

/** What a person set for this device. */
export interface MidiSettings {
  clock: boolean;
  /** How much later than the session's moment messages are to arrive, in ms; negative is earlier. */
  offset_ms: number;
  /** A layer's channel, 1 to 16; null: its notes do not leave. */
  channelOf(layer: string): number | null;
}

/** One device. */
export class MidiOut {
  #clock = new MidiClock();
  #notes = new MidiNotes();
  #haps = new HapQueue();

  constructor(
    readonly port: MidiPort,
    readonly settings: MidiSettings,
  ) {}

  /** What is known of a layer's haps from `begin` on. */
  hear(layer: string, begin: number, haps: readonly SeenHap[]): void {
    if (this.settings.channelOf(layer) !== null) this.#haps.add(layer, begin, haps);
  }

  /** To be called many times a second. `plays` is whether the session does, `isHeard` whether a layer is. */
  beat(time: MusicTime, now_ms: number, plays: boolean, isHeard: (layer: string) => boolean): void {
    const { clock, offset_ms } = this.settings;
    const until_ms = now_ms + LOOK_AHEAD_MS - offset_ms;
    const made: Timed[] = clock ? this.#clock.advance(time, now_ms - offset_ms, until_ms, plays) : [];
    const due = this.#haps.take(time.cycleAt(until_ms)).slice(0, MOST_HAPS_A_BEAT);
    for (const { layer, hap } of due) {
      const at_ms = time.msAt(hap.begin);
      if (isHeard(layer) && at_ms >= now_ms - offset_ms - LATE_MS) made.push(...this.#play(layer, hap, time));
    }
    made.push(...this.#notes.advance(until_ms));
    this.#send(made);
  }

  #play(layer: string, hap: SeenHap, time: MusicTime): Timed[] {
    const channel = this.settings.channelOf(layer);
    if (channel === null) return [];
    const at_ms = time.msAt(hap.begin);
    const { before, note } = midiOf(hap, channel);
    const changes = before.map((bytes) => ({ bytes, at_ms }));
    return note === null
      ? changes
      : [...changes, ...this.#notes.play(layer, note, at_ms, time.msAt(hap.end))];
  }

  /** Nothing of this layer leaves any more, and what sounds of it ends. */
  end(layer: string, now_ms: number): void {
    this.#haps.drop(layer);
    this.#send(this.#notes.end(layer, now_ms - this.settings.offset_ms));
  }

  /** Everything ends; the device stops. */
  silence(now_ms: number): void {
    const at_ms = now_ms - this.settings.offset_ms;
    this.#haps.clear();
    this.#send([...this.#clock.stop(at_ms), ...this.#notes.silence(at_ms)]);
  }

  /** Messages that leave at the same time stay in their order. */
  #send(made: Timed[]): void {
    made.sort((a, b) => a.at_ms - b.at_ms);
    for (const { bytes, at_ms } of made) {
      try {
        this.port.send(bytes, at_ms + this.settings.offset_ms);
      } catch {
        // The device was pulled out: it hears of nothing any more, and comes back as another one.
        return;
      }
    }
  }
}
