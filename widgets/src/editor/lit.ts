// Active haps, lit in the code.

import { type Extension, RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";
import type { SeenHap, Span } from "../stage/messages.js";

/** A stretch of text that sounds now, in the hap's colour when it has one. */
export interface LitSpan extends Span {
  color: string | null;
}

const light = StateEffect.define<LitSpan[]>();
const plain = Decoration.mark({ class: "alg-lit" });
const byColor = new Map<string, Decoration>();

function markFor(color: string | null): Decoration {
  // The colour comes out of pattern code: only what the browser knows as a colour gets into a style.
  if (color === null || !CSS.supports("color", color)) return plain;
  const known = byColor.get(color);
  if (known) return known;
  const mark = Decoration.mark({ class: "alg-lit", attributes: { style: `--alg-hap: ${color}` } });
  if (byColor.size < 200) byColor.set(color, mark);
  return mark;
}

function decorations(spans: readonly LitSpan[], length: number): DecorationSet {
  const inside = spans.filter((span) => span.start < span.end && span.end <= length);
  return RangeSet.of(
    inside.map((span) => markFor(span.color).range(span.start, span.end)),
    true,
  );
}

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(lit, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(light)) return decorations(effect.value, transaction.newDoc.length);
    }
    return transaction.docChanged ? lit.map(transaction.changes) : lit;
  },
  provide: (self) => EditorView.decorations.from(self),
});

/** The editor extension. */
export function litCode(): Extension {
  return field;
}

/** Which spans of which haps are lit, without doubles, in order; `place` maps them through edits. */
export function litSpans(haps: readonly SeenHap[], place: (hap: SeenHap) => Span[]): LitSpan[] {
  const byPlace = new Map<string, LitSpan>();
  for (const hap of haps) {
    for (const span of place(hap)) byPlace.set(`${span.start}:${span.end}`, { ...span, color: hap.color });
  }
  return [...byPlace.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Whether two lists light the same text in the same colours. */
export function sameSpans(a: readonly LitSpan[], b: readonly LitSpan[]): boolean {
  return (
    a.length === b.length &&
    a.every((span, i) => span.start === b[i]?.start && span.end === b[i]?.end && span.color === b[i]?.color)
  );
}

/** Lights these stretches and no others. */
export function showLit(view: EditorView, spans: LitSpan[]): void {
  view.dispatch({ effects: light.of(spans) });
}
