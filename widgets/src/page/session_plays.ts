// Playing in a session: a text is checked on this page first, then the session is asked to play that text.

import { type Asked, Refusal, type SessionClient } from "../session/client.js";
import type { PageEngine } from "./engine.js";
import type { Layer } from "./layer.js";

/** Others may type between the check and the request; then the new text is checked. */
const ATTEMPTS = 3;
/** What a session takes as a tempo. */
const MIN_CPS = 0.001;
const MAX_CPS = 16;

/** What somebody at this page wants to be played. */
interface Wish {
  layer: Layer;
}

/** Why the session does not do something; null when it does. */
export function refusalOf(client: SessionClient, request: Asked): Promise<Error | null> {
  return client.ask(request).then(
    () => null,
    (why: Error) => why,
  );
}

/** The wishes of this page, by layer: the last one counts, until it is called off. */
export class SessionPlays {
  readonly #client: SessionClient;
  readonly #engine: PageEngine;
  #wishes = new Map<string, Wish>();
  /** What is asked for begins with the next bar of so many cycles, the same bar for everybody. */
  quantum = 1;

  constructor(client: SessionClient, engine: PageEngine) {
    this.#client = client;
    this.#engine = engine;
    client.heard.on(({ kind }) => {
      if (kind === "hushed") this.callOff();
    });
  }

  /** Gives why the session did not take it; null when it did, or when the layer says what is wrong with the text. */
  async play(layerId: string, layer: Layer): Promise<Error | null> {
    const wish = { layer };
    this.#wishes.set(layerId, wish);
    const refusal = await this.#grant(layerId, wish);
    if (this.#wishes.get(layerId) === wish) this.#wishes.delete(layerId);
    return refusal;
  }

  /** Silence is wanted, of one layer or of all: what is still being checked is not asked for. */
  callOff(layerId: string | null = null): void {
    for (const [id, { layer }] of [...this.#wishes]) {
      if (layerId !== null && id !== layerId) continue;
      this.#wishes.delete(id);
      layer.checking = false;
      layer.changed.emit();
    }
  }

  async #grant(layerId: string, wish: Wish): Promise<Error | null> {
    for (let attempt = 1; ; attempt++) {
      const code = this.#client.replica.text(layerId).toString();
      const found = await this.#engine.check(wish.layer, code);
      if (found === null || this.#wishes.get(layerId) !== wish) return null;
      const { quantum } = this;
      const cps = found.cps === null ? null : Math.min(Math.max(found.cps, MIN_CPS), MAX_CPS);
      const evaluate = { kind: "evaluate", layer: layerId, at_cycle: null, quantum, code, cps } as const;
      const refusal = await refusalOf(this.#client, evaluate);
      const isOutrun = refusal instanceof Refusal && refusal.reason === "conflict" && attempt < ATTEMPTS;
      if (!isOutrun) return refusal;
      if (this.#wishes.get(layerId) !== wish) return null;
    }
  }
}
