// Lumino, JupyterLab's widgets, and its shell: as much of them as is used.

import type { LabIcon } from "./icon.js";

/** A widget. It calls `onAfterAttach`, `onAfterShow` and `onAfterHide` on those that have them. */
export interface LuminoWidget {
  id: string;
  node: HTMLElement;
  title: { icon: LabIcon; label: string; caption: string; closable: boolean };
  isAttached: boolean;
  isDisposed: boolean;
  addClass(name: string): void;
  dispose(): void;
}

export type LuminoWidgetClass = new () => LuminoWidget;

/** JupyterLab's shell. */
export interface LabShell {
  add(widget: LuminoWidget, area: "left" | "main", options?: { rank: number }): void;
  activateById(id: string): void;
}
