// A session's time on a page: for the engine to follow, for the views to show, and to be changed through the session.

import type { Anchor } from "../protocol.js";
import type { SessionClient } from "../session/client.js";
import { TempoMap } from "../time/tempo_map.js";
import { sessionCycle } from "./cycle_now.js";
import type { SharedTempo } from "./engine.js";
import { refusalOf } from "./session_plays.js";
import { Signal } from "./signal.js";

/** The session takes nudges up to so many cycles at a time. */
const MOST_NUDGE_CYCLES = 0.25;
/** A nudge is told once so much of it is left: floats leave crumbs. */
const CRUMB_CYCLES = 1e-6;

/** Who changed the tempo last, and by the code of which layer; null for by hand. */
export interface TempoCredit {
  by: string;
  layer: string | null;
}

/** The tempo map and the server's clock of a session. */
export class SessionTempo implements SharedTempo {
  readonly changed = new Signal<void>();
  /** Who changed the tempo last, as far as this page has heard. */
  credit: TempoCredit | null = null;
  readonly #client: SessionClient;
  /** Nudges that wait until the one before is answered: who presses quickly is heard in full. */
  #waiting_cycles = 0;
  #isNudging = false;

  constructor(client: SessionClient) {
    this.#client = client;
    client.heard.on((message) => {
      if (message.kind === "welcome") this.credit = null;
      if (message.kind === "tempo") this.credit = { by: message.by, layer: message.layer };
      if (["welcome", "tempo", "pong"].includes(message.kind)) this.changed.emit();
    });
  }

  anchors(): readonly Anchor[] {
    return this.#client.state.tempo;
  }

  serverNow_ms(): number | null {
    const { clock } = this.#client;
    return clock.isKnown ? clock.serverMs(performance.now()) : null;
  }

  /** Cycles per second at the end of what is under way; null while not known. */
  get aimed_cps(): number | null {
    return this.anchors().at(-1)?.cps ?? null;
  }

  /** The cycle that it is in the session; null while not known. */
  get cycle(): number | null {
    return sessionCycle(this);
  }

  /** Cycles per second right now; null while not known. */
  get cps(): number | null {
    const { cycle } = this;
    return cycle === null ? this.aimed_cps : new TempoMap(this.anchors()).cpsAt(cycle);
  }

  /** Whether the tempo is on its way: a ramp, a nudge, or a change that is about to come. */
  get isMoving(): boolean {
    const now_ms = this.serverNow_ms();
    const last = this.anchors().at(-1);
    return now_ms !== null && last !== undefined && last.server_ms > now_ms;
  }

  /** Another tempo for everybody in cycles per second, evenly within so many seconds. Gives why not; null when it is done. */
  set(cps: number, over_s = 0): Promise<Error | null> {
    return refusalOf(this.#client, { kind: "set_tempo", cps, over_s });
  }

  /** Moves everybody's phase by so many cycles. Gives why not; null when it is done or will be with one under way. */
  async nudge(cycles: number): Promise<Error | null> {
    this.#waiting_cycles += cycles;
    if (this.#isNudging) return null;
    this.#isNudging = true;
    let refusal: Error | null = null;
    while (refusal === null && Math.abs(this.#waiting_cycles) > CRUMB_CYCLES) {
      const next = Math.min(Math.max(this.#waiting_cycles, -MOST_NUDGE_CYCLES), MOST_NUDGE_CYCLES);
      this.#waiting_cycles -= next;
      refusal = await refusalOf(this.#client, { kind: "nudge", cycles: next });
    }
    this.#waiting_cycles = 0;
    this.#isNudging = false;
    return refusal;
  }
}
