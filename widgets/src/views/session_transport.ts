// Buttons and keys of a layer, for everybody in a session.

import { isOwnTrouble } from "../page/fault_reports.js";
import type { Layer } from "../page/layer.js";
import { nameOf } from "../page/live_people.js";
import type { LiveSession } from "../page/live_session.js";
import type { Action, Fault, Playing } from "../protocol.js";
import type { Deed, Transport } from "./transport.js";

const NEEDS: Record<Exclude<Deed, "hush">, Action> = {
  play: "evaluate",
  stop: "evaluate",
  mix: "mix",
  tempo: "tempo",
};

/** A slider at rest for so long has been moved: then everybody hears it, also those who come later. */
const SLID_AFTER_MS = 300;
const SLIDER_VALUE = /\bslider\(\s*[-+.\de]*/gi;

/** Whether two texts differ in nothing but where sliders stand. */
export function differOnlyInSliders(one: string, other: string): boolean {
  const still = (text: string) => text.replace(SLIDER_VALUE, "slider(");
  return still(one) === still(other);
}

/** What has become of code that failed: for all who look at the layer the same. */
export function faultWords({ at_cycle }: Pick<Fault, "at_cycle">, name: string, givesWay: boolean): string {
  const cycle = Math.floor(at_cycle);
  const what = givesWay ? "what played before plays on" : "the other layers play on";
  return `Played by ${name}: it failed in cycle ${cycle}, and ${what}.`;
}

const SLOW = "This device was too slow for it. The others may hear it all the same.";

/** Whether what the session plays stands still on this page because of this machine alone. */
export function isTooSlowHere(
  { judged_code, problems }: Pick<Layer, "judged_code" | "problems">,
  playing: Playing | undefined,
): boolean {
  return judged_code === playing?.code && problems.length > 0 && problems.every(isOwnTrouble);
}

/** Deeds that go through the session. */
export function sessionTransport(session: LiveSession, layerId: string): Transport {
  const playing = () => (session.isOver ? undefined : session.state.playing.get(layerId));
  let resting: ReturnType<typeof setTimeout> | undefined;
  /** What was typed besides is not played by the way. */
  const playSlid = () => {
    const code = playing()?.code;
    if (code === undefined || !differOnlyInSliders(code, session.binding(layerId).text.toString())) return;
    void session.play(layerId);
  };
  return {
    play: () => void session.play(layerId),
    stop: () => void session.stop(layerId),
    hush: () => void session.hush(),
    mix: (settings) => session.mix(layerId, settings),
    setTempo: (cps) => void session.tempo.set(cps),
    slide(index, value) {
      session.engine.stage.slide(session.layer(layerId).key, index, value);
      clearTimeout(resting);
      resting = setTimeout(playSlid, SLID_AFTER_MS);
    },
    sounding: () => playing()?.code ?? null,
    // Silence is open to everybody, if only on their own page.
    barred: (deed) => (deed === "hush" ? null : session.barred(NEEDS[deed], layerId)),
    author() {
      const by = playing()?.by;
      return by === undefined || by === session.state.you ? null : nameOf(session.state, by);
    },
    fault() {
      const { state } = session;
      const layer = session.layer(layerId);
      // A text that was looked at since has problems of its own.
      const fault = layer.found.length === 0 ? state.faults.get(layerId) : undefined;
      if (fault !== undefined) return faultWords(fault, nameOf(state, fault.by), playing() !== undefined);
      return isTooSlowHere(layer, playing()) ? SLOW : null;
    },
    cue: {
      isOn: () => session.monitor.cue(layerId) !== null,
      set: (on) => session.listenAhead(layerId, on),
    },
    status() {
      if (session.monitor.cue(layerId)?.isHeard) return "your draft, heard here only";
      const isUnheard = !session.listening || session.layer(layerId).hearing !== "mixed";
      const cycles = session.cyclesUntil(layerId);
      // The next cycle is as good as now.
      if (cycles > 1) return `begins in ${cycles} cycles`;
      return playing() !== undefined && isUnheard ? "plays, not heard here" : null;
    },
  };
}
