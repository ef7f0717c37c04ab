// Undo that is one's own: it takes back what this page typed and nothing that came from others.

import * as Y from "yjs";

/** A layer's text in the shared document, and the undo of what was typed on this page. */
export interface SharedText {
  text: Y.Text;
  undo: Y.UndoManager;
}

/** Editors add themselves to the origins that count; what comes in from the server has another. */
export function ownUndo(text: Y.Text): Y.UndoManager {
  return new Y.UndoManager(text, { trackedOrigins: new Set() });
}
