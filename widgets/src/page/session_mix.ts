// Faders, mutes and solos of a session: heard here at once, told to the session at a pace that it bears.

import type { SessionClient } from "../session/client.js";
import type { MixSettings } from "../stage/messages.js";
import { refusalOf } from "./session_plays.js";

const PACE_MS = 120;

interface Move {
  settings: Partial<MixSettings>;
  /** A request is on its way, or waits for its turn. */
  isUnderway: boolean;
}

/** What this page changes in the mix, until the session says it back. */
export class SessionMix {
  readonly #client: SessionClient;
  readonly #settled: (layerId: string, refusal: Error | null) => void;
  #moves = new Map<string, Move>();

  /** `settled` hears when the session's mix holds again, and why it did not take a change. */
  constructor(client: SessionClient, settled: (layerId: string, refusal: Error | null) => void) {
    this.#client = client;
    this.#settled = settled;
  }

  /** Whether this page moves something of the layer: what the session said before is older than that. */
  isMoving(layerId: string): boolean {
    return this.#moves.has(layerId);
  }

  /** Changes what is given. */
  move(layerId: string, settings: Partial<MixSettings>): void {
    const move = this.#moves.get(layerId) ?? { settings: {}, isUnderway: false };
    move.settings = { ...move.settings, ...settings };
    this.#moves.set(layerId, move);
    if (!move.isUnderway) void this.#send(layerId, move);
  }

  async #send(layerId: string, move: Move): Promise<void> {
    move.isUnderway = true;
    let refusal: Error | null = null;
    while (refusal === null && Object.keys(move.settings).length > 0) {
      const { gain = null, mute = null, solo = null } = move.settings;
      move.settings = {};
      refusal = await refusalOf(this.#client, { kind: "mix_layer", layer: layerId, gain, mute, solo });
      await new Promise((resolve) => setTimeout(resolve, PACE_MS));
    }
    this.#moves.delete(layerId);
    this.#settled(layerId, refusal);
  }
}
