// What a page shows of a session it joined: joining, waiting at the door, the session, or why it is over.

import type { LiveSession } from "../../page/live_session.js";
import type { HostApi } from "../../session/api.js";
import { card } from "./cards.js";
import type { EditorHelp } from "./layer_shelf.js";
import { titlePage } from "./page_frame.js";
import { SessionPage } from "./session_page.js";

/** What the screen's surroundings give it. */
export interface ScreenOptions {
  api: HostApi | null;
  /** The way out, as a button in the bar. */
  onLeave: () => void;
  leaveWords: string;
  /** The way on when the session is over for this page, and what it is called. */
  onOver: () => void;
  overWords: string;
}

type Shown = "joining" | "waiting" | "session" | "over";

/** Which screen a session asks for. */
export function screenOf(session: Pick<LiveSession, "state" | "where">): Shown {
  const { state, where } = session;
  if (!where.isConnected && !where.comesBack) return "over";
  if (state.waiting) return "waiting";
  return state.you === null ? "joining" : "session";
}

/** Keeps `frame` showing what the session asks for, until what is returned is called. */
export function sessionScreen(
  frame: HTMLElement,
  session: LiveSession,
  help: EditorHelp,
  options: ScreenOptions,
): () => void {
  let shown: Shown | null = null;
  let page: SessionPage | null = null;
  const show = () => {
    const next = screenOf(session);
    titlePage(session.state.title);
    if (next === shown) return;
    // Offline for a moment, a page keeps what it has; words that could not be saved stay readable.
    shown = next;
    page?.dispose();
    page = null;
    frame.replaceChildren();
    if (next === "session") page = new SessionPage(frame, session, { ...options, help });
    else frame.append(cardOf(next, session, options));
  };
  const end = session.changed.on(show);
  show();
  return () => {
    end();
    page?.dispose();
  };
}

function cardOf(shown: Exclude<Shown, "session">, session: LiveSession, options: ScreenOptions): HTMLElement {
  const { state, where } = session;
  const leave = { label: options.leaveWords, run: options.onLeave };
  if (shown === "waiting")
    return card({
      title: state.title,
      words: ["The host will let you in.", "Keep this page open: it goes on by itself."],
      waiting: true,
      actions: [leave],
    });
  if (shown === "joining")
    return card({ title: "Joining the session", words: ["One moment …"], waiting: true, actions: [leave] });
  return card({
    title: state.title || "The session",
    words: [where.trouble ?? "You are not in this session any more."],
    urgent: true,
    actions: [{ label: options.overWords, primary: true, run: options.onOver }],
  });
}
