// The one way in: draws a layer and lets it be played.

import type { Names } from "./editor/completion.js";
import { lazyReference } from "./editor/reference.js";
import type { Problem } from "./engine/problem.js";
import { type PageEngine, pageEngine, pageEngineNow, type StagePort } from "./page/engine.js";
import type { LiveSession } from "./page/live_session.js";
import { Player } from "./views/player.js";
import type { CellPort } from "./views/shared_player.js";

export type { CellPort };

/** Where the parts that are loaded later come from: by URL from a server, or as texts where there is none. */
export interface Assets {
  stageUrl?: string;
  stageHtml?: string;
  xenUrl?: string;
  xenText?: string;
  referenceUrl?: string;
  referenceText?: string;
  localSamplesUrl?: string;
}

/** A place in a session; `layer` is a layer's id, or null for the session as a whole. */
export interface SessionPlace {
  id: string;
  layer: string | null;
  /** The WebSocket's address. */
  url: string;
  /** One's participant id. */
  who: string;
}

/** What `mount` takes. */
export interface MountOptions {
  /** The layer's name, as people see it. */
  layer: string;
  code: string;
  /** Tempo in cycles per second to start with; null or left out: what the page or the code says. */
  cps?: number | null;
  /** Play, or listen to the session, at once. Whether that is heard without a click is the browser's decision. */
  play?: boolean;
  problems?: Problem[];
  /** The notebook cell that shows the layer, where the host lets it be written to. */
  cell?: CellPort | null;
  /** The cell's text, when it and the live text could not be merged. */
  conflict?: { cell: string } | null;
  /** Layers of one scope are one page's or notebook's; the same name in two scopes is two layers. */
  scope?: string;
  assets?: Assets;
  onChange?: (code: string) => void;
}

/** What an editor helps with. */
export interface Help {
  reference: ReturnType<typeof lazyReference>;
  names: () => Names;
}

/** What the entries add: a stage made from assets, and the names for completion. */
export interface Surroundings {
  makeStage: (assets: Assets) => StagePort;
  names: () => Names;
}

/** Options with a place in a session. */
export type SharedOptions = MountOptions & { session: SessionPlace };

/** What a layer stands in on its page. */
export interface Ground {
  engine: PageEngine;
  help: Help;
}

/** A mounted layer. */
export interface Mounted {
  readonly engine: PageEngine;
  /** The session that it is part of; null when it plays alone. */
  readonly session: LiveSession | null;
  dispose(): void;
}

function referenceText(assets: Assets): Promise<string> {
  if (assets.referenceText !== undefined) return Promise.resolve(assets.referenceText);
  if (assets.referenceUrl === undefined) return Promise.reject(new Error("no reference"));
  return fetch(assets.referenceUrl).then((response) => {
    if (!response.ok) throw new Error(`the reference answered ${response.status}`);
    return response.text();
  });
}

const references = new Map<string, ReturnType<typeof lazyReference>>();

function referenceOf(assets: Assets): ReturnType<typeof lazyReference> {
  const key = assets.referenceUrl ?? "text";
  const known = references.get(key) ?? lazyReference(() => referenceText(assets));
  references.set(key, known);
  return known;
}

/** The page's engine, made when there is none yet, and what an editor helps with. */
export function groundOf(assets: Assets, { makeStage, names }: Surroundings): Ground {
  return { engine: pageEngine(() => makeStage(assets)), help: { reference: referenceOf(assets), names } };
}

function layerKey(name: string, scope = ""): string {
  return `${scope}/${name}`;
}

/** Silences a layer that is no more, where it plays. */
export function endLayer(name: string, scope?: string): void {
  pageEngineNow()?.end(layerKey(name, scope));
}

/** Draws the layer in `el`. The layer's sound ends a little after the last view of it is disposed. */
export function mountLayer(el: HTMLElement, options: MountOptions, around: Surroundings): Mounted {
  const { engine, help } = groundOf(options.assets ?? {}, around);
  const layer = engine.layer(layerKey(options.layer, options.scope), options.layer);
  const player = new Player(el, engine, layer, {
    // A cell's last line break would be an empty line on the screen.
    code: options.code.replace(/\n+$/, ""),
    cps: options.cps ?? null,
    problems: options.problems ?? [],
    ...help,
    onChange: options.onChange ?? null,
  });
  if (options.play) player.play();
  return { engine, session: null, dispose: () => player.dispose() };
}
