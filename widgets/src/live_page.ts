// What a page needs once it is in a session: the engine, the session, and what shows it. Loaded when it is needed.

import { lazyReference } from "./editor/reference.js";
import { pageEngine } from "./page/engine.js";
import { joinSession } from "./page/live_session.js";
import { completionNames, makeStage } from "./surroundings.js";
import type { OpenedSession } from "./views/session/guest_app.js";
import { sessionScreen } from "./views/session/session_screen.js";

const here = (path: string) => new URL(path, import.meta.url).href;
const SERVED = { stageUrl: here("../stage"), xenUrl: here("xen.js") };

const help = {
  names: completionNames,
  reference: lazyReference(async () => {
    const response = await fetch(here("reference.json"));
    if (!response.ok) throw new Error(`the reference answered ${response.status}`);
    return response.text();
  }),
};

/** Joins a session. `localSamplesUrl` is for those who may read the server's samples; null for guests. */
export function openSession(
  id: string,
  url: string,
  who: string,
  localSamplesUrl: string | null,
): OpenedSession {
  const assets = localSamplesUrl === null ? SERVED : { ...SERVED, localSamplesUrl };
  const session = joinSession({ id, url, who, engine: pageEngine(() => makeStage(assets)) });
  return { session, show: (frame, options) => sessionScreen(frame, session, help, options) };
}
