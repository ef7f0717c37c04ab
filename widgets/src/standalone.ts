// Everything in one script, for pages with no server: `algorave.mount(el, options)`.

import { type Assets, type Mounted, type MountOptions, mountLayer } from "./mount.js";
import { pageEngineNow } from "./page/engine.js";
import { isFreshRun, readPayload } from "./payload.js";
import { completionNames, makeStage } from "./surroundings.js";
import { drawWidget, type WidgetOptions } from "./widget_view.js";

// Texts that the build puts in.
declare const ALGORAVE_TEXTS: { stageHtml: string; xenText: string; referenceText: string };

function mount(el: HTMLElement, options: MountOptions): Mounted {
  const assets: Assets = { ...ALGORAVE_TEXTS, ...options.assets };
  return mountLayer(el, { ...options, assets }, { makeStage, names: completionNames });
}

function mountWidget(el: HTMLElement, options: WidgetOptions) {
  return drawWidget(el, options, mount);
}

Object.assign(globalThis, { algorave: { mount, mountWidget, isFreshRun, pageEngineNow, readPayload } });
