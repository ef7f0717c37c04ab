// The app of the page, loaded once and only when something of ours is on it.

import type * as App from "../app.js";

const YJS_IS_HERE = "__ $YJS$ __";

let loading: Promise<typeof App> | null = null;
let loaded: typeof App | null = null;

/** Where this server's `…/algorave/` is, as JupyterLab's page says. */
export function algoraveBase(): string {
  const config = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}") as {
    baseUrl?: string;
  };
  return new URL(`${config.baseUrl ?? "/"}algorave/`, location.href).href;
}

async function fetchApp(): Promise<typeof App> {
  const base = `${algoraveBase()}static/`;
  const answer = await fetch(`${base}manifest.json`);
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const { app } = (await answer.json()) as { app: string };
  // Ours and JupyterLab's Yjs never meet but in bytes: ours need not complain that it is the second.
  (globalThis as { [YJS_IS_HERE]?: boolean })[YJS_IS_HERE] = false;
  loaded = (await import(base + app)) as typeof App;
  return loaded;
}

/** The app; it is fetched again after a failure. */
export function loadApp(): Promise<typeof App> {
  loading ??= fetchApp().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** The app when it is there already. */
export function appNow(): typeof App | null {
  return loaded;
}
