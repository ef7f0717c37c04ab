// Which cycle it is at a time, exactly and for everybody: the same arithmetic as the server's tempo map.

import type { Anchor } from "../protocol.js";

/** Cycles per second so many cycles after an anchor; before it, it went at its tempo all the time. */
function cpsAhead({ cps, slope }: Anchor, ahead: number): number {
  if (slope === 0 || ahead <= 0) return cps;
  return Math.sqrt(Math.max(cps * cps + 2 * slope * ahead, 0));
}

/** The anchors of a map that goes on differently: new ones stand for all from the first one's time on. */
export function goneOn(known: readonly Anchor[], news: readonly Anchor[]): Anchor[] {
  const from_ms = news[0]?.server_ms ?? Number.POSITIVE_INFINITY;
  return [...known.filter(({ server_ms }) => server_ms < from_ms), ...news];
}

/** Anchors in order of time, at least one. From an anchor on, time goes at its tempo until the next one. */
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
    const { cycle, cps, slope, ...from } = this.#last((each) => each.server_ms <= server_ms);
    const passed_s = (server_ms - from.server_ms) / 1000;
    return cycle + passed_s * cps + (slope * Math.max(passed_s, 0) ** 2) / 2;
  }

  /** The time of a cycle in ms; the inverse of `cycleAt`. */
  serverMsAt(cycle: number): number {
    const anchor = this.#last((each) => each.cycle <= cycle);
    const ahead = cycle - anchor.cycle;
    // This form of the root loses no digits, whatever the slope.
    return anchor.server_ms + ((2 * ahead) / (anchor.cps + cpsAhead(anchor, ahead))) * 1000;
  }

  /** Cycles per second at a cycle. */
  cpsAt(cycle: number): number {
    const anchor = this.#last((each) => each.cycle <= cycle);
    return cpsAhead(anchor, cycle - anchor.cycle);
  }
}
