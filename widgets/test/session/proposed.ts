// Proposals as a server would tell of them.

import type { Change, Proposal } from "../../src/protocol.js";

/** Bo's ask for a darker bass, that Claude thinks about. */
export function proposal(more: Partial<Proposal> = {}): Proposal {
  return {
    id: "p1",
    asked_by: "bo",
    asker: "Bo",
    words: "make the bass darker",
    only: [],
    model: null,
    seed: 0,
    server_ms: 0,
    state: "thinking",
    agent: "cl",
    agent_label: "Claude",
    pays: "Ana's key",
    round: 0,
    says: "",
    problems: [],
    changes: [],
    reason: null,
    usd: 0,
    ended_ms: null,
    ...more,
  };
}

/** A change of a layer. */
export const change = (
  layer: string | null,
  name: string,
  before: string | null = null,
  after: string | null = "x",
): Change => ({ layer, name, before, after });
