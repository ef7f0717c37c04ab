// Which cycle it is now, for whoever looks: as it is heard here, or else as the session has it.

import { TempoMap } from "../time/tempo_map.js";
import { epochNow_ms, type PlayClock } from "./clock.js";
import type { SharedTempo } from "./following.js";

/** The session's cycle now, as far as its time is known here; null while it is not. */
export function sessionCycle(tempo: SharedTempo): number | null {
  const server_ms = tempo.serverNow_ms();
  const anchors = tempo.anchors();
  if (server_ms === null || anchors.length === 0) return null;
  return new TempoMap(anchors).cycleAt(server_ms);
}

/** The cycle that is heard now; where nothing sounds, the session's. */
export function cycleNow(clock: PlayClock, tempo: SharedTempo): number | null {
  return clock.cycleAt(epochNow_ms()) ?? sessionCycle(tempo);
}
