// A session without its layers, for a notebook: the bar, and below it people and chat when they are wanted.

import type { LiveSession } from "../../page/live_session.js";
import type { HostApi } from "../../session/api.js";
import { AskDrawer } from "../asks/ask_drawer.js";
import { ProposalList } from "../asks/proposal_list.js";
import { styleAsks } from "../asks/styles_asks.js";
import { element } from "../dom.js";
import { styleHome, styleRoot } from "../styles.js";
import { followTheme } from "../theme.js";
import { agentCommand, agentLink } from "./agent_command.js";
import { Chat } from "./chat.js";
import { keepKeys } from "./keys.js";
import { MonitorControl } from "./monitor_control.js";
import { Roster } from "./roster.js";
import { sessionBar } from "./session_bar.js";
import { styleSession } from "./styles_session.js";

/** What a panel's surroundings give it. */
export interface PanelOptions {
  api: HostApi | null;
  onLeave: (() => void) | null;
}

/** The panel, put into `parent`. */
export function sessionPanel(
  parent: HTMLElement,
  session: LiveSession,
  options: PanelOptions,
): { element: HTMLElement; dispose(): void } {
  const roster = new Roster(session, options.api);
  const chat = new Chat(session);
  const side = element("div", { class: "algs-side", children: [roster.element, chat.element] });
  const bar = sessionBar(session, {
    ...options,
    isPage: false,
    onPeople: () => show(side.hidden === true),
    onChat: () => {
      const opens = side.hidden === true;
      show(opens);
      if (opens) chat.focus();
    },
  });
  const show = (shown: boolean) => {
    side.hidden = !shown;
    chat.setVisible(shown);
  };
  const { api } = options;
  const asks = new AskDrawer(session, bar.ask, {
    layer: null,
    command: api && (async () => agentCommand(await agentLink(api, session))),
  });
  const proposals = new ProposalList(session, null);
  const monitor = new MonitorControl(session);
  const hearing = element("div", { class: "algs-hearing", children: [monitor.element, monitor.words] });
  const panel = element("section", {
    class: "algs algs-panel",
    attributes: { "aria-label": "Session" },
    children: [bar.element, hearing, proposals.element, asks.element, side],
  });
  const home = styleHome(parent);
  styleRoot(home);
  styleAsks(home);
  styleSession(home);
  parent.append(panel);
  keepKeys(panel);
  show(false);
  const ends = [
    chat.unreadChanged.on((count) => bar.setUnread(count)),
    followTheme(panel, () => undefined),
    () => bar.dispose(),
    () => asks.dispose(),
    () => proposals.dispose(),
    () => monitor.dispose(),
    () => roster.dispose(),
    () => chat.dispose(),
    () => panel.remove(),
  ];
  return {
    element: panel,
    dispose: () => {
      for (const end of ends) end();
    },
  };
}
