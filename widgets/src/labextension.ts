// The JupyterLab extension as one federated module: outputs are drawn, notebooks watched, sessions listed.

import { appNow } from "./lab/app.js";
import { type EditorLanguages, type FileTypes, knowStrudelFiles } from "./lab/files.js";
import { sessionsIcon } from "./lab/icon.js";
import type { LabShell, LuminoWidgetClass } from "./lab/lumino.js";
import { addSessionsPanel } from "./lab/panel.js";
import { MIME, rendererClass } from "./lab/renderer.js";
import { type ShareScope, sharedModule } from "./lab/scope.js";
import { type NotebookActions, type NotebookTracker, watchNotebooks } from "./lab/watcher.js";

// Before the widget renderer (0): this output needs no kernel and no trust.
const RANK = -20;

interface JupyterFrontEnd {
  shell: LabShell;
  docRegistry: FileTypes;
}

let scope: ShareScope = {};
let notebooks: NotebookTracker | null = null;

async function widgetClass(): Promise<LuminoWidgetClass> {
  const { Widget } = (await sharedModule(scope, "@lumino/widgets")) as { Widget: LuminoWidgetClass };
  return Widget;
}

async function mimeExtension(): Promise<unknown> {
  const Renderer = rendererClass(await widgetClass(), () => notebooks);
  return {
    id: "algorave:renderer",
    description: "Draws and plays layers in cell outputs, alone or of a session.",
    rendererFactory: {
      safe: true,
      mimeTypes: [MIME],
      defaultRank: RANK,
      createRenderer: () => new Renderer(),
    },
    rank: RANK,
    dataType: "json",
  };
}

async function watcher(): Promise<unknown> {
  const notebook = (await sharedModule(scope, "@jupyterlab/notebook")) as {
    INotebookTracker: unknown;
    NotebookActions: NotebookActions;
  };
  return {
    id: "algorave:watcher",
    description: "Ends the sound of layers whose kernel, cell or notebook is gone.",
    autoStart: true,
    requires: [notebook.INotebookTracker],
    activate: (_: unknown, tracker: NotebookTracker) => {
      notebooks = tracker;
      watchNotebooks(tracker, notebook.NotebookActions, () => appNow()?.pageEngineNow() ?? null);
    },
  };
}

async function sessionsPanel(): Promise<unknown> {
  const [Widget, application] = await Promise.all([
    widgetClass(),
    sharedModule(scope, "@jupyterlab/application") as Promise<{ ILayoutRestorer: unknown }>,
  ]);
  const icon = await sessionsIcon(scope);
  return {
    id: "algorave:sessions",
    description: "Lists the live sessions of this server at the left side.",
    autoStart: true,
    optional: [application.ILayoutRestorer],
    activate: (app: JupyterFrontEnd, restorer: { add(widget: unknown, name: string): void } | null) => {
      const panel = addSessionsPanel(app.shell, Widget, icon);
      restorer?.add(panel, panel.id);
    },
  };
}

async function files(): Promise<unknown> {
  const editors = (await sharedModule(scope, "@jupyterlab/codemirror")) as {
    IEditorLanguageRegistry: unknown;
  };
  const icon = await sessionsIcon(scope);
  return {
    id: "algorave:files",
    description: "Opens .strudel files as the JavaScript that they are.",
    autoStart: true,
    optional: [editors.IEditorLanguageRegistry],
    activate: (app: JupyterFrontEnd, languages: EditorLanguages | null) => {
      knowStrudelFiles(app.docRegistry, languages, icon);
    },
  };
}

const MODULES: Record<string, () => Promise<unknown>> = {
  "./mimeExtension": mimeExtension,
  "./extension": () => Promise.all([watcher(), sessionsPanel(), files()]),
};

const page = globalThis as { _JUPYTERLAB?: Record<string, unknown> };
page._JUPYTERLAB ??= {};
page._JUPYTERLAB["algorave"] = {
  init: (shared: ShareScope) => {
    scope = shared;
  },
  get: async (name: string) => {
    const made = await MODULES[name]?.();
    if (!made) throw new Error(`algorave has no module ${name}`);
    const module = { default: made, __esModule: true };
    return () => module;
  },
};
