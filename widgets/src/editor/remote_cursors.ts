// Other people's cursors and selections in the text, with their names.

import { type Extension, type Range, StateEffect } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import type { Signal } from "../page/signal.js";
import type { RemoteCursor } from "../session/presence.js";
import { luminance } from "./luminance.js";

/** Where the other cursors are told, and where the own one is to be told. */
export interface CursorBoard {
  readonly changed: Signal<void>;
  /** Those to be shown, in offsets of the text as it stands. */
  cursors(): RemoteCursor[];
  point(anchor: number, head: number): void;
  typed(): void;
}

const moved = StateEffect.define<null>();

/** Black or white, whichever can be read on a colour like `#a0b1c2`. */
export function inkOn(colour: string): "#000" | "#fff" {
  // Where the contrasts against black and against white are equal.
  return luminance(colour) > 0.179 ? "#000" : "#fff";
}

class Caret extends WidgetType {
  constructor(
    readonly cursor: RemoteCursor,
    readonly isOnFirstLine: boolean,
  ) {
    super();
  }

  /** One that has moved is made anew, which shows its name again for a while. */
  override eq(other: Caret): boolean {
    const [a, b] = [this.cursor, other.cursor];
    return (
      a.client === b.client &&
      a.head === b.head &&
      a.name === b.name &&
      a.colour === b.colour &&
      this.isOnFirstLine === other.isOnFirstLine
    );
  }

  override toDOM(view: EditorView): HTMLElement {
    const { name, colour } = this.cursor;
    const caret = document.createElement("span");
    caret.className = this.isOnFirstLine ? "alg-caret alg-caret-below" : "alg-caret";
    // Where people are is told in the roster: inside the code it would only interrupt.
    caret.setAttribute("aria-hidden", "true");
    caret.style.setProperty("--alg-who", colour);
    caret.style.setProperty("--alg-who-ink", inkOn(colour));
    const flag = document.createElement("span");
    flag.className = "alg-caret-name";
    flag.textContent = name;
    caret.append(flag);
    // Where it stands is known when it is on the page: at the right edge the name goes to the left.
    requestAnimationFrame(() => {
      const edge = view.scrollDOM.getBoundingClientRect().right;
      caret.classList.toggle("alg-caret-left", flag.getBoundingClientRect().right > edge);
    });
    return caret;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

function decorations(view: EditorView, cursors: readonly RemoteCursor[]): DecorationSet {
  const { doc } = view.state;
  const ranges: Range<Decoration>[] = [];
  for (const cursor of cursors) {
    const [anchor, head] = [cursor.anchor, cursor.head].map((at) => Math.min(at, doc.length)) as [
      number,
      number,
    ];
    if (anchor !== head) {
      const attributes = { style: `--alg-who: ${cursor.colour}` };
      const mark = Decoration.mark({ class: "alg-selected", attributes });
      ranges.push(mark.range(Math.min(anchor, head), Math.max(anchor, head)));
    }
    const widget = new Caret(cursor, doc.lineAt(head).number === 1);
    ranges.push(Decoration.widget({ widget, side: head > anchor ? -1 : 1 }).range(head));
  }
  return Decoration.set(ranges, true);
}

/** The editor extension. It goes after the one that binds the text, so that offsets are those of the new text. */
export function remoteCursors(board: CursorBoard): Extension {
  return [EditorView.editorAttributes.of({ class: "alg-shared" }), plugin(board)];
}

function plugin(board: CursorBoard): Extension {
  return ViewPlugin.define(
    (view) => {
      const end = board.changed.on(() => view.dispatch({ effects: moved.of(null) }));
      return {
        decorations: decorations(view, board.cursors()),
        update(this: { decorations: DecorationSet }, update: ViewUpdate) {
          tellOwn(update, board);
          const hasMoved = update.transactions.some((each) =>
            each.effects.some((effect) => effect.is(moved)),
          );
          if (update.docChanged || hasMoved) this.decorations = decorations(view, board.cursors());
        },
        destroy: end,
      };
    },
    { decorations: (plugin) => plugin.decorations },
  );
}

function tellOwn(
  { view, state, transactions, docChanged, selectionSet, focusChanged }: ViewUpdate,
  board: CursorBoard,
): void {
  if (transactions.some((each) => each.isUserEvent("input") || each.isUserEvent("delete"))) board.typed();
  if (!view.hasFocus || !(docChanged || selectionSet || focusChanged)) return;
  const { anchor, head } = state.selection.main;
  board.point(anchor, head);
}

/** Brings an offset of the text into view, and leaves the own cursor where it is. */
export function scrollToOffset(view: EditorView, offset: number): void {
  const at = Math.min(offset, view.state.doc.length);
  view.dispatch({ effects: EditorView.scrollIntoView(at, { y: "nearest", yMargin: 40 }) });
}
