// A layer of a session, or the session itself, on a page that has a server.

import type { Ground, Mounted, SharedOptions } from "./mount.js";
import { joinSession } from "./page/live_session.js";
import { HostApi } from "./session/api.js";
import { agentCommand, agentLink } from "./views/session/agent_command.js";
import { sessionPanel } from "./views/session/session_panel.js";
import { SharedPlayer } from "./views/shared_player.js";

/** Draws it in `el`. The page leaves the session a little after the last view of it is disposed. */
export function mountShared(el: HTMLElement, options: SharedOptions, { engine, help }: Ground): Mounted {
  const { id, layer, url, who } = options.session;
  const session = joinSession({ id, url, who, engine, listen: options.play ?? false });
  const { cell = null, conflict = null } = options;
  const api = new HostApi(apiBase(url));
  const asks = { command: async () => agentCommand(await agentLink(api, session)) };
  const view =
    layer === null
      ? sessionPanel(el, session, { api, onLeave: null })
      : new SharedPlayer(el, session, layer, { ...help, cell, conflict, asks });
  const dispose = () => {
    view.dispose();
    session.release();
  };
  return { engine, session, dispose };
}

/** `https://host/base/algorave/` of `wss://host/base/algorave/ws/<session>`. */
function apiBase(socketUrl: string): string {
  const url = new URL("..", new URL(socketUrl, location.href));
  url.protocol = url.protocol.replace("ws", "http");
  return url.href;
}
