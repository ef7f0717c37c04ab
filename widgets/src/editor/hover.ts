// Help where the pointer rests: the reference's words for the function under it.

import { syntaxTree } from "@codemirror/language";
import type { EditorState, Extension } from "@codemirror/state";
import { hoverTooltip } from "@codemirror/view";
import { type Reference, referenceCard } from "./reference.js";

const NAMES = new Set(["VariableName", "PropertyName"]);

/** The name at a place of the code, where it is one: not in strings, comments or labels. */
export function nameAt(state: EditorState, at: number): { name: string; from: number; to: number } | null {
  for (const side of [1, -1] as const) {
    const node = syntaxTree(state).resolveInner(at, side);
    if (NAMES.has(node.name))
      return { name: state.sliceDoc(node.from, node.to), from: node.from, to: node.to };
  }
  return null;
}

/** The editor extension. */
export function hoverHelp(reference: () => Promise<Reference>): Extension {
  return hoverTooltip(
    async (view, at) => {
      const found = nameAt(view.state, at);
      const entry = found ? (await reference()).find(found.name) : null;
      if (!found || !entry) return null;
      return { pos: found.from, end: found.to, above: true, create: () => ({ dom: referenceCard(entry) }) };
    },
    { hoverTime: 350 },
  );
}
