// The renderer of our outputs, in JupyterLab's way.

import { loadApp } from "./app.js";
import type { CellTracker } from "./cell.js";
import type { LuminoWidgetClass } from "./lumino.js";
import { Output } from "./output.js";

/** The MIME type of our outputs. */
export const MIME = "application/vnd.algorave.session+json";

interface MimeModel {
  data: Record<string, unknown>;
}

/** The class of renderers. `notebooks` gives the page's notebooks, once JupyterLab has them. */
export function rendererClass(Widget: LuminoWidgetClass, notebooks: () => CellTracker | null) {
  return class LayerRenderer extends Widget {
    #data: unknown = null;
    #drawn: unknown = null;
    #output = new Output(this.node, notebooks);

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
      this.#output.dispose();
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
        if (this.#data === data) await this.#output.show(module, data);
      } catch (error) {
        this.#output.say(
          `The player could not be loaded (${String(error)}). Run "algorave doctor" to see what is missing.`,
        );
      }
    }
  };
}
