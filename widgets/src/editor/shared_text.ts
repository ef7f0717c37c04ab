// A text that several people edit: what is typed goes into the shared document, what others type comes out of it.

import { Compartment, EditorState, type Extension, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
import type { SharedText } from "../session/own_undo.js";
import { type CursorBoard, remoteCursors } from "./remote_cursors.js";

const writable = new Compartment();

function access(mayWrite: boolean): Extension {
  if (mayWrite) return [];
  return [
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    // Not editable, but still to be read by keyboard.
    EditorView.contentAttributes.of({ tabindex: "0", "aria-readonly": "true" }),
  ];
}

/** The editor extension. It stands in for the editor's own history. */
export function sharedText({ text, undo }: SharedText, board: CursorBoard, mayWrite: boolean): Extension {
  return [
    // Offsets are counted alike on all pages only when nobody's line ends are made into others.
    EditorState.lineSeparator.of("\n"),
    EditorView.clipboardInputFilter.of((pasted) => pasted.replace(/\r\n?/g, "\n")),
    yCollab(text, null, { undoManager: undo }),
    Prec.high(keymap.of(yUndoManagerKeymap)),
    remoteCursors(board),
    writable.of(access(mayWrite)),
  ];
}

/** Lets the text be written here, or only read. */
export function setWritable(view: EditorView, mayWrite: boolean): void {
  view.dispatch({ effects: writable.reconfigure(access(mayWrite)) });
}
