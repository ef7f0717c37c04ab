// The vocabulary between the host page and the stage: everything that crosses the one MessagePort.
// Whatever comes from the stage is data from a stranger: the host checks shapes and clamps numbers.

import type { Problem } from "../engine/problem.js";
import type { Anchor } from "../protocol.js";

/** A stretch of source text, in UTF-16 offsets of the layer's code. */
export interface Span {
  start: number;
  end: number;
}

/** A hap as the views need it: when, where in the text, how to draw it. Times in cycles. */
export interface SeenHap {
  begin: number;
  end: number;
  spans: Span[];
  label: string | null;
  sound: string | null;
  /** MIDI note number when the hap has a pitch. */
  note: number | null;
  gain: number;
  color: string | null;
  /** Strudel's controls that are numbers or short texts; only when the page asked for them. */
  controls?: Readonly<Record<string, number | string>>;
}

export interface MixSettings {
  gain: number;
  mute: boolean;
  solo: boolean;
}

/**
 * Whether a layer sounds on this page: as it is mixed; whatever is muted and soloed (`always`); silent, but ready to
 * sound again in the middle of a note (`never`); or not played at all, which costs nothing (`off`).
 */
export type Hearing = "mixed" | "always" | "never" | "off";

/** A session's time as the page knows it: its tempo map, and where the server's clock is on the page's. */
export interface SharedTime {
  anchors: readonly Anchor[];
  /** The server's time when it is `epoch_ms` by the page's clock. */
  server_ms: number;
  /** `performance.timeOrigin + performance.now()` of the page. */
  epoch_ms: number;
}

/** One control of a layer's haps, as it was and as it is: the values it takes, in words; "" where it takes none. */
export interface ControlChange {
  name: string;
  before: string;
  after: string;
}

/** What a change of a layer's code does to its music, over so many cycles from cycle 0. */
export interface MusicalDiff {
  cycles: number;
  added: number;
  removed: number;
  /** Begin at another time. */
  moved: number;
  /** Sound different. */
  changed: number;
  kept: number;
  controls: ControlChange[];
  /** The tempo that the code itself sets, in cycles per second; null when it sets none. */
  cps_before: number | null;
  cps_after: number | null;
  /** The haps of the first cycles, for a picture. */
  drawn_cycles: number;
  haps_before: SeenHap[];
  haps_after: SeenHap[];
}

export type ToStage =
  /**
   * Gate the code in the trial Worker; when playable, let it sound from this cycle on, at once and in phase when that
   * has passed, or (null) from the next cycle boundary.
   */
  | {
      kind: "evaluate";
      request_id: number;
      layer: string;
      code: string;
      cps: number | null;
      from_cycle: number | null;
    }
  /** Gate only: nothing sounds. */
  | { kind: "check"; request_id: number; code: string }
  /** Gate both texts and say how their music differs: nothing sounds. */
  | { kind: "compare"; request_id: number; before: string; after: string }
  | { kind: "stop"; layer: string }
  /** Silence everything within one scheduling tick. */
  | { kind: "hush" }
  | { kind: "mix"; layer: string; settings: MixSettings }
  /** What this page hears of a layer; the mix stays as it is. */
  | { kind: "hearing"; layer: string; hearing: Hearing }
  | { kind: "master"; gain: number }
  /** How much later than the browser knows this device is heard, in ms; negative: earlier. */
  | { kind: "lag"; lag_ms: number }
  | { kind: "tempo"; cps: number }
  /** Go by a session's time, told again several times a second; null: by the page's own. */
  | { kind: "follow"; time: SharedTime | null }
  /** A user gesture happened in the host page: start the audio context. */
  | { kind: "resume" }
  /** The value of a `slider()` in a playing layer, by its index in the code. */
  | { kind: "slider"; layer: string; index: number; value: number }
  /** Answer to `fetch`: the bytes, or why not in words. */
  | { kind: "fetched"; request_id: number; body: ArrayBuffer | null; error: string | null }
  /** Answer to `need`: the text of a bundle that is loaded on demand, or null when it cannot be had. */
  | { kind: "bundle"; name: "xen"; text: string | null }
  /** Send waveform frames for the scope of this layer (null: none). */
  | { kind: "scope"; layer: string | null }
  /** Haps come with their controls, for devices outside the page. */
  | { kind: "controls"; on: boolean }
  /** Tests: post every block of the master output as `captured`. */
  | { kind: "capture"; on: boolean };

export type FromStage =
  | { kind: "ready"; audio: "running" | "suspended"; secure: boolean }
  | {
      kind: "evaluated";
      request_id: number;
      layer: string;
      problems: Problem[];
      warnings: Problem[];
      /** Another evaluation or a stop of this layer came in between: this one came to nothing. */
      superseded?: true;
      /** Only when playable and not superseded. */
      playing: {
        from_cycle: number;
        cps: number;
        labels: string[];
        widgets: InlineWidget[];
      } | null;
    }
  /** `cps` is the tempo that the code itself sets; null when it sets none. */
  | { kind: "checked"; request_id: number; problems: Problem[]; warnings: Problem[]; cps: number | null }
  /** Null when the new text cannot be played here. */
  | { kind: "compared"; request_id: number; diff: MusicalDiff | null }
  /** A layer that was sounding failed: it alone is silent now, or its last good version plays on. */
  | {
      kind: "failed";
      layer: string;
      /** The evaluation that failed. */
      request_id: number;
      problem: Problem;
      silent: boolean;
      /** The cycle from which there is nothing of it. */
      at_cycle: number;
      /** The cycle from which its last good version plays. */
      from_cycle: number;
      /** The host's word: the code that plays on, as far as it is known. */
      plays?: string | null;
    }
  | { kind: "stopped"; layer: string }
  /** The audio thread does not answer any more; the layer is the likely reason. The host makes a new stage. */
  | { kind: "stuck"; layer: string | null }
  /**
   * Haps of one layer with their onset in [begin, end) cycles, sent up to some two seconds ahead of time, in order,
   * without gaps. They replace everything that was said about this layer from `begin` on: at a swap or when a
   * slider moves, haps that were announced before do not sound any more.
   */
  | { kind: "haps"; layer: string; begin: number; end: number; haps: SeenHap[] }
  /** Where musical time is: cycle at an epoch time in ms (`performance.timeOrigin + performance.now()`). */
  | {
      kind: "clock";
      epoch_ms: number;
      cycle: number;
      cps: number;
      /** The audio time that is heard then, in seconds: what captured frames are counted in. */
      audio_s?: number;
      audio: "running" | "suspended";
      /** Haps left out so far because the machine was too busy to play them in time. */
      late_haps?: number;
      /** While a session is followed: by how many ms what is played next is late; null while that is not known. */
      phase_error_ms?: number | null;
      /** How long sound takes from here to the ear, as far as the browser knows; it is made up for. */
      output_latency_ms?: number;
    }
  /** Peak levels 0..1 since the last one, master and per layer, about 20 a second. */
  | { kind: "levels"; master: number; layers: Record<string, number> }
  /** A layer has more haps than may sound: so many a second are asked for and sound; null: not any more. */
  | { kind: "thinned"; layer: string; haps_per_s: { asked: number; played: number } | null }
  | { kind: "scoped"; samples: Float32Array }
  /** Bytes from the network or from our server; the host decides by its allow-list. */
  | { kind: "fetch"; request_id: number; url: string }
  | { kind: "need"; name: "xen" }
  /** A sentence for people: "samples from strudel.b-cdn.net are unreachable: playing the built-in kit". */
  | { kind: "notice"; text: string; layer: string | null }
  | { kind: "captured"; frame: number; sample_rate: number; left: Float32Array; right: Float32Array };

/** A widget the code asked for inside the text: a slider or a visual (`._pianoroll()`). */
export interface InlineWidget {
  type: "slider" | "pianoroll" | "scope" | "spectrum" | "spiral" | "pitchwheel" | "punchcard";
  /** UTF-16 offset where it belongs in the code. */
  offset: number;
  /** Slider only: the literal's span, value, min, max, step. */
  slider: { span: Span; value: number; min: number; max: number; step: number } | null;
}
