// The MIDI clock: 24 ticks a beat at exactly the session's time, and where devices start and stop.

import { BEATS_PER_CYCLE } from "../time/beats.js";
import { CLOCK, CONTINUE, START, STOP, songPosition, type Timed } from "./midi_message.js";
import type { MusicTime } from "./music_time.js";

export const TICKS_PER_CYCLE = 24 * BEATS_PER_CYCLE;
const TICKS_PER_SIXTEENTH = 6;
/** A tick that is later by more is not made up for: the page slept. */
const LATE_MS = 200;
/** The word to start leaves so long before the tick that it is about. */
const LEAD_MS = 2;

/** Ticks for one device. Pure: who calls says what time it is. */
export class MidiClock {
  /** The number of the next tick, counted from cycle 0; null while there was none. */
  #next: number | null = null;
  /** The tick with which the device starts; null while it is not to. */
  #startsAt: number | null = null;
  #isRunning = false;

  /**
   * What leaves up to `until_ms`. While `plays`, the device runs with the session: it starts with the next cycle,
   * told where in the song that is. Ticks come all the time, so that the device knows the tempo before it starts.
   */
  advance(time: MusicTime, now_ms: number, until_ms: number, plays: boolean): Timed[] {
    const made: Timed[] = [];
    if (this.#next === null || this.#isAstray(time, now_ms, until_ms)) {
      made.push(...this.stop(now_ms));
      this.#next = Math.max(0, Math.ceil(time.cycleAt(now_ms) * TICKS_PER_CYCLE));
    }
    if (!plays) made.push(...this.stop(now_ms));
    else if (!this.#isRunning && this.#startsAt === null) made.push(...this.#aim(now_ms));
    for (;;) {
      const at_ms = time.msAt(this.#next / TICKS_PER_CYCLE);
      // Said so that a time that is no number ends it too.
      if (!(at_ms <= until_ms)) return made;
      if (this.#next === this.#startsAt) made.push(this.#start(time, now_ms, at_ms));
      made.push({ bytes: CLOCK, at_ms });
      this.#next++;
    }
  }

  /** The device stops now. */
  stop(now_ms: number): Timed[] {
    const wasRunning = this.#isRunning;
    this.#isRunning = false;
    this.#startsAt = null;
    return wasRunning ? [{ bytes: STOP, at_ms: now_ms }] : [];
  }

  /** The next tick is long past, or so far ahead that time must have gone back. */
  #isAstray(time: MusicTime, now_ms: number, until_ms: number): boolean {
    const next = this.#next ?? 0;
    return (
      time.msAt(next / TICKS_PER_CYCLE) < now_ms - LATE_MS ||
      (next > 0 && next > time.cycleAt(until_ms) * TICKS_PER_CYCLE + 2)
    );
  }

  /** The device is to start with the next cycle, and is told now where that is. */
  #aim(now_ms: number): Timed[] {
    const next = this.#next ?? 0;
    this.#startsAt = Math.ceil((next === 0 ? 0 : next + 1) / TICKS_PER_CYCLE) * TICKS_PER_CYCLE;
    if (this.#isAtTop) return [];
    return [{ bytes: songPosition(this.#startsAt / TICKS_PER_SIXTEENTH), at_ms: now_ms }];
  }

  get #isAtTop(): boolean {
    return this.#startsAt === 0;
  }

  #start(time: MusicTime, now_ms: number, at_ms: number): Timed {
    const bytes = this.#isAtTop ? START : CONTINUE;
    const before_ms =
      this.#next === 0 ? LEAD_MS : at_ms - time.msAt(((this.#next ?? 0) - 1) / TICKS_PER_CYCLE);
    this.#isRunning = true;
    this.#startsAt = null;
    return { bytes, at_ms: Math.max(now_ms, at_ms - Math.min(LEAD_MS, before_ms / 2)) };
  }
}
