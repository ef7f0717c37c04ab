// A session's time for tests: the tempo map that is given, on a clock that is the server's.

import { type MusicTime, musicTime } from "../../src/link/music_time.js";
import { Signal } from "../../src/page/signal.js";
import type { Anchor } from "../../src/protocol.js";
import type { SeenHap } from "../../src/stage/messages.js";

/** The time of these anchors; the server's clock is `ahead_ms` ahead of the page's. */
export function timeOf(anchors: readonly Anchor[], ahead_ms = 0, now_ms = 0): MusicTime {
  const tempo = {
    anchors: () => anchors,
    serverNow_ms: () => now_ms + ahead_ms,
    changed: new Signal<void>(),
  };
  const time = musicTime(tempo, now_ms);
  if (time === null) throw new Error("a session with anchors and a clock has a time");
  return time;
}

/** Cycle 0 is at 0 ms. */
export function steady(cps = 0.5): MusicTime {
  return timeOf([{ server_ms: 0, cycle: 0, cps, slope: 0 }]);
}

/** A hap with a pitch, in cycles. */
export function hap(begin: number, end: number, more: Partial<SeenHap> = {}): SeenHap {
  return { begin, end, spans: [], label: null, sound: null, note: 60, gain: 1, color: null, ...more };
}

/** Numbers that look random and are the same in each run. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
