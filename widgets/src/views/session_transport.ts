// Buttons and keys of a layer, for everybody in a session.

import type { LiveSession } from "../page/live_session.js";
import type { Action } from "../protocol.js";
import type { Deed, Transport } from "./transport.js";

const NEEDS: Record<Exclude<Deed, "hush">, Action> = {
  play: "evaluate",
  stop: "evaluate",
  mix: "mix",
  tempo: "tempo",
};

/** Deeds that go through the session. */
export function sessionTransport(session: LiveSession, layerId: string): Transport {
  const playing = () => session.state.playing.get(layerId);
  return {
    play: () => void session.play(layerId),
    stop: () => void session.stop(layerId),
    hush: () => void session.hush(),
    mix: (settings) => session.mix(layerId, settings),
    setTempo: (cps) => void session.setTempo(cps),
    sounding: () => playing()?.code ?? null,
    // Silence is open to everybody, if only on their own page.
    barred: (deed) => (deed === "hush" ? null : session.barred(NEEDS[deed], layerId)),
    status: () => (playing() !== undefined && !session.listening ? "plays, not heard here" : null),
  };
}
