// What the page says of a session's time, as audio time: server → page → this frame → what is heard.
import type { Anchor } from "../protocol.js";
import type { SharedTime } from "./messages.js";
import type { Guide } from "./timekeeper.js";

/** So many of the page's latest words tell how the clocks of page and frame differ. */
const KEPT = 32;

/** The frame's own clocks. */
export interface FrameClocks {
  /** Epoch time in ms: `performance.timeOrigin + performance.now()`. */
  epoch_ms(): number;
  /** Epoch time in ms at which audio time 0 was heard, as if it had begun before; null while that is not known. */
  heardFrom_ms(): number | null;
}

/** A session's time as the page tells it. */
export class SessionTime implements Guide {
  anchors: readonly Anchor[];
  #clocks: FrameClocks;
  /** The server's clock minus the page's. */
  #server_ms = 0;
  /** The page's clock minus ours, each too small by as long as the message took. */
  #skews_ms: number[] = [];

  constructor(clocks: FrameClocks, first: SharedTime) {
    this.#clocks = clocks;
    this.anchors = first.anchors;
    this.take(first);
  }

  /** Takes the page's newest word. */
  take({ anchors, server_ms, epoch_ms }: SharedTime): void {
    this.anchors = anchors;
    this.#server_ms = server_ms - epoch_ms;
    this.#skews_ms.push(epoch_ms - this.#clocks.epoch_ms());
    if (this.#skews_ms.length > KEPT) this.#skews_ms.shift();
  }

  /** The page's epoch clock minus this frame's in ms: two processes may have started on either side of a correction. */
  get skew_ms(): number {
    // The quickest message says it best, and takes a tenth of a millisecond.
    return Math.max(...this.#skews_ms);
  }

  shift_s(): number | null {
    const heardFrom_ms = this.#clocks.heardFrom_ms();
    return heardFrom_ms === null ? null : -(heardFrom_ms + this.skew_ms + this.#server_ms) / 1000;
  }
}
