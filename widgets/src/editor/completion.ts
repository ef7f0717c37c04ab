// What can be typed here: functions, and inside strings sounds, banks and scales.

import type {
  Completion,
  CompletionContext,
  CompletionResult,
  CompletionSource,
} from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import { isMini } from "./language.js";
import { type Reference, type ReferenceEntry, referenceCard } from "./reference.js";

/** Names the completion offers inside strings. */
export interface Names {
  sounds: readonly string[];
  banks: readonly string[];
  scales: readonly string[];
}

const SOUND_CALLS = new Set(["s", "sound", "soundAlias"]);
const BANK_CALLS = new Set(["bank"]);
const SCALE_CALLS = new Set(["scale"]);
/** Nothing is offered in these. */
const QUIET_NODES = new Set(["LineComment", "BlockComment", "RegExp"]);

/** The function whose call the string at `from` is an argument of: `s` in `s("bd")`; null for other strings. */
export function callAround(state: EditorState, from: number): string | null {
  const string = syntaxTree(state).resolveInner(from, 1);
  const args = string.parent;
  if (args?.name !== "ArgList") return null;
  const callee = args.parent?.firstChild;
  if (!callee) return null;
  const name = callee.name === "MemberExpression" ? callee.lastChild : callee;
  return name ? state.sliceDoc(name.from, name.to) : null;
}

function named(labels: readonly string[], type: string): Completion[] {
  return labels.map((label) => ({ label, type }));
}

function inString(context: CompletionContext, from: number, names: Names): CompletionResult | null {
  if (!isMini(context.state, from) && context.state.sliceDoc(from, from + 1) !== "'") return null;
  const call = callAround(context.state, from);
  if (call === null) return null;
  const word = context.matchBefore(/[\p{L}\p{N}_]*/u);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  if (SOUND_CALLS.has(call))
    return { from: word.from, options: named(names.sounds, "sound"), validFor: /^\w*$/ };
  if (BANK_CALLS.has(call))
    return { from: word.from, options: named(names.banks, "bank"), validFor: /^\w*$/ };
  if (SCALE_CALLS.has(call))
    return { from: word.from, options: named(names.scales, "scale"), validFor: /^\w*$/ };
  return null;
}

function option(label: string, entry: ReferenceEntry): Completion {
  return {
    label,
    type: "function",
    detail: `(${entry.params.map((param) => param.name).join(", ")})`,
    info: () => referenceCard(entry),
    // A synonym stands behind the name it means.
    boost: label === entry.name ? 0 : -1,
  };
}

const options = new WeakMap<Reference, Completion[]>();

function functions(reference: Reference): Completion[] {
  const known = options.get(reference);
  if (known) return known;
  const made = reference.entries.flatMap((entry) =>
    [entry.name, ...entry.synonyms].map((label) => option(label, entry)),
  );
  options.set(reference, made);
  return made;
}

/** The completion source of the editor. */
export function strudelCompletion(reference: () => Promise<Reference>, names: () => Names): CompletionSource {
  return async (context) => {
    const node = syntaxTree(context.state).resolveInner(context.pos, -1);
    if (QUIET_NODES.has(node.name)) return null;
    if (node.name === "String" || node.name === "TemplateString")
      return inString(context, node.from, names());
    const word = context.matchBefore(/[\w$]+/);
    const afterDot = context.state.sliceDoc(context.pos - 1, context.pos) === ".";
    if (!word && !afterDot && !context.explicit) return null;
    return {
      from: word?.from ?? context.pos,
      options: functions(await reference()),
      validFor: /^[\w$]*$/,
    };
  };
}
