// The JupyterLab extension: a renderer for session outputs and a watcher of notebooks, as one federated module.

import type * as App from "./app.js";
import { type ShareScope, sharedModule } from "./lab_scope.js";
import { type NotebookActions, type NotebookTracker, scopeOf, watchNotebooks } from "./lab_watcher.js";

declare const ALGORAVE_APP: string;

const MIME = "application/vnd.algorave.session+json";
// Before the widget renderer (0): this output needs no kernel and no trust.
const RANK = -20;

interface LuminoWidget {
  node: HTMLElement;
  isAttached: boolean;
  addClass(name: string): void;
  dispose(): void;
}
type LuminoWidgetClass = new () => LuminoWidget;
interface MimeModel {
  data: Record<string, unknown>;
}

let scope: ShareScope = {};
let app: Promise<typeof App> | null = null;
let loaded: typeof App | null = null;

function loadApp(): Promise<typeof App> {
  const config = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}") as {
    baseUrl?: string;
  };
  const url = new URL(`${config.baseUrl ?? "/"}algorave/static/${ALGORAVE_APP}`, location.href);
  app ??= (import(url.href) as Promise<typeof App>).then(
    (module) => {
      loaded = module;
      return module;
    },
    (error: unknown) => {
      app = null;
      throw error;
    },
  );
  return app;
}

function rendererClass(Widget: LuminoWidgetClass) {
  return class LayerRenderer extends Widget {
    #data: unknown = null;
    #drawn: unknown = null;
    #view: { dispose(): void } | null = null;

    constructor() {
      super();
      this.addClass("algorave-output");
    }

    /** JupyterLab calls this with the output's data, before or after it puts the widget on the page. */
    async renderModel(model: MimeModel): Promise<void> {
      this.#data = model.data[MIME];
      await this.#draw();
    }

    onAfterAttach(): void {
      void this.#draw();
    }

    override dispose(): void {
      this.#view?.dispose();
      this.#view = null;
      this.#data = null;
      super.dispose();
    }

    async #draw(): Promise<void> {
      // The notebook it is in is known only when it is on the page.
      if (!this.isAttached || this.#data === null || this.#data === this.#drawn) return;
      const data = this.#data;
      this.#drawn = data;
      try {
        const module = await loadApp();
        if (this.#data === data) this.#mount(module, data);
      } catch (error) {
        this.#say(
          `The player could not be loaded (${String(error)}). Run "algorave doctor" to see what is missing.`,
        );
      }
    }

    #mount(module: typeof App, data: unknown): void {
      const payload = module.readPayload(data);
      if (!payload) {
        this.#say("This output is from a newer version of algorave: please update.");
        return;
      }
      const fresh = module.isFreshRun(payload, Date.now(), sessionStorage);
      if (payload.action === "hush") {
        if (fresh) module.pageEngineNow()?.hush();
        this.#say("hushed");
        return;
      }
      this.#view?.dispose();
      this.node.textContent = "";
      this.#view = module.mount(this.node, {
        layer: payload.layer,
        code: payload.code,
        cps: payload.cps,
        play: payload.play && fresh,
        problems: payload.problems,
        scope: scopeOf(this.node),
      });
    }

    #say(text: string): void {
      this.node.textContent = text;
    }
  };
}

async function mimeExtension(): Promise<unknown> {
  const { Widget } = (await sharedModule(scope, "@lumino/widgets")) as { Widget: LuminoWidgetClass };
  const Renderer = rendererClass(Widget);
  return {
    id: "algorave:renderer",
    description: "Draws and plays layers in cell outputs.",
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

async function extension(): Promise<unknown> {
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
      watchNotebooks(tracker, notebook.NotebookActions, () => loaded?.pageEngineNow() ?? null);
    },
  };
}

const MODULES: Record<string, () => Promise<unknown>> = {
  "./mimeExtension": mimeExtension,
  "./extension": extension,
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
