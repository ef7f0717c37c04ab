// Strudel in the editor: JavaScript, and mini-notation inside its strings.

import { javascriptLanguage } from "@codemirror/lang-javascript";
import { HighlightStyle, LanguageSupport, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { type EditorState, type Extension, Prec } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** What a piece of mini-notation is. */
export type MiniKind = "step" | "number" | "rest" | "operator" | "bracket";

const MINI_TOKEN =
  /(\s+)|([~_](?![\w]))|(-?\d*\.?\d+)(?![\w#])|([\p{L}][\p{L}\p{N}#_.'^+]*)|([[\]<>{}()])|([*/!@:?,|%.&-])/gu;

/** Cuts a mini-notation string into its coloured pieces, with offsets inside the string. */
export function miniTokens(text: string): { kind: MiniKind; from: number; to: number }[] {
  const tokens: { kind: MiniKind; from: number; to: number }[] = [];
  for (const found of text.matchAll(MINI_TOKEN)) {
    const [all, space, rest, number, step, bracket] = found;
    if (space !== undefined) continue;
    const kind = rest ? "rest" : number ? "number" : step ? "step" : bracket ? "bracket" : "operator";
    tokens.push({ kind, from: found.index, to: found.index + all.length });
  }
  return tokens;
}

const marks: Record<MiniKind, Decoration> = {
  step: Decoration.mark({ class: "alg-mini-step" }),
  number: Decoration.mark({ class: "alg-mini-number" }),
  rest: Decoration.mark({ class: "alg-mini-rest" }),
  operator: Decoration.mark({ class: "alg-mini-operator" }),
  bracket: Decoration.mark({ class: "alg-mini-bracket" }),
};

/** Whether the string node at this place is mini-notation: double quotes or backticks, as Strudel reads them. */
export function isMini(state: EditorState, from: number): boolean {
  const quote = state.sliceDoc(from, from + 1);
  return quote === '"' || quote === "`";
}

function miniDecorations(view: EditorView): DecorationSet {
  const { state } = view;
  const ranges: ReturnType<Decoration["range"]>[] = [];
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(state).iterate({
      from,
      to,
      enter(node) {
        if (node.name !== "String" && node.name !== "TemplateString") return;
        if (!isMini(state, node.from)) return;
        const inside = node.from + 1;
        for (const token of miniTokens(state.sliceDoc(inside, Math.max(inside, node.to - 1)))) {
          ranges.push(marks[token.kind].range(inside + token.from, inside + token.to));
        }
      },
    });
  }
  return Decoration.set(ranges, true);
}

const miniNotation = ViewPlugin.define<{ decorations: DecorationSet } & { update(update: ViewUpdate): void }>(
  (view) => ({
    decorations: miniDecorations(view),
    update(update) {
      const parsed = syntaxTree(update.state) !== syntaxTree(update.startState);
      if (update.docChanged || update.viewportChanged || parsed)
        this.decorations = miniDecorations(update.view);
    },
  }),
  { decorations: (plugin) => plugin.decorations },
);

// Colours are CSS variables of the view, so that they follow the host's theme without a new editor.
const colors = HighlightStyle.define([
  {
    tag: [tags.comment, tags.lineComment, tags.blockComment],
    color: "var(--alg-comment)",
    fontStyle: "italic",
  },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--alg-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--alg-number)" },
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--alg-keyword)" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: "var(--alg-function)" },
  { tag: tags.labelName, color: "var(--alg-label)", fontWeight: "600" },
  { tag: [tags.operator, tags.punctuation, tags.bracket, tags.separator], color: "var(--alg-punctuation)" },
  { tag: tags.invalid, color: "var(--alg-error)" },
]);

/** The editor extension: parsing, colours, comment tokens. */
export function strudelLanguage(): Extension {
  // Marks of higher precedence lie inside: mini-notation colours win over the string's.
  return [new LanguageSupport(javascriptLanguage), syntaxHighlighting(colors), Prec.high(miniNotation)];
}
