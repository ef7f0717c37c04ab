// Which cycle it is at a time, exactly and for everybody: the same arithmetic as the server's tempo map.

import type { Anchor } from "../protocol.js";

/** Anchors in order of time, at least one. From an anchor on, time goes at its cps until the next one. */
export class TempoMap {
  /** Throws `RangeError` when there is no anchor. */
  constructor(readonly anchors: readonly Anchor[]) {
    if (anchors.length === 0) throw new RangeError("a tempo map has an anchor at least");
  }

  /** The last anchor for which this holds, else the first: before it, its tempo reaches back. */
  #last(holds: (anchor: Anchor) => boolean): Anchor {
    return this.anchors.findLast(holds) ?? (this.anchors[0] as Anchor);
  }

  /** The cycle at a time in ms. */
  cycleAt(server_ms: number): number {
    const anchor = this.#last((each) => each.server_ms <= server_ms);
    return anchor.cycle + ((server_ms - anchor.server_ms) / 1000) * anchor.cps;
  }

  /** The time of a cycle in ms; the inverse of `cycleAt`. */
  serverMsAt(cycle: number): number {
    const anchor = this.#last((each) => each.cycle <= cycle);
    return anchor.server_ms + ((cycle - anchor.cycle) / anchor.cps) * 1000;
  }

  /** Cycles per second at a cycle. */
  cpsAt(cycle: number): number {
    return this.#last((each) => each.cycle <= cycle).cps;
  }
}
