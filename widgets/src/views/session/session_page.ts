// A whole session on a page of its own: bar, layers, sound, people, chat. On phones one of them at a time.

import type { LiveSession } from "../../page/live_session.js";
import type { HostApi } from "../../session/api.js";
import { opensAsks } from "../asks/ask_box.js";
import { AskDrawer } from "../asks/ask_drawer.js";
import { element } from "../dom.js";
import { agentCommand } from "./agent_command.js";
import { openBans } from "./bans.js";
import { Chat } from "./chat.js";
import { confirmed } from "./dialog.js";
import { type EditorHelp, LayerShelf } from "./layer_shelf.js";
import { Roster } from "./roster.js";
import { type Bar, iconButton, sessionBar } from "./session_bar.js";
import { SoundBar } from "./sound_bar.js";

type Tab = "layers" | "people" | "chat";

/** As wide as this, everything is seen at once. */
const WIDE = "(min-width: 900px)";

/** What a page's surroundings give it. */
export interface PageOptions {
  api: HostApi | null;
  agentLink: (session: LiveSession) => Promise<string>;
  onLeave: () => void;
  leaveWords: string;
  help: EditorHelp;
}

/** The page of a session, put into `parent`, which is an `.algs`. */
export class SessionPage {
  readonly element: HTMLElement;
  #bar: Bar;
  #chat: Chat;
  #roster: Roster;
  #shelf: LayerShelf;
  #sound: SoundBar;
  #asks: AskDrawer;
  #side: HTMLElement;
  #tabs: Record<Tab, HTMLButtonElement>;
  #tab: Tab = "layers";
  #wide = matchMedia(WIDE);
  #ends: (() => void)[] = [];

  constructor(
    parent: HTMLElement,
    readonly session: LiveSession,
    readonly options: PageOptions,
  ) {
    this.#chat = new Chat(session);
    this.#roster = new Roster(session, options.api);
    this.#shelf = new LayerShelf(session, options.help);
    this.#sound = new SoundBar(session);
    this.#bar = sessionBar(session, {
      ...options,
      isPage: true,
      onPeople: () => this.#toggleSide("people"),
      onChat: () => this.#toggleSide("chat"),
    });
    this.#asks = new AskDrawer(session, this.#bar.ask, {
      layer: null,
      command: async () => agentCommand(await options.agentLink(session)),
      closesAfter: () => !this.#wide.matches,
    });
    this.#tabs = {
      layers: this.#tabButton("layers", "Layers"),
      people: this.#tabButton("people", "People"),
      chat: this.#tabButton("chat", "Chat"),
    };
    this.#side = element("section", {
      class: "algs-side",
      attributes: { "aria-label": "People and chat" },
      children: [this.#roster.element, this.#hostTools(), this.#chat.element],
    });
    this.element = element("div", {
      class: "algs-session",
      children: [
        this.#bar.element,
        element("main", {
          children: [
            element("div", {
              class: "algs-main",
              children: [this.#sound.element, this.#shelf.element, this.#asks.element],
            }),
            this.#side,
          ],
        }),
        element("nav", {
          class: "algs-tabs",
          attributes: { "aria-label": "Parts of the session" },
          children: Object.values(this.#tabs),
        }),
      ],
    });
    parent.append(this.element);
    this.#shelf.start();
    this.#listen();
    this.#show("layers");
  }

  dispose(): void {
    for (const end of this.#ends) end();
    for (const part of [this.#bar, this.#chat, this.#roster, this.#shelf, this.#sound, this.#asks])
      part.dispose();
    this.element.remove();
  }

  #listen(): void {
    const resized = () => this.#show(this.#tab);
    const pressed = (event: KeyboardEvent) => this.#pressed(event);
    // An editor keeps its keys to itself: this one is caught on the way in.
    document.addEventListener("keydown", pressed, { capture: true });
    this.#ends.push(() => document.removeEventListener("keydown", pressed, { capture: true }));
    this.#wide.addEventListener("change", resized);
    this.#ends.push(
      () => this.#wide.removeEventListener("change", resized),
      this.#chat.unreadChanged.on((count) => this.#showUnread(count)),
    );
  }

  /** Who presses the keys in a layer means that layer. */
  #pressed(event: KeyboardEvent): void {
    if (!opensAsks(event)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!this.#wide.matches) this.#show("layers");
    this.#asks.open(this.#shelf.layerAt(document.activeElement));
  }

  #tabButton(tab: Tab, words: string): HTMLButtonElement {
    const button = iconButton(tab, words);
    button.classList.add("algs-tab");
    if (tab === "chat") button.append(element("span", { class: "algs-badge", attributes: { hidden: "" } }));
    button.addEventListener("click", () => this.#show(tab));
    return button;
  }

  /** What hosts alone can do about the session as a whole. */
  #hostTools(): HTMLElement | null {
    const { api } = this.options;
    if (!api) return null;
    const home = () => this.element.closest<HTMLElement>(".algs") ?? this.element;
    const tool = (text: string, run: () => void) => {
      const button = element("button", { class: "algs-text-button", type: "button", text });
      button.addEventListener("click", run);
      return button;
    };
    const tools = element("div", {
      class: "algs-tools",
      children: [
        tool("Bans …", () => openBans(home(), this.session.id, api)),
        tool("End the session …", () => void this.#end(home())),
      ],
    });
    const update = () => {
      tools.hidden = !this.session.may("members");
    };
    update();
    this.#ends.push(this.session.changed.on(update));
    return tools;
  }

  async #end(home: HTMLElement): Promise<void> {
    const sure = await confirmed(home, {
      title: `End ${this.session.state.title}?`,
      text: "Everybody is out at once and nobody comes in any more. Its history stays.",
      action: "End",
      dangerous: true,
    });
    // The page tells by itself that it has ended; a refusal means that one is no host any more.
    if (sure) await this.session.client.ask({ kind: "end" }).catch(() => undefined);
  }

  /** On wide pages people and chat come and go beside the layers; on narrow ones they take their place. */
  #toggleSide(part: "people" | "chat"): void {
    if (!this.#wide.matches) {
      this.#show(part);
      return;
    }
    this.element.toggleAttribute("data-side-closed");
    const open = !this.element.hasAttribute("data-side-closed");
    this.#chat.setVisible(open);
    if (open && part === "chat") this.#chat.focus();
  }

  #show(tab: Tab): void {
    this.#tab = tab;
    this.element.dataset["tab"] = tab;
    for (const [name, button] of Object.entries(this.#tabs)) {
      if (name === tab) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    const sideOpen = this.#wide.matches && !this.element.hasAttribute("data-side-closed");
    this.#chat.setVisible(sideOpen || (!this.#wide.matches && tab === "chat"));
  }

  #showUnread(count: number): void {
    this.#bar.setUnread(count);
    const badge = this.#tabs.chat.querySelector<HTMLElement>(".algs-badge");
    if (!badge) return;
    badge.hidden = count === 0;
    badge.textContent = count > 99 ? "99+" : String(count);
    this.#tabs.chat.setAttribute("aria-label", count === 0 ? "Chat" : `Chat, ${count} unread`);
  }
}
