// What of a session is heard on this page, and nowhere else: everything, one's own layers, or nothing; and drafts.

import type { Playing } from "../protocol.js";
import type { SessionState } from "../session/state.js";
import type { Hearing } from "../stage/messages.js";
import { Cue } from "./cue.js";
import type { PageEngine } from "./engine.js";
import type { Layer, Started } from "./layer.js";

/** `own`: the layers that one has played last oneself. */
export type MonitorMode = "all" | "own" | "none";

const MODES: readonly MonitorMode[] = ["all", "own", "none"];

/** What the monitor asks of the session. */
export interface Monitored {
  readonly engine: PageEngine;
  /** Keeps this session's layers apart from others of the page. */
  readonly scope: string;
  state(): SessionState;
  layer(layerId: string): Layer;
  /** The layer's text as it stands here. */
  text(layerId: string): string;
  /** Whether one may play the layer, and so hear it before the others. */
  mayCue(layerId: string): boolean;
  onChange(): void;
}

/** How a layer is heard that plays so; `you` are the participant of this page. */
export function hearingOf(mode: MonitorMode, playing: Playing | undefined, you: string | null): Hearing {
  const isHeard = mode === "all" || (mode === "own" && playing?.by === you);
  return isHeard ? "mixed" : "off";
}

function keyOf(scope: string): string {
  return `algorave.monitor ${scope}`;
}

function remembered(scope: string): MonitorMode {
  try {
    const kept = sessionStorage.getItem(keyOf(scope)) as MonitorMode;
    return MODES.includes(kept) ? kept : "all";
  } catch {
    return "all";
  }
}

function remember(scope: string, mode: MonitorMode): void {
  try {
    sessionStorage.setItem(keyOf(scope), mode);
  } catch {
    // A browser may forbid storage: then it is asked for again after a reload.
  }
}

/** The monitor of one page in one session. */
export class Monitor {
  #session: Monitored;
  #mode: MonitorMode;
  #cues = new Map<string, Cue>();
  #heard = new Map<string, Hearing>();

  constructor(session: Monitored) {
    this.#session = session;
    this.#mode = remembered(session.scope);
  }

  get mode(): MonitorMode {
    return this.#mode;
  }

  set mode(mode: MonitorMode) {
    this.#mode = mode;
    remember(this.#session.scope, mode);
    this.update();
    this.#session.onChange();
  }

  /** The layers whose draft is heard here, or about to be. */
  get cued(): string[] {
    return [...this.#cues.keys()];
  }

  /** The cue of a layer; null while its draft is not listened to. */
  cue(layerId: string): Cue | null {
    return this.#cues.get(layerId) ?? null;
  }

  /** Hears the layer's text as it stands here in place of what the others hear; or, `on` false, what they hear. */
  listenAhead(layerId: string, on: boolean): void {
    if (on === this.#cues.has(layerId)) return;
    if (!on) this.#end(layerId);
    else if (this.#session.mayCue(layerId)) this.#begin(layerId);
    this.update();
    this.#session.onChange();
  }

  /** The session has changed: who plays what, and what one may. */
  update(): void {
    const { layers, playing, you } = this.#session.state();
    const there = new Set(layers.map((layer) => layer.id));
    for (const [layerId, cue] of [...this.#cues]) {
      if (!there.has(layerId) || !this.#session.mayCue(layerId)) this.#end(layerId);
      else cue.follow(this.#session.text(layerId), this.#session.layer(layerId).mix.gain);
    }
    for (const layerId of [...this.#heard.keys()]) if (!there.has(layerId)) this.#heard.delete(layerId);
    for (const layerId of there) {
      const isAhead = this.#cues.get(layerId)?.isHeard === true;
      this.#hear(layerId, isAhead ? "never" : hearingOf(this.#mode, playing.get(layerId), you));
    }
  }

  /** A version of the layer starts for everybody: a draft that says the same is no draft any more. */
  started(layerId: string, { code, from_cycle }: Started): void {
    const cue = this.#cues.get(layerId);
    if (cue?.text === code) cue.endAt(from_cycle, () => this.listenAhead(layerId, false));
  }

  /** Ends all drafts: the session is not heard here any more. */
  endAll(): void {
    for (const layerId of this.cued) this.#end(layerId);
    this.update();
  }

  #begin(layerId: string): void {
    const { engine, scope, text, layer } = this.#session;
    const { name, mix } = layer(layerId);
    const ahead = engine.layer(`${scope}/${layerId}/ahead`, `${name}, your draft`);
    engine.mix(ahead, { gain: mix.gain });
    const changed = () => {
      this.update();
      this.#session.onChange();
    };
    this.#cues.set(layerId, new Cue(engine, ahead, text(layerId), changed));
  }

  #end(layerId: string): void {
    this.#cues.get(layerId)?.dispose();
    this.#cues.delete(layerId);
  }

  #hear(layerId: string, hearing: Hearing): void {
    if ((this.#heard.get(layerId) ?? "mixed") === hearing) return;
    this.#heard.set(layerId, hearing);
    this.#session.engine.hear(this.#session.layer(layerId), hearing);
  }
}
