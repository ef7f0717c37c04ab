// Watches the notebooks of the page: when a kernel, a cell or a notebook goes, its layers' sound goes too.

import type { PageEngine } from "../page/engine.js";
import type { Cell, CellHolder } from "./cell.js";
import { noteRun } from "./own_runs.js";

interface LabSignal<T> {
  connect(listener: (sender: unknown, news: T) => void): void;
}
interface NotebookPanel extends CellHolder {
  id: string;
  disposed: LabSignal<unknown>;
  sessionContext: {
    statusChanged: LabSignal<string>;
    kernelChanged: LabSignal<{ oldValue: unknown; newValue: unknown }>;
  };
  context: { ready: Promise<void> };
  model: { cells: { changed: LabSignal<{ type: string }> } } | null;
}
/** JupyterLab's INotebookTracker, as much of it as is used. */
export interface NotebookTracker {
  widgetAdded: LabSignal<NotebookPanel>;
  forEach(listener: (panel: NotebookPanel) => void): void;
}
/** JupyterLab's NotebookActions, as much of it as is used. */
export interface NotebookActions {
  outputCleared?: LabSignal<unknown>;
  executionScheduled?: LabSignal<{ cell: Cell }>;
}

const KERNEL_ENDS = new Set(["restarting", "autorestarting", "terminating", "dead"]);
/** A moved cell is taken out and put in again: only what is still gone after this is gone. */
const MOVE_MS = 250;

/** The scope of the layers in this notebook: see `scopeOf`. */
function scope(panel: NotebookPanel): string {
  return `${panel.id}/`;
}

/** The scope of the notebook an element is in; the empty one outside of notebooks. */
export function scopeOf(element: Element): string {
  return element.closest(".jp-NotebookPanel")?.id ?? "";
}

/** Starts watching. `engine` gives the page's engine when there is one. */
export function watchNotebooks(
  tracker: NotebookTracker,
  actions: NotebookActions,
  engine: () => PageEngine | null,
): void {
  const sweep = () => setTimeout(() => engine()?.endUnseen(), MOVE_MS);
  const watch = (panel: NotebookPanel) => {
    const end = () => engine()?.stopScope(scope(panel));
    panel.disposed.connect(end);
    panel.sessionContext.statusChanged.connect((_, status) => {
      if (KERNEL_ENDS.has(status)) end();
    });
    panel.sessionContext.kernelChanged.connect((_, { oldValue, newValue }) => {
      if (oldValue && !newValue) end();
    });
    void panel.context.ready.then(() => {
      panel.model?.cells.changed.connect((_, { type }) => {
        if (type === "remove") sweep();
      });
    });
  };
  tracker.forEach(watch);
  tracker.widgetAdded.connect((_, panel) => watch(panel));
  actions.outputCleared?.connect(sweep);
  actions.executionScheduled?.connect((_, { cell }) => noteRun(cell.model.sharedModel, Date.now()));
}
