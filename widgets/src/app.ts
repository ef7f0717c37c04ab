// The app as pages load it: `mount` with everything it needs by URL, beside this module.

import {
  type Assets,
  endLayer,
  groundOf,
  type Mounted,
  type MountOptions,
  mountLayer,
  type SharedOptions,
} from "./mount.js";
import { pageEngineNow } from "./page/engine.js";
import { isFreshRun, readPayload } from "./payload.js";
import { completionNames, makeStage } from "./surroundings.js";
import { drawWidget, type WidgetOptions } from "./widget_view.js";

// `<base>algorave/static/app-….js`: the server serves the rest beside it.
const here = (path: string) => new URL(path, import.meta.url).href;
const SERVED: Assets = {
  stageUrl: here("../stage"),
  xenUrl: here("xen.js"),
  referenceUrl: here("reference.json"),
  localSamplesUrl: here("../samples/"),
};

const SURROUNDINGS = { makeStage, names: completionNames };

/** Draws a layer that plays alone in `el`. */
export function mount(el: HTMLElement, options: MountOptions): Mounted {
  const assets = { ...SERVED, ...options.assets };
  return mountLayer(el, { ...options, assets }, SURROUNDINGS);
}

/**
 * Loads what sessions need: who plays alone does not wait for it. Gives what draws a layer of a session, or the session,
 * in `el`; rejects when it cannot be loaded.
 */
export async function loadSessions(): Promise<(el: HTMLElement, options: SharedOptions) => Mounted> {
  const { mountShared } = await import("./mount_shared.js");
  return (el, options) => mountShared(el, options, groundOf({ ...SERVED, ...options.assets }, SURROUNDINGS));
}

/** Draws what a widget shows in `el`. */
export function mountWidget(el: HTMLElement, options: WidgetOptions) {
  return drawWidget(el, options, mount);
}

export { endLayer, isFreshRun, pageEngineNow, readPayload };
