// Pictures inside the code: `._pianoroll()`, `._scope()` and their kin, as blocks below the line that asks for them.

import { syntaxTree } from "@codemirror/language";
import { type EditorState, type Extension, type Range, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import type { InlineWidget, Span } from "../stage/messages.js";

/** A picture the code asks for. */
export interface InlineVisual {
  type: Exclude<InlineWidget["type"], "slider">;
  /** Where the picture belongs in the text as it stands. */
  at: number;
  /** The statement it belongs to, in the text as evaluated: its haps are drawn, others are not. */
  statement: Span;
}

/** Makes the live picture of a visual; `end` is called when it leaves the screen for good. */
export type DrawVisual = (visual: InlineVisual) => { element: HTMLElement; end: () => void };

const place = StateEffect.define<InlineVisual[]>();

class VisualWidget extends WidgetType {
  #end: (() => void) | null = null;

  constructor(
    readonly visual: InlineVisual,
    readonly draw: DrawVisual,
  ) {
    super();
  }

  override eq(other: VisualWidget): boolean {
    const [a, b] = [this.visual, other.visual];
    return (
      a.type === b.type && a.statement.start === b.statement.start && a.statement.end === b.statement.end
    );
  }

  override toDOM(): HTMLElement {
    const made = this.draw(this.visual);
    this.#end = made.end;
    ends.set(made.element, made.end);
    return made.element;
  }

  override destroy(dom: HTMLElement): void {
    (ends.get(dom) ?? this.#end)?.();
  }

  override get estimatedHeight(): number {
    return 80;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

/** CodeMirror may hand a picture's element to an equal widget, so the ends go with the elements. */
const ends = new WeakMap<HTMLElement, () => void>();

/** The top-level statement around an offset. */
export function statementAt(state: EditorState, offset: number): Span {
  for (let node = syntaxTree(state).topNode.firstChild; node; node = node.nextSibling) {
    if (node.from <= offset && offset <= node.to) return { start: node.from, end: node.to };
  }
  return { start: 0, end: state.doc.length };
}

/** The editor extension. */
export function inlineVisuals(draw: DrawVisual): Extension {
  return StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update(visuals, transaction) {
      for (const effect of transaction.effects) {
        if (effect.is(place)) return blocks(effect.value, transaction.state, draw);
      }
      return transaction.docChanged ? visuals.map(transaction.changes) : visuals;
    },
    provide: (self) => EditorView.decorations.from(self),
  });
}

function blocks(visuals: readonly InlineVisual[], state: EditorState, draw: DrawVisual): DecorationSet {
  const ranges: Range<Decoration>[] = visuals.map((visual) => {
    const end = state.doc.lineAt(Math.min(visual.at, state.doc.length)).to;
    return Decoration.widget({ widget: new VisualWidget(visual, draw), block: true, side: 1 }).range(end);
  });
  return Decoration.set(ranges, true);
}

/** Shows these pictures and no others. */
export function showVisuals(view: EditorView, visuals: InlineVisual[]): void {
  view.dispatch({ effects: place.of(visuals) });
}
