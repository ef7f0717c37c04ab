// The chat: what was said, by whom, and a line to say something.

import type { LiveSession } from "../../page/live_session.js";
import { Signal } from "../../page/signal.js";
import type { Said } from "../../protocol.js";
import { element, setText } from "../dom.js";
import { avatar, paint } from "./avatar.js";
import { wordsOf } from "./dialog.js";
import { symbol } from "./symbols.js";
import { timeOfDay } from "./words.js";

const MAX_LENGTH = 2_000;
/** Lines of one person that come this soon after another stand together. */
const TOGETHER_MS = 180_000;
/** As near to the end as this counts as at the end, in pixels. */
const NEAR_END_PX = 40;

/** Whether a line stands under the name of the line before. */
export function isTogether(before: Said | undefined, line: Said): boolean {
  return (
    before !== undefined &&
    before.by === line.by &&
    before.name === line.name &&
    line.server_ms - before.server_ms < TOGETHER_MS
  );
}

/** How many lines came after `seen` that others said. */
export function unreadIn(chat: readonly Said[], seen: number, you: string | null): number {
  return chat.filter((line) => line.line > seen && line.by !== you).length;
}

/** The chat of a session. */
export class Chat {
  readonly element: HTMLElement;
  /** How many lines of others came since the chat was last on the screen, when that has changed. */
  readonly unreadChanged = new Signal<number>();
  #log = element("div", {
    class: "algs-log",
    attributes: { role: "log", "aria-label": "Chat", "aria-live": "polite", tabindex: "0" },
  });
  #input = element("textarea", {
    class: "algs-input",
    attributes: { rows: "1", "aria-label": "Say something" },
  });
  #send = element("button", { class: "algs-icon-button algs-send", type: "submit", title: "Send (Enter)" });
  #note = element("p", { class: "algs-note", attributes: { role: "status" } });
  #lines = new Map<number, HTMLElement>();
  #shown: readonly Said[] = [];
  #host = false;
  #seen: number | null = null;
  #unread = 0;
  #isVisible = false;
  #isSaying = false;
  #ends: (() => void)[];

  constructor(readonly session: LiveSession) {
    this.#send.append(symbol("send"));
    this.#send.setAttribute("aria-label", "Send");
    this.#input.maxLength = MAX_LENGTH;
    const form = element("form", { class: "algs-say", children: [this.#input, this.#send] });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say();
    });
    this.#input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#say();
    });
    this.#input.addEventListener("input", () => this.#fit());
    this.element = element("section", {
      class: "algs-chat",
      attributes: { "aria-label": "Chat" },
      children: [
        element("header", { children: [element("h2", { text: "Chat" })] }),
        this.#log,
        this.#note,
        form,
      ],
    });
    this.#ends = [session.changed.on(() => this.update())];
    this.update();
  }

  get unread(): number {
    return this.#unread;
  }

  dispose(): void {
    for (const end of this.#ends) end();
  }

  /** Says whether people can see the chat now: what they see is read. */
  setVisible(visible: boolean): void {
    this.#isVisible = visible;
    if (visible) this.#log.scrollTop = this.#log.scrollHeight;
    this.#count();
  }

  focus(): void {
    this.#input.focus();
  }

  update(): void {
    const { state } = this.session;
    const mayChat = this.session.may("chat") && state.mayChat && state.you !== null;
    this.#input.disabled = !mayChat;
    this.#send.disabled = !mayChat || this.#isSaying;
    this.#input.placeholder =
      state.mayChat || state.you === null ? "Say something …" : "A host turned your chat off";
    const isHost = this.session.may("members");
    if (state.chat !== this.#shown || isHost !== this.#host) {
      this.#host = isHost;
      this.#show(state.chat);
    }
    this.#count();
  }

  #show(chat: readonly Said[]): void {
    const atEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR_END_PX;
    const there = new Set(chat.map(({ line }) => line));
    for (const [line, item] of this.#lines) {
      if (there.has(line)) continue;
      item.remove();
      this.#lines.delete(line);
    }
    for (const [at, said] of chat.entries()) {
      const item = this.#lines.get(said.line) ?? this.#line(said);
      item.classList.toggle("algs-together", isTogether(chat[at - 1], said));
      item.toggleAttribute("data-mine", said.by === this.session.state.you);
      const undo = item.querySelector("button");
      if (undo) undo.hidden = !(this.#host || said.by === this.session.state.you);
      if (this.#lines.has(said.line)) continue;
      this.#lines.set(said.line, item);
      this.#log.append(item);
    }
    this.#shown = chat;
    this.#log.toggleAttribute("data-empty", chat.length === 0);
    if (atEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #line(said: Said): HTMLElement {
    const undo = element("button", {
      class: "algs-icon-button algs-unsay",
      type: "button",
      title: "Take back",
    });
    undo.setAttribute("aria-label", `Take back: ${said.text.slice(0, 60)}`);
    undo.append(symbol("close"));
    undo.addEventListener("click", () => this.#ask({ kind: "unsay", line: said.line }));
    const item = element("div", {
      class: "algs-line",
      children: [
        avatar({ name: said.name, colour: said.colour }),
        element("div", {
          children: [
            element("p", {
              class: "algs-line-head",
              children: [
                element("b", { class: "algs-ink", text: said.name }),
                element("time", { text: timeOfDay(said.server_ms) }),
              ],
            }),
            element("p", { class: "algs-line-text", text: said.text }),
          ],
        }),
        undo,
      ],
    });
    paint(item, said.colour);
    return item;
  }

  #say(): void {
    const text = this.#input.value.trim();
    if (text === "" || this.#send.disabled) return;
    this.#isSaying = true;
    this.update();
    this.#ask({ kind: "say", text }).then((done) => {
      this.#isSaying = false;
      if (done && this.#input.value.trim() === text) this.#input.value = "";
      this.#fit();
      this.update();
    });
  }

  async #ask(request: Parameters<LiveSession["client"]["ask"]>[0]): Promise<boolean> {
    setText(this.#note, "");
    try {
      await this.session.client.ask(request);
      return true;
    } catch (why) {
      setText(this.#note, wordsOf(why));
      return false;
    }
  }

  /** As high as its text, within what the style allows. */
  #fit(): void {
    this.#input.style.height = "auto";
    this.#input.style.height = `${this.#input.scrollHeight + 2}px`;
  }

  #count(): void {
    const { chat, you } = this.session.state;
    // What was said before this page came is not news.
    if (you !== null && (this.#isVisible || this.#seen === null))
      this.#seen = chat.at(-1)?.line ?? this.#seen ?? 0;
    const unread = unreadIn(chat, this.#seen ?? Number.POSITIVE_INFINITY, you);
    if (unread === this.#unread) return;
    this.#unread = unread;
    this.unreadChanged.emit(unread);
  }
}
