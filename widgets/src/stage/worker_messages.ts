// The vocabulary between the stage's frame and its Workers: one answer to each request, in order.

import type { Problem } from "../engine/problem.js";
import type { InlineWidget, Span } from "./messages.js";

/** A hap with its onset in the span that was asked for, as far as it can cross to the frame. */
export interface PlayedHap {
  /** The whole, in cycles. */
  begin: number;
  end: number;
  value: Record<string, unknown>;
  spans: Span[];
  label: string | null;
  color: string | null;
  /** MIDI note number when the hap has a pitch. */
  note: number | null;
}

/** One call of `samples()` in the code, to be carried out where sound is made. */
export interface SampleCall {
  map: string | Record<string, unknown>;
  base: string | null;
}

export type ToWorker =
  | { op: "check"; code: string; sounds: string[] }
  /** Gate the code and give its haps in [0, cycles), as code that plays at `cps` has them. */
  | { op: "sketch"; code: string; sounds: string[]; cycles: number; cps: number }
  | { op: "load"; id: number; code: string }
  /** Haps in [begin, end) cycles, of code that plays at `cps`. */
  | { op: "query"; id: number; begin: number; end: number; cps: number }
  | { op: "unload"; id: number }
  | { op: "slider"; id: number; index: number; value: number }
  | { op: "bundle"; text: string };

export interface Checked {
  op: "checked";
  problems: Problem[];
  warnings: Problem[];
  /** Only when the code sets a tempo. */
  cps: number | null;
  /** The code replaced what other code relies on: this Worker's next verdicts mean nothing. */
  is_spoilt: boolean;
}

export interface Sketched {
  op: "sketched";
  /** Whether the gate lets the code through. */
  is_playable: boolean;
  haps: PlayedHap[];
  /** Only when the code sets a tempo. */
  cps: number | null;
  /** As of `Checked`. */
  is_spoilt: boolean;
}

export interface Loaded {
  op: "loaded";
  problem: Problem | null;
  /** Only when the code sets a tempo. */
  cps: number | null;
  labels: string[];
  widgets: InlineWidget[];
  samples: SampleCall[];
  /** As of `Checked`. */
  is_spoilt: boolean;
}

export interface Rows {
  op: "rows";
  problem: Problem | null;
  haps: PlayedHap[];
  /** As of `Checked`. */
  is_spoilt: boolean;
}

/** `need`: the request needs a bundle first; send it and ask again. */
export type FromWorker = Checked | Sketched | Loaded | Rows | { op: "done" } | { op: "need"; name: "xen" };
