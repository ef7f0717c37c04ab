// The app as pages load it: `mount` with everything it needs by URL, beside this module.

import { type Assets, type Mounted, type MountOptions, mountLayer } from "./mount.js";
import { mountShared } from "./mount_shared.js";
import { pageEngineNow } from "./page/engine.js";
import { isFreshRun, readPayload } from "./payload.js";
import { completionNames, makeStage } from "./surroundings.js";
import { drawWidget, type SessionLink } from "./widget_view.js";

// `<base>algorave/static/app-….js`: the server serves the rest beside it.
const here = (path: string) => new URL(path, import.meta.url).href;
const SERVED: Assets = {
  stageUrl: here("../stage"),
  xenUrl: here("xen.js"),
  referenceUrl: here("reference.json"),
  localSamplesUrl: here("../samples/"),
};

/** Draws a layer in `el`. */
export function mount(el: HTMLElement, options: MountOptions): Mounted {
  const assets = { ...SERVED, ...options.assets };
  return mountLayer(el, { ...options, assets }, { makeStage, names: completionNames, mountShared });
}

/** Draws what a widget shows in `el`. */
export function mountWidget(el: HTMLElement, options: MountOptions & { session: SessionLink | null }) {
  return drawWidget(el, options, mount);
}

export { isFreshRun, pageEngineNow, readPayload };
