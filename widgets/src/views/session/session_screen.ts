// What a page shows of a session it joined: joining, waiting at the door, the session, or why it is over.

import type { LiveSession } from "../../page/live_session.js";
import type { HostApi } from "../../session/api.js";
import { CONNECTING } from "../../session/closing.js";
import { card } from "./cards.js";
import { openDialog } from "./dialog.js";
import type { EditorHelp } from "./layer_shelf.js";
import { titlePage } from "./page_frame.js";
import { SessionPage } from "./session_page.js";
import { unsavedWords } from "./unsaved_words.js";

/** What the screen's surroundings give it. */
export interface ScreenOptions {
  api: HostApi | null;
  /** Gives a link that brings an agent into the session. */
  agentLink: (session: LiveSession) => Promise<string>;
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
  let shown = "";
  let page: SessionPage | null = null;
  const show = () => {
    const next = screenOf(session);
    titlePage(session.state.title);
    // Offline for a moment, a page keeps what it has; a card says what it waits for.
    const asked = next === "session" ? next : `${next} ${session.where.trouble}`;
    if (asked === shown) return;
    shown = asked;
    page?.dispose();
    page = null;
    frame.replaceChildren();
    if (next === "session") page = new SessionPage(frame, session, { ...options, help });
    else frame.append(cardOf(next, session, options));
  };
  const ends = [session.changed.on(show), session.rebound.on((texts) => offerLost(frame, session, texts))];
  show();
  return () => {
    for (const end of ends) end();
    page?.dispose();
  };
}

/** Words in a layer that is gone have no player to be offered in. */
function offerLost(frame: HTMLElement, session: LiveSession, texts: ReadonlyMap<string, string>): void {
  const there = new Set(session.state.layers.map(({ id }) => id));
  const words = unsavedWords(session, new Map([...texts].filter(([id]) => !there.has(id))));
  if (words.length > 0) openDialog(frame, "The layer was removed").body.append(...words);
}

/** Why it takes long, when something is in the way. */
function troubleWords({ trouble }: LiveSession["where"]): string[] {
  return trouble === null || trouble === CONNECTING ? [] : [trouble];
}

function cardOf(shown: Exclude<Shown, "session">, session: LiveSession, options: ScreenOptions): HTMLElement {
  const { state, where } = session;
  const leave = { label: options.leaveWords, run: options.onLeave };
  const trouble = troubleWords(where);
  if (shown === "waiting")
    return card({
      title: state.title,
      words: ["The host will let you in.", "Keep this page open: it goes on by itself.", ...trouble],
      waiting: true,
      actions: [leave],
    });
  if (shown === "joining")
    return card({
      title: "Joining the session",
      words: trouble.length > 0 ? trouble : ["One moment …"],
      waiting: true,
      actions: [leave],
    });
  return card({
    title: state.title || "The session",
    words: [where.trouble ?? "You are not in this session any more."],
    urgent: true,
    more: unsavedWords(session, session.client.replica.unsavedTexts()),
    actions: [{ label: options.overWords, primary: true, run: options.onOver }],
  });
}
