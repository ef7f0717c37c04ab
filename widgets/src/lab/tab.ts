// A session as a whole: the page that hosts have, in a browser tab of its own.

import type { SessionInfo } from "../session/api.js";
import { algoraveBase } from "./app.js";

/** Opens the session's page. */
export function openSessionTab(session: SessionInfo): void {
  window.open(`${algoraveBase()}#s=${session.id}`, `algorave-${session.id}`);
}
