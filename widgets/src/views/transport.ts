// What the buttons and keys of a layer do: here alone, or for everybody in a session.

import type { PageEngine } from "../page/engine.js";
import type { Layer } from "../page/layer.js";
import type { MixSettings } from "../stage/messages.js";

/** What a person can do with a layer. */
export type Deed = "play" | "stop" | "hush" | "mix" | "tempo";

/** Where deeds go. */
export interface Transport {
  /** Plays this text; `cps` when the tempo is to be set with it. */
  play(code: string, cps: number | null): void;
  stop(): void;
  hush(): void;
  mix(settings: Partial<MixSettings>): void;
  setTempo(cps: number): void;
  /** A slider in the text was moved; its new value is written in the text already. */
  slide(index: number, value: number): void;
  /** The text that plays, also where it is not heard; null when none does. */
  sounding(): string | null;
  /** Why somebody may not do this, in words; null when they may. */
  barred(deed: Deed): string | null;
  /** Who made play what sounds, when that was somebody else; null else. */
  author(): string | null;
  /** What has become of what somebody played, when it failed; null else. */
  fault(): string | null;
  /** Hears the text here before the others do; null where there are no others. */
  readonly cue: { isOn(): boolean; set(on: boolean): void } | null;
  /** What the layer does, in words that replace the usual ones; null for those. */
  status(): string | null;
}

/** The page's engine and nobody else. */
export function aloneTransport(engine: PageEngine, layer: Layer): Transport {
  return {
    play: (code, cps) => void engine.play(layer, code, cps === null ? {} : { cps }),
    stop: () => engine.stop(layer),
    hush: () => engine.hush(),
    mix: (settings) => engine.mix(layer, settings),
    setTempo: (cps) => engine.setTempo(cps),
    slide(index, value) {
      if (layer.state === "playing") engine.stage.slide(layer.key, index, value);
    },
    sounding: () => (layer.state === "playing" ? layer.playing_code : null),
    barred: () => null,
    author: () => null,
    fault: () => null,
    cue: null,
    status: () => null,
  };
}
