// Keeps musical time on the audio clock to a session's time: small errors are slewed away, larger ones taken over.
import type { Anchor } from "../protocol.js";
import { MusicalTime } from "./tempo.js";

/** Musical time goes at most this much faster or slower to make up for an error: nobody hears one in a hundred. */
const MOST_SLEW = 0.01;
/** An error shrinks to a third in this time, when the bound allows it. */
const SLEW_TIME_S = 0.5;
/** A pause longer than this is no time to make up in. */
const LONGEST_STEP_S = 0.1;
/** Time that is off by more than this is taken over at a cycle boundary; by less, little by little. */
const JUMP_S = 0.02;
/** Off by more than this, it is another time altogether. */
const LOST_S = 0.25;
/** A session that slowed down behind our back is not waited for longer than this. */
const FURTHEST_AHEAD_S = 1;

const START_CPS = 0.5;

/** A session's time, to be followed. */
export interface Guide {
  /** The session's tempo map as it is now. */
  readonly anchors: readonly Anchor[];
  /** How far the audio clock is ahead of the server's, in seconds; null while that is not known. */
  shift_s(): number | null;
}

/** How much of an error of `off_s` seconds is made up for within `step_s`. */
export function slewed(off_s: number, step_s: number): number {
  const step = Math.min(Math.max(step_s, 0), LONGEST_STEP_S);
  const most = MOST_SLEW * step;
  return Math.min(Math.max(off_s * (step / SLEW_TIME_S), -most), most);
}

/** Musical time, and whom it follows. */
export class Timekeeper {
  readonly tempo = new MusicalTime(0, 0, START_CPS);
  #guide: Guide | null = null;
  #steeredAt_s = 0;

  get guide(): Guide | null {
    return this.#guide;
  }

  /** By a session's time from the next look at it on, or (null) by the page's own. */
  follow(guide: Guide | null): void {
    this.#guide = guide;
  }

  /** Seconds by which what is decided next is later than the session's time; null while that is not known. */
  get error_s(): number | null {
    const wanted_s = this.#guide?.shift_s() ?? null;
    return wanted_s === null ? null : this.tempo.shift_s - wanted_s;
  }

  /** Takes over the session's time as it is; false while it is not known. */
  lookUp(): boolean {
    const shift_s = this.#guide?.shift_s() ?? null;
    if (this.#guide === null || shift_s === null) return false;
    this.tempo.follow(this.#guide.anchors);
    this.tempo.shift_s = shift_s;
    return true;
  }

  /**
   * Comes closer to the session's time, `now` on the audio clock. `lost` when that went elsewhere, seen from the
   * cycle that is decided next; `unknown` when it cannot be said.
   */
  steer(now: number, next_cycle: number): "steady" | "lost" | "unknown" {
    if (this.#guide === null) return "steady";
    const wanted_s = this.#guide.shift_s();
    if (wanted_s === null) return "unknown";
    const { tempo } = this;
    tempo.follow(this.#guide.anchors);
    const off_s = wanted_s - tempo.shift_s;
    if (Math.abs(off_s) > LOST_S) return "lost";
    tempo.shift_s += slewed(off_s, now - this.#steeredAt_s);
    this.#steeredAt_s = now;
    const ahead_s = tempo.timeOf(next_cycle) - now;
    return ahead_s < -LOST_S || ahead_s > FURTHEST_AHEAD_S ? "lost" : "steady";
  }

  /** Puts right at once what is off by too much for slewing. To be called at a cycle boundary. */
  jump(): void {
    const off_s = this.error_s;
    if (off_s !== null && Math.abs(off_s) > JUMP_S) this.tempo.shift_s -= off_s;
  }
}
