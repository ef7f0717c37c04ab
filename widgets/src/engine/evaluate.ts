// Text in, patterns out: the REPL's evaluation, without a scheduler and without waiting.
import { isPattern, type Pattern, setStringParser, silence, stack, useRNG } from "@strudel/core";
import { setDefaultVoicings } from "@strudel/tonal";
import type { InlineWidget } from "../stage/messages.js";
import { CODE_NAME, FIRST_LINE } from "./code_name.js";
import { rewriting, type SyntaxNode } from "./codegen.js";
import { problemOf } from "./failure.js";
import { listening } from "./log.js";
import { runCode } from "./names.js";
import { type Problem, problemAt, StrudelError } from "./problem.js";
import { type Changes, realmIsDirty, takeChanges, within } from "./scope.js";
import { DEFAULT_CPS, Gathering, gatheringInto, type SamplesCall } from "./session.js";
import { layerOffset, transpile } from "./transpile.js";
import { xenNamesIn } from "./xen_names.js";

/** A pattern and the label it has in the code; null when the code has no labels. */
export interface Layer {
  label: string | null;
  pattern: Pattern;
}

/** What a piece of code means: patterns that can be queried, and what the code said besides. */
export interface Evaluation {
  readonly code: string;
  /** What sounds, each to be queried on its own so that one can fail alone. */
  readonly layers: readonly Layer[];
  /** All layers stacked. */
  readonly pattern: Pattern;
  /** The tempo of the code, in cycles per second: its own or the usual one. */
  readonly cps: number;
  /** The tempo that the code itself sets; null when it sets none. */
  readonly ownCps: number | null;
  /** Every label in the code in order, muted ones too. */
  readonly labels: readonly string[];
  readonly warnings: readonly Problem[];
  readonly widgets: readonly InlineWidget[];
  readonly samples: readonly SamplesCall[];
  /** Sound names that the code itself makes known. */
  readonly sounds: ReadonlySet<string>;
  readonly hasOpenSounds: boolean;
  /** Alias → the name it stands for, of sounds and banks. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Moves the slider with this index in the text; what plays follows at its next query. */
  setSlider(index: number, value: number): void;
  /**
   * Whether this evaluation or a query of it (or one before it in the same realm) replaced, froze or redefined
   * something shared: a built-in, a method or a signal of Strudel's. It was put back as far as that is possible;
   * whoever can should throw the Worker away and evaluate the next code in a new one.
   */
  readonly isDirty: boolean;
  /** Runs `work` with everything this evaluation changed in force. */
  within<T>(work: () => T): T;
}

/** For finding the place of a failure: code is changed before it runs, and sees more names. */
export interface Watch {
  rewrite(program: SyntaxNode): void;
  names: Record<string, unknown>;
}

/** Evaluates code. Throws a StrudelError that says what is wrong and where. */
export function evaluate(code: string, watch: Watch | null = null): Evaluation {
  const missing = xenNamesIn(code);
  if (missing !== null) throw new StrudelError([missing]);
  const { output, widgets, sliderIds } =
    watch === null ? transpile(code) : rewriting(watch.rewrite, () => transpile(code));
  const gathering = new Gathering();
  const messages: string[] = [];
  setLibraryState("legacy", "ireal");
  let value: unknown;
  let layers: Layer[];
  let changes: Changes;
  try {
    ({ value, layers } = run(output, gathering, messages, watch?.names));
  } catch (error) {
    takeChanges();
    throw new StrudelError([problemOf(code, error, "runtime")]);
  } finally {
    changes = takeChanges();
  }
  if (layers.length === 0 && gathering.labels.length === 0) refuseNonPattern(code, value);
  const sounding = layers.length > 0 ? layers : [{ label: null, pattern: silence }];
  return {
    code,
    layers: sounding,
    pattern:
      sounding.length === 1
        ? (sounding[0] as Layer).pattern
        : stack(...sounding.map((layer) => layer.pattern)),
    cps: gathering.ownCps ?? DEFAULT_CPS,
    ownCps: gathering.ownCps,
    labels: gathering.labels,
    warnings: warningsOf(code, gathering, messages),
    widgets,
    samples: gathering.samples,
    sounds: gathering.sounds,
    hasOpenSounds: gathering.hasOpenSounds,
    aliases: gathering.aliases,
    setSlider: (index, moved) => {
      const id = sliderIds[index];
      if (id !== undefined) gathering.sliders.set(id, moved);
    },
    get isDirty() {
      return realmIsDirty();
    },
    within: (work) =>
      within(changes, () => {
        setLibraryState(gathering.rng, gathering.voicings);
        return work();
      }),
  };
}

/** Module state inside the library that code can switch and that no property shows. */
function setLibraryState(rng: string, voicings: string): void {
  useRNG(rng);
  setDefaultVoicings(voicings);
  setStringParser(undefined);
}

function run(
  output: string,
  gathering: Gathering,
  messages: string[],
  extra: Record<string, unknown> | undefined,
): { value: unknown; layers: Layer[] } {
  return listening(
    (message) => messages.push(message),
    () =>
      gatheringInto(gathering, () => {
        const value = runCode(wrap(output), extra);
        return { value, layers: layersOf(value, gathering) };
      }),
  );
}

const BEFORE = `"use strict";(() => {${"\n".repeat(FIRST_LINE - 1)}`;

function wrap(output: string): string {
  return `${BEFORE}${output}\n})()\n//# sourceURL=${CODE_NAME}`;
}

function layersOf(value: unknown, gathering: Gathering): Layer[] {
  const { patterns, eachTransform, allTransforms } = gathering;
  let layers: Layer[] = [...patterns].map(([label, pattern]) => ({ label, pattern }));
  const soloed = layers.filter(({ label }) => label !== null && label.length > 1 && label.startsWith("S"));
  if (soloed.length > 0) layers = soloed;
  if (layers.length === 0 && isPattern(value)) layers = [{ label: null, pattern: value }];
  if (eachTransform !== null) {
    layers = layers.map(({ label, pattern }) => ({ label, pattern: eachTransform(pattern) }));
  }
  layers = layers.map(({ label, pattern }) => ({ label, pattern: identified(label, pattern) }));
  if (allTransforms.length === 0 || layers.length === 0) return layers;
  return [{ label: null, pattern: transformed(layers, gathering) }];
}

/** As upstream: the layer's name is in the query state, where orbits of samplers look for it. */
function identified(label: string | null, pattern: Pattern): Pattern {
  if (label === null || !isPattern(pattern)) return pattern;
  return pattern.withState((state) => state.setControls({ id: label }));
}

/** One pattern for all layers; each hap keeps its layer's label in its context. */
function transformed(layers: Layer[], gathering: Gathering): Pattern {
  const labelled = layers.map(({ label, pattern }) =>
    label === null ? pattern : pattern.withContext((context) => ({ ...context, label })),
  );
  const stacked = labelled.length === 1 ? (labelled[0] as Pattern) : stack(...labelled);
  return gathering.allTransforms.reduce((pattern, transform) => transform(pattern), stacked);
}

const PATTERN_HINT = 'end with a pattern, for example s("bd sd")';

function refuseNonPattern(code: string, value: unknown): void {
  // Declarations of sounds and functions alone are quiet, not wrong.
  if (isPattern(value) || value === undefined || value === null || typeof value === "function") return;
  if (typeof value === "object" && typeof (value as { then?: unknown }).then === "function") return;
  const kind = typeof value === "object" ? "an object" : `the ${typeof value} ${JSON.stringify(value)}`;
  const message = `the code gives ${kind}, not a pattern`;
  throw new StrudelError([problemAt(code, layerOffset(code, null), "not_pattern", message, PATTERN_HINT)]);
}

/** What sends haps to devices upstream, and how devices are had here. */
const BY_DEVICES = new Set(["midi", "osc"]);

function silentWords(name: string): string {
  const why = BY_DEVICES.has(name) ? ": each page has its own under Devices" : "";
  return `${name}() has no effect here${why}`;
}

function warningsOf(code: string, gathering: Gathering, messages: string[]): Problem[] {
  const silent = [...gathering.silentCalls].map((name) => {
    const at = code.search(new RegExp(`\\b${name}\\s*\\(`));
    return problemAt(code, at === -1 ? null : at, "runtime", silentWords(name));
  });
  return [...silent, ...messages.map((message) => problemAt(code, null, "runtime", message))];
}
