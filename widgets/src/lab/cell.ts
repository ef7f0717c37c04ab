// The notebook cell that an output is in: its text is read, and written so that the notebook can undo it.

import { changeBetween } from "../editor/text_change.js";
import { saysTheSame, withCode } from "./cell_text.js";

interface CellSignal {
  connect(listener: () => void): void;
  disconnect(listener: () => void): void;
}
/** JupyterLab's shared model of a cell, as much of it as is used; collaborators' pages see what is written. */
export interface SharedCell {
  changed: CellSignal;
  undoManager?: { stopCapturing(): void } | null;
  getSource(): string;
  updateSource(start: number, end: number, text: string): void;
}
/** A cell on the page, as much of it as is used. */
export interface Cell {
  node: HTMLElement;
  model: { sharedModel: SharedCell };
}
/** JupyterLab's panel of a notebook, as much of it as is used. */
export interface CellHolder {
  content: { widgets: readonly Cell[] };
}
/** JupyterLab's tracker of notebooks, as much of it as is used. */
export interface CellTracker {
  forEach(listener: (panel: CellHolder) => void): void;
}

/** A cell whose output shows a layer. */
export class OutputCell {
  constructor(readonly shared: SharedCell) {}

  /** Whether the cell says something else than the live text. */
  differsFrom(live: string): boolean {
    return !saysTheSame(this.shared.getSource(), live);
  }

  /** Puts the live text into the cell, as one step that undo takes back. */
  write(live: string): void {
    const source = this.shared.getSource();
    const change = changeBetween(source, withCode(source, live));
    if (change === null) return;
    this.shared.undoManager?.stopCapturing();
    this.shared.updateSource(change.start, change.end, change.text);
    this.shared.undoManager?.stopCapturing();
  }

  /** Calls back after each change of the cell; the result ends it. */
  onChange(listener: () => void): () => void {
    const changed = () => listener();
    this.shared.changed.connect(changed);
    return () => this.shared.changed.disconnect(changed);
  }
}

/** The cell that an element on the page is in; null outside of notebooks. */
export function outputCellOf(element: Element, tracker: CellTracker): OutputCell | null {
  let found: OutputCell | null = null;
  tracker.forEach(({ content }) => {
    const cell = content.widgets.find(({ node }) => node.contains(element));
    if (cell) found = new OutputCell(cell.model.sharedModel);
  });
  return found;
}
