// Reads what comes from the stage. The stage is hostile: every shape is checked, every number clamped, every text cut.
import type { Problem, ProblemKind } from "../engine/problem.js";
import type { ControlChange, FromStage, InlineWidget, MusicalDiff, SeenHap, Span } from "./messages.js";

type Bag = Record<string, unknown>;

const MOST_TEXT = 2000;
const MOST_ITEMS = 200;
const MOST_HAPS = 8192;
const MOST_SPANS = 16;
const MOST_LAYERS = 256;
const MOST_HAP_CONTROLS = 64;
const MOST_NAME = 32;
const MOST_CONTROL_TEXT = 256;
const MOST_CONTROLS = 16;
const MOST_WORD = 80;
const MOST_FRAMES = 65_536;
const FURTHEST_CYCLE = 1e9;
const PROBLEM_KINDS: readonly ProblemKind[] = [
  "syntax",
  "mini",
  "reference",
  "runtime",
  "query",
  "value",
  "sound",
  "silence",
  "density",
  "time",
  "memory",
  "not_pattern",
  "size",
];
const WIDGET_TYPES: readonly InlineWidget["type"][] = [
  "slider",
  "pianoroll",
  "scope",
  "spectrum",
  "spiral",
  "pitchwheel",
  "punchcard",
];

function bag(value: unknown): Bag {
  return typeof value === "object" && value !== null ? (value as Bag) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value.slice(0, MOST_TEXT) : "";
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value.slice(0, MOST_TEXT) : null;
}

function number(value: unknown, low: number, high: number): number {
  return typeof value === "number" && value >= low ? Math.min(value, high) : low;
}

function integer(value: unknown): number {
  return Math.trunc(number(value, 0, 2 ** 31));
}

function integerOrNull(value: unknown): number | null {
  return typeof value === "number" ? integer(value) : null;
}

function numberOrNull(value: unknown, low: number, high: number): number | null {
  return typeof value === "number" && !Number.isNaN(value) ? number(value, low, high) : null;
}

function list<T>(value: unknown, most: number, read: (item: unknown) => T): T[] {
  return Array.isArray(value) ? value.slice(0, most).map(read) : [];
}

function oneOf<T extends string>(value: unknown, known: readonly T[], otherwise: T): T {
  return known.includes(value as T) ? (value as T) : otherwise;
}

function samples(value: unknown): Float32Array {
  return value instanceof Float32Array && value.length <= MOST_FRAMES ? value : new Float32Array();
}

const COLOR = /^(#[0-9a-f]{3,8}|[a-z]{3,24}|(rgb|hsl)a?\([\d\s.,%/-]{1,60}\))$/i;

function color(value: unknown): string | null {
  // It ends up in styles: a plain colour or nothing.
  return typeof value === "string" && COLOR.test(value) ? value : null;
}

function span(value: unknown): Span {
  const { start, end } = bag(value);
  const from = integer(start);
  return { start: from, end: Math.max(from, integer(end)) };
}

/** Numbers and short texts by name. */
function controls(value: unknown): NonNullable<SeenHap["controls"]> {
  // No prototype: a control may be called anything.
  const kept = Object.create(null) as Record<string, number | string>;
  for (const [name, said] of Object.entries(bag(value)).slice(0, MOST_HAP_CONTROLS)) {
    if (name.length > MOST_NAME) continue;
    if (typeof said === "string") kept[name] = said.slice(0, MOST_CONTROL_TEXT);
    else if (typeof said === "number" && Number.isFinite(said)) kept[name] = said;
  }
  return kept;
}

function hap(value: unknown): SeenHap {
  const seen = bag(value);
  const begin = number(seen.begin, 0, FURTHEST_CYCLE);
  return {
    begin,
    end: number(seen.end, begin, FURTHEST_CYCLE),
    spans: list(seen.spans, MOST_SPANS, span),
    label: textOrNull(seen.label)?.slice(0, 80) ?? null,
    sound: textOrNull(seen.sound)?.slice(0, 80) ?? null,
    note: numberOrNull(seen.note, -100, 300),
    gain: number(seen.gain, 0, 16),
    color: color(seen.color),
    ...(seen.controls === undefined ? {} : { controls: controls(seen.controls) }),
  };
}

function problem(value: unknown): Problem {
  const found = bag(value);
  return {
    kind: oneOf(found.kind, PROBLEM_KINDS, "runtime"),
    message: text(found.message),
    line: integerOrNull(found.line),
    column: integerOrNull(found.column),
    hint: textOrNull(found.hint),
    layer: textOrNull(found.layer),
  };
}

function widget(value: unknown): InlineWidget {
  const found = bag(value);
  const slider = found.slider === null ? null : bag(found.slider);
  const value_ = (key: string) => number(slider?.[key], -1e9, 1e9);
  return {
    type: oneOf(found.type, WIDGET_TYPES, "pianoroll"),
    offset: integer(found.offset),
    slider:
      slider === null
        ? null
        : {
            span: span(slider.span),
            value: value_("value"),
            min: value_("min"),
            max: value_("max"),
            step: value_("step"),
          },
  };
}

function playing(value: unknown): Extract<FromStage, { kind: "evaluated" }>["playing"] {
  if (typeof value !== "object" || value === null) return null;
  const { from_cycle, cps, labels, widgets } = bag(value);
  return {
    from_cycle: number(from_cycle, 0, FURTHEST_CYCLE),
    cps: number(cps, 0, 64),
    labels: list(labels, MOST_ITEMS, text),
    widgets: list(widgets, MOST_ITEMS, widget),
  };
}

function controlChange(value: unknown): ControlChange {
  const { name, before, after } = bag(value);
  const words = (said: unknown) => text(said).slice(0, MOST_WORD);
  return { name: words(name), before: words(before), after: words(after) };
}

function musicalDiff(value: unknown): MusicalDiff {
  const said = bag(value);
  const { added, removed, moved, changed, kept, controls, cps_before, cps_after } = said;
  return {
    cycles: number(said.cycles, 1, 64),
    added: integer(added),
    removed: integer(removed),
    moved: integer(moved),
    changed: integer(changed),
    kept: integer(kept),
    controls: list(controls, MOST_CONTROLS, controlChange),
    cps_before: numberOrNull(cps_before, 0, 64),
    cps_after: numberOrNull(cps_after, 0, 64),
    drawn_cycles: number(said.drawn_cycles, 1, 64),
    haps_before: list(said.haps_before, MOST_HAPS, hap),
    haps_after: list(said.haps_after, MOST_HAPS, hap),
  };
}

function levels(value: unknown): Record<string, number> {
  const found = Object.entries(bag(value)).slice(0, MOST_LAYERS);
  // No prototype: a layer may be called anything.
  const peaks = Object.create(null) as Record<string, number>;
  for (const [layer, peak] of found) peaks[layer] = number(peak, 0, 1);
  return peaks;
}

function thinned(value: unknown): Extract<FromStage, { kind: "thinned" }>["haps_per_s"] {
  if (typeof value !== "object" || value === null) return null;
  const { asked, played } = bag(value);
  return { asked: integer(asked), played: integer(played) };
}

type Readers = { [K in FromStage["kind"]]: (said: Bag) => Extract<FromStage, { kind: K }> };

const audio = (said: Bag) => oneOf(said.audio, ["running", "suspended"] as const, "suspended");

const READERS: Readers = {
  ready: (said) => ({ kind: "ready", audio: audio(said), secure: said.secure === true }),
  evaluated: (said) => ({
    kind: "evaluated",
    request_id: integer(said.request_id),
    layer: text(said.layer),
    problems: list(said.problems, MOST_ITEMS, problem),
    warnings: list(said.warnings, MOST_ITEMS, problem),
    ...(said.superseded === true ? { superseded: true } : {}),
    playing: playing(said.playing),
  }),
  checked: (said) => ({
    kind: "checked",
    request_id: integer(said.request_id),
    problems: list(said.problems, MOST_ITEMS, problem),
    warnings: list(said.warnings, MOST_ITEMS, problem),
    cps: numberOrNull(said.cps, 0, 64),
  }),
  compared: (said) => ({
    kind: "compared",
    request_id: integer(said.request_id),
    diff: said.diff === null ? null : musicalDiff(said.diff),
  }),
  failed: (said) => ({
    kind: "failed",
    layer: text(said.layer),
    request_id: integer(said.request_id),
    at_cycle: number(said.at_cycle, 0, FURTHEST_CYCLE),
    from_cycle: number(said.from_cycle, 0, FURTHEST_CYCLE),
    problem: problem(said.problem),
    silent: said.silent === true,
  }),
  stopped: (said) => ({ kind: "stopped", layer: text(said.layer) }),
  stuck: (said) => ({ kind: "stuck", layer: textOrNull(said.layer) }),
  haps: (said) => ({
    kind: "haps",
    layer: text(said.layer),
    begin: number(said.begin, 0, FURTHEST_CYCLE),
    end: number(said.end, 0, FURTHEST_CYCLE),
    haps: list(said.haps, MOST_HAPS, hap),
  }),
  clock: (said) => ({
    kind: "clock",
    epoch_ms: number(said.epoch_ms, 0, 1e15),
    cycle: number(said.cycle, -FURTHEST_CYCLE, FURTHEST_CYCLE),
    cps: number(said.cps, 0, 64),
    audio_s: number(said.audio_s, -1e6, 1e9),
    audio: audio(said),
    late_haps: integer(said.late_haps),
    phase_error_ms: numberOrNull(said.phase_error_ms, -1e6, 1e6),
    output_latency_ms: number(said.output_latency_ms, 0, 10_000),
  }),
  levels: (said) => ({ kind: "levels", master: number(said.master, 0, 1), layers: levels(said.layers) }),
  thinned: (said) => ({ kind: "thinned", layer: text(said.layer), haps_per_s: thinned(said.haps_per_s) }),
  scoped: (said) => ({ kind: "scoped", samples: samples(said.samples) }),
  fetch: (said) => ({ kind: "fetch", request_id: integer(said.request_id), url: text(said.url) }),
  need: () => ({ kind: "need", name: "xen" }),
  notice: (said) => ({ kind: "notice", text: text(said.text), layer: textOrNull(said.layer) }),
  captured: (said) => ({
    kind: "captured",
    frame: number(said.frame, 0, Number.MAX_SAFE_INTEGER),
    sample_rate: number(said.sample_rate, 1, 1e6),
    left: samples(said.left),
    right: samples(said.right),
  }),
};

/** What the stage said, made safe; null for what it cannot have meant. */
export function readFromStage(data: unknown): FromStage | null {
  const said = bag(data);
  const { kind } = said;
  if (typeof kind !== "string" || !Object.hasOwn(READERS, kind)) return null;
  return READERS[kind as FromStage["kind"]](said);
}

/** Lets through so many messages a second and drops the rest. */
export class RateCap {
  #most: number;
  #window = 0;
  #count = 0;

  constructor(most_per_second: number) {
    this.#most = most_per_second;
  }

  admits(now_ms: number): boolean {
    const window = Math.floor(now_ms / 1000);
    if (window !== this.#window) {
      this.#window = window;
      this.#count = 0;
    }
    return ++this.#count <= this.#most;
  }
}

/** Tells a flood from a burst: more than so many messages in each of two whole seconds, one after the other. */
export class FloodWatch {
  #most: number;
  #window = 0;
  #count = 0;
  #full = 0;

  constructor(most_per_second: number) {
    this.#most = most_per_second;
  }

  /** Counts one message; true when it is part of a flood. */
  counts(now_ms: number): boolean {
    const window = Math.floor(now_ms / 1000);
    if (window !== this.#window) {
      const isNext = window === this.#window + 1;
      this.#full = isNext && this.#count > this.#most ? this.#full + 1 : 0;
      this.#window = window;
      this.#count = 0;
    }
    this.#count++;
    return this.#full >= 2;
  }
}
