// The bar of a session: what it is, whether all is saved, who is here, and the ways out and in.

import type { LiveSession } from "../../page/live_session.js";
import type { HostApi } from "../../session/api.js";
import { savingOf } from "../../session/saving.js";
import { element, setText } from "../dom.js";
import { avatar } from "./avatar.js";
import { askForText } from "./dialog.js";
import { openInvites } from "./invites.js";
import { doingWords, inOrder, presenceOf } from "./roster.js";
import { type SymbolName, symbol } from "./symbols.js";
import { listeningWords, ROLE_WORDS } from "./words.js";

const MOST_FACES = 5;
/** So many are called by name for screen readers. */
const MOST_NAMES = 12;
const MAX_TITLE_LENGTH = 120;

/** What a bar's surroundings give it. */
export interface BarOptions {
  /** REST, for hosts; null where there is none, as for guests. */
  api: HostApi | null;
  /** Whether the bar heads a page of its own. */
  isPage: boolean;
  /** Leaves the session; null where the bar is no way out. */
  onLeave: (() => void) | null;
  /** What leaving is called. */
  leaveWords?: string;
  /** Shows or hides the people; null where they are always seen. */
  onPeople: (() => void) | null;
  /** Shows or hides the chat; null where it is always seen. */
  onChat: (() => void) | null;
}

/** A bar that is shown. */
export interface Bar {
  readonly element: HTMLElement;
  /** Asks for the ask box; who does that is up to the surroundings. */
  readonly ask: HTMLButtonElement;
  /** How many lines of chat are unread. */
  setUnread(count: number): void;
  dispose(): void;
}

/** A button with an icon and words that narrow screens leave out. */
export function iconButton(icon: SymbolName, words: string): HTMLButtonElement {
  const button = element("button", {
    class: "algs-bar-button",
    type: "button",
    children: [symbol(icon), element("span", { class: "algs-bar-words", text: words })],
  });
  button.setAttribute("aria-label", words);
  button.title = words;
  return button;
}

/** The bar of a session. */
export function sessionBar(session: LiveSession, options: BarOptions): Bar {
  const title = element("button", { class: "algs-title", type: "button" });
  const heading = element(options.isPage ? "h1" : "h2", { class: "algs-bar-title", children: [title] });
  const saved = element("span", { class: "algs-saved", attributes: { role: "status" } });
  const faces = element(options.onPeople ? "button" : "span", { class: "algs-faces" });
  const listening = element("span", { class: "algs-listening" });
  const waiting = element("button", { class: "algs-waiting", type: "button" });
  const door = element("span", { class: "algs-door", attributes: { role: "status" }, children: [waiting] });
  const ask = iconButton("ask", "Ask");
  ask.title = "Ask the agent to change the music (Ctrl+Shift+A)";
  const invite = iconButton("invite", "Invite");
  const chat = iconButton("chat", "Chat");
  const badge = element("span", { class: "algs-badge", attributes: { hidden: "" } });
  const leave = iconButton("leave", options.leaveWords ?? "Leave");
  chat.append(badge);
  const made = element("header", {
    class: "algs-bar",
    children: [
      heading,
      saved,
      element("span", { class: "algs-space" }),
      door,
      faces,
      listening,
      ask,
      options.api ? invite : null,
      devicesButton(session, options.api),
      options.onChat ? chat : null,
      options.onLeave ? leave : null,
    ],
  });
  const home = () => made.closest<HTMLElement>(".algs") ?? made;
  title.addEventListener("click", () => rename(session, home()));
  invite.addEventListener("click", () => options.api && openInvites(home(), session, options.api));
  chat.addEventListener("click", () => options.onChat?.());
  waiting.addEventListener("click", () => options.onPeople?.());
  faces.addEventListener("click", () => options.onPeople?.());
  leave.addEventListener("click", () => options.onLeave?.());
  const update = () => {
    const { state } = session;
    const mayRename = session.may("session");
    setText(title, state.title || "…");
    title.disabled = !mayRename;
    title.title = mayRename ? "Rename the session" : "";
    invite.hidden = !session.may("invite");
    listening.hidden = state.listening === 0;
    setText(listening, listeningWords(state.listening));
    const atDoor = waitingIn(session);
    waiting.hidden = atDoor === 0;
    setText(waiting, `${atDoor} at the door`);
    showFaces(faces, session);
    showSaved(saved, session);
  };
  const end = session.changed.on(update);
  update();
  return {
    element: made,
    ask,
    setUnread: (count) => {
      badge.hidden = count === 0;
      setText(badge, count > 99 ? "99+" : String(count));
      chat.setAttribute("aria-label", count === 0 ? "Chat" : `Chat, ${count} unread`);
    },
    dispose: end,
  };
}

/** The way to MIDI and OSC; null for who could use neither. What few use is loaded when it is asked for. */
function devicesButton(session: LiveSession, api: HostApi | null): HTMLButtonElement | null {
  if (api === null && !("requestMIDIAccess" in navigator)) return null;
  const button = iconButton("devices", "Devices");
  button.title = "Play your own synths and drum machines too";
  button.classList.add("algs-bar-devices");
  button.addEventListener("click", async () => {
    const { openDevices } = await import("./devices.js");
    openDevices(button.closest<HTMLElement>(".algs") ?? button, session, api);
  });
  return button;
}

/** How many wait to be let in, for those who can let them in. */
export function waitingIn(session: LiveSession): number {
  if (!session.may("members")) return 0;
  return session.state.participants.filter(({ waiting }) => waiting).length;
}

function rename(session: LiveSession, home: HTMLElement): void {
  askForText(home, {
    title: "Rename the session",
    label: "Title",
    value: session.state.title,
    action: "Rename",
    maxLength: MAX_TITLE_LENGTH,
    submit: (title) => session.client.ask({ kind: "rename", title }),
  });
}

function showSaved(target: HTMLElement, session: LiveSession): void {
  const { text, tone, more } = savingOf(session.where);
  target.dataset["tone"] = tone;
  target.title = more ?? "";
  // Who only listens has nothing to save.
  setText(target, tone === "ok" && !session.may("edit") ? "live" : text);
}

const shownFaces = new WeakMap<HTMLElement, string>();

/** The first few who are here; the others are a number. */
function showFaces(target: HTMLElement, session: LiveSession): void {
  const here = inOrder(session.people()).filter(
    ({ participant }) => participant.connections > 0 && !participant.waiting,
  );
  const key = JSON.stringify(here.map(({ participant, typing }) => [participant, typing]));
  if (shownFaces.get(target) === key) return;
  shownFaces.set(target, key);
  const shown = here.slice(0, MOST_FACES).map((person) => {
    const { participant } = person;
    const face = avatar(participant, presenceOf(participant));
    face.title = `${participant.name}, ${ROLE_WORDS[participant.role]}, ${doingWords(person, null)}`;
    face.toggleAttribute("data-typing", person.typing);
    return face;
  });
  const others = here.length - shown.length;
  // Drawn by the style, as initials are: the words of the button say it too.
  if (others > 0)
    shown.push(element("span", { class: "algs-more", attributes: { "data-more": `+${others}` } }));
  target.replaceChildren(...shown);
  const names = here.slice(0, MOST_NAMES).map(({ participant }) => participant.name);
  const more = here.length - names.length;
  const words = `${here.length} here: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  if (target instanceof HTMLButtonElement) {
    target.type = "button";
    target.setAttribute("aria-label", words);
  } else {
    target.setAttribute("role", "img");
    target.setAttribute("aria-label", words);
  }
}
