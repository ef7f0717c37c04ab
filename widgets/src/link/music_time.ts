// When a cycle of a session is, by the clock that devices are told the time in.

import type { SharedTempo } from "../page/engine.js";
import { TempoMap } from "../time/tempo_map.js";

/** Cycles and times of `performance.now()`, both ways. */
export interface MusicTime {
  cycleAt(at_ms: number): number;
  msAt(cycle: number): number;
  cpsAt(cycle: number): number;
  /** The session's clock at a time. */
  serverMsAt(at_ms: number): number;
}

/** A session's time as it is known at `now_ms`; null while it is not. To be asked anew each time: clocks drift. */
export function musicTime(tempo: SharedTempo, now_ms: number): MusicTime | null {
  const server_ms = tempo.serverNow_ms();
  const anchors = tempo.anchors();
  if (server_ms === null || anchors.length === 0) return null;
  const map = new TempoMap(anchors);
  const ahead_ms = server_ms - now_ms;
  return {
    cycleAt: (at_ms) => map.cycleAt(at_ms + ahead_ms),
    msAt: (cycle) => map.serverMsAt(cycle) - ahead_ms,
    cpsAt: (cycle) => map.cpsAt(cycle),
    serverMsAt: (at_ms) => at_ms + ahead_ms,
  };
}
