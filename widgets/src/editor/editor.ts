// The code editor of a layer: CodeMirror with Strudel's language, help, lights, squiggles and keys.

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, toggleComment } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState, type Extension, Prec } from "@codemirror/state";
import { drawSelection, EditorView, type KeyBinding, keymap, placeholder, tooltips } from "@codemirror/view";
import type { Problem } from "../engine/problem.js";
import { type Names, strudelCompletion } from "./completion.js";
import { hoverHelp } from "./hover.js";
import { strudelLanguage } from "./language.js";
import { litCode } from "./lit.js";
import { diagnostics } from "./places.js";
import type { Reference } from "./reference.js";
import { sliders } from "./sliders.js";

/** What the editor asks of its view. */
export interface EditorOptions {
  code: string;
  /** What the text is called; asked again at every change. */
  label: () => string;
  parent: HTMLElement;
  root: Document | ShadowRoot;
  /** Where tooltips go: outside of everything that could cut them off. */
  tips: HTMLElement;
  reference: () => Promise<Reference>;
  names: () => Names;
  extra: Extension;
  /** Binds a text that several people edit, and brings its own undo; null for a text of one's own. */
  shared: Extension | null;
  onEvaluate: () => void;
  onHush: () => void;
  /** Hear the text before others do, or no more. */
  onCue: () => void;
  onSlide: (index: number, value: number) => void;
}

function keys(options: EditorOptions): KeyBinding[] {
  const evaluate = () => {
    options.onEvaluate();
    return true;
  };
  const hush = () => {
    options.onHush();
    return true;
  };
  const cue = () => {
    options.onCue();
    return true;
  };
  return [
    { key: "Mod-Enter", run: evaluate, preventDefault: true },
    { key: "Ctrl-Enter", run: evaluate, preventDefault: true },
    { key: "Mod-Shift-Enter", run: cue, preventDefault: true },
    { key: "Ctrl-Shift-Enter", run: cue, preventDefault: true },
    { key: "Mod-.", run: hush, preventDefault: true },
    { key: "Ctrl-.", run: hush, preventDefault: true },
    { key: "Alt-.", run: hush, preventDefault: true },
    // On a Mac Alt+. types "≥": the key is known by its place.
    { any: (_view, event) => (event.altKey && event.code === "Period" ? hush() : false) },
    { key: "Mod-/", run: toggleComment },
  ];
}

/** Esc leaves the editor when there is nothing else for it to close. */
const leave: KeyBinding = {
  key: "Escape",
  run(view) {
    view.contentDOM.blur();
    return true;
  },
};

function extensions(options: EditorOptions): Extension {
  return [
    // First: it sees a change before those who ask it where things are.
    options.shared ?? [history(), keymap.of(historyKeymap)],
    strudelLanguage(),
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({
      override: [strudelCompletion(options.reference, options.names)],
      icons: false,
      activateOnTypingDelay: 60,
      maxRenderedOptions: 60,
    }),
    hoverHelp(options.reference),
    tooltips({ parent: options.tips }),
    lintGutter(),
    litCode(),
    sliders(options.onSlide),
    Prec.highest(keymap.of(keys(options))),
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, leave]),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ spellcheck: "false", autocapitalize: "off" }),
    EditorView.contentAttributes.of(() => ({ "aria-label": options.label() })),
    placeholder('s("bd hh sd hh")'),
    options.extra,
  ];
}

function stateOf(options: EditorOptions): EditorState {
  return EditorState.create({ doc: options.code, extensions: extensions(options) });
}

/** Makes the editor in `parent`. */
export function makeEditor(options: EditorOptions): EditorView {
  return new EditorView({ parent: options.parent, root: options.root, state: stateOf(options) });
}

/** The same editor with another text, for instance when the shared document was replaced. */
export function remakeEditor(view: EditorView, options: EditorOptions): void {
  view.setState(stateOf(options));
}

/** Marks problems and warnings in the text, in place of those marked before. */
export function markProblems(
  view: EditorView,
  problems: readonly Problem[],
  warnings: readonly Problem[],
): void {
  const { doc } = view.state;
  view.dispatch(setDiagnostics(view.state, diagnostics(doc, problems, warnings)));
}

/** Puts the cursor where a problem is and brings it into view. */
export function goTo(view: EditorView, offset: number): void {
  view.dispatch({ selection: { anchor: Math.min(offset, view.state.doc.length) }, scrollIntoView: true });
  view.focus();
}
