// A session's time as its client knows it, for the engine to follow.

import type { SessionClient } from "../session/client.js";
import type { SharedTempo } from "./engine.js";
import { Signal } from "./signal.js";

/** The tempo map and the server's clock of the session that `client` is in. */
export function tempoOf(client: SessionClient): SharedTempo {
  const changed = new Signal<void>();
  client.heard.on(({ kind }) => {
    if (kind === "welcome" || kind === "tempo" || kind === "pong") changed.emit();
  });
  const serverNow_ms = () => (client.clock.isKnown ? client.clock.serverMs(performance.now()) : null);
  return { anchors: () => client.state.tempo, serverNow_ms, changed };
}
