// The hosts' page: the sessions one may enter, and one of them when it is opened.

import type { LiveSession } from "../../page/live_session.js";
import { ApiError, HostApi, type SessionInfo } from "../../session/api.js";
import { element, setText } from "../dom.js";
import { agentLink } from "./agent_command.js";
import { card } from "./cards.js";
import { askForText, confirmed, openDialog, wordsOf } from "./dialog.js";
import type { Join } from "./guest_app.js";
import { madeLink } from "./invites.js";
import { menuButton } from "./menu.js";
import { titlePage } from "./page_frame.js";
import { symbol } from "./symbols.js";
import { agoWords, ROLE_WORDS, sessionIn } from "./words.js";

const MAX_TITLE_LENGTH = 120;
const TITLES = ["Friday jam", "Slow algorave", "Four on the floor", "Night shift", "Polymeter picnic"];

/** Open sessions first, then ended ones; the newest of each first. */
export function sortedSessions(sessions: readonly SessionInfo[]): SessionInfo[] {
  const rank = ({ state }: SessionInfo) => (state === "open" ? 0 : 1);
  return [...sessions].sort(
    (a, b) => rank(a) - rank(b) || Date.parse(b.created_at) - Date.parse(a.created_at),
  );
}

/** Goes to another part of the page, so that the browser's way back leads here. */
function goTo(fragment: string): void {
  location.hash = fragment;
}

/** The page in `frame`; `join` opens a session. */
export class HostApp {
  readonly #api: HostApi;
  #close: (() => void) | null = null;
  /** What the address asked for last: what an earlier one still waits for is not shown any more. */
  #turn = 0;
  #list = element("ul", { class: "algs-session-list" });
  #error = element("p", { class: "algs-error", attributes: { role: "alert" } });

  constructor(
    readonly frame: HTMLElement,
    base: string,
    readonly join: Join,
    /** Whether more browsers can be logged in by a link. */
    readonly givesLoginLinks: boolean,
  ) {
    this.#api = new HostApi(base);
  }

  /** Shows the session that the address names, or the list. */
  async start(): Promise<void> {
    this.#turn += 1;
    this.#close?.();
    this.#close = null;
    const wanted = sessionIn(location.hash);
    if (wanted === null) await this.#showList();
    else await this.#open(wanted);
  }

  async #open(id: string): Promise<void> {
    this.frame.replaceChildren(
      card({ title: "Opening the session", words: ["One moment …"], waiting: true }),
    );
    const turn = this.#turn;
    const back = () => goTo("");
    try {
      const info = await this.#entered(id);
      if (turn !== this.#turn) return;
      const { session, show } = await this.join(id, this.#api.socketUrl(id), info.you);
      if (turn !== this.#turn) {
        session.release();
        return;
      }
      const words = { leaveWords: "All sessions", overWords: "All sessions" };
      const api = this.#api;
      const brings = { api, agentLink: (live: LiveSession) => agentLink(api, live) };
      const end = show(this.frame, { ...brings, onLeave: back, onOver: back, ...words });
      this.#close = () => {
        end();
        session.leave();
      };
    } catch (why) {
      if (turn !== this.#turn) return;
      const actions = [{ label: "All sessions", primary: true, run: back }];
      this.frame.replaceChildren(card({ title: "That did not work", words: [wordsOf(why)], actions }));
    }
  }

  /** Who is logged in here may enter any session of this server by its id. */
  async #entered(id: string): Promise<SessionInfo> {
    try {
      return await this.#api.session(id);
    } catch (why) {
      if (why instanceof ApiError && why.status === 404) return this.#api.enter(id);
      throw why;
    }
  }

  async #showList(): Promise<void> {
    titlePage("");
    const head = element("header", {
      class: "algs-list-head",
      children: [
        element("h1", { text: "algorave" }),
        element("p", {
          class: "algs-lead",
          text: "Live code music together. Make a session, invite people, play.",
        }),
      ],
    });
    const main = element("main", {
      class: "algs-list-page",
      children: [
        head,
        this.#newForm(),
        this.#error,
        this.#list,
        this.givesLoginLinks ? this.#loginButton() : null,
      ],
    });
    this.frame.replaceChildren(main);
    await this.#load();
  }

  #newForm(): HTMLElement {
    const title = element("input", { class: "algs-input algs-large", type: "text" });
    Object.assign(title, { required: true, maxLength: MAX_TITLE_LENGTH });
    title.placeholder = TITLES[Math.floor(Math.random() * TITLES.length)] ?? "";
    title.setAttribute("aria-label", "Title of a new session");
    const button = element("button", { class: "algs-button algs-primary algs-large", type: "submit" });
    button.append(symbol("plus"), element("span", { text: "New session" }));
    const form = element("form", { class: "algs-new", children: [title, button] });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#try(async () => goTo(`s=${(await this.#api.create(title.value.trim())).id}`));
    });
    return form;
  }

  async #load(): Promise<void> {
    await this.#try(async () => {
      const sessions = sortedSessions(await this.#api.sessions());
      this.#list.replaceChildren(...sessions.map((session) => this.#row(session)));
      if (sessions.length === 0)
        this.#list.append(
          element("li", { class: "algs-empty", text: "No sessions yet: make the first one." }),
        );
    });
  }

  #row(session: SessionInfo): HTMLElement {
    const { title, state, role, layers, created_at } = session;
    const about = [
      ROLE_WORDS[role],
      agoWords(created_at, Date.now()),
      layers.map(({ name }) => name).join(", "),
    ];
    const open = element("button", {
      class: "algs-session-row",
      type: "button",
      children: [
        element("b", { text: title }),
        element("small", { text: about.filter((word) => word !== "").join(" · ") }),
      ],
    });
    open.disabled = state === "ended";
    open.addEventListener("click", () => goTo(`s=${session.id}`));
    const more = element("button", { class: "algs-icon-button", type: "button" });
    more.append(symbol("more"));
    more.setAttribute("aria-label", `${title}: more`);
    more.title = "Rename, end, delete";
    menuButton(more, () => this.#items(session));
    return element("li", {
      class: state === "ended" ? "algs-session-item algs-past" : "algs-session-item",
      children: [
        open,
        state === "ended" ? element("span", { class: "algs-tag", text: "ended" }) : null,
        role === "host" ? more : null,
      ],
    });
  }

  #items(session: SessionInfo) {
    const ended = session.state === "ended" ? "it has ended" : null;
    return [
      { label: "Rename …", unavailable: ended, run: () => this.#rename(session) },
      {
        label: "End …",
        hint: "for everybody; its history stays",
        unavailable: ended,
        run: () => void this.#end(session),
      },
      { label: "Delete …", hint: "with its history", dangerous: true, run: () => void this.#delete(session) },
    ];
  }

  #rename(session: SessionInfo): void {
    askForText(this.frame, {
      title: "Rename the session",
      label: "Title",
      value: session.title,
      action: "Rename",
      maxLength: MAX_TITLE_LENGTH,
      submit: async (title) => {
        await this.#api.change(session.id, { title });
        await this.#load();
      },
    });
  }

  async #end({ id, title }: SessionInfo): Promise<void> {
    const sure = await confirmed(this.frame, {
      title: `End ${title}?`,
      text: "Everybody is out at once and nobody comes in any more. Its history stays.",
      action: "End",
      dangerous: true,
    });
    if (!sure) return;
    await this.#try(async () => {
      await this.#api.change(id, { state: "ended" });
    });
    await this.#load();
  }

  async #delete({ id, title }: SessionInfo): Promise<void> {
    const sure = await confirmed(this.frame, {
      title: `Delete ${title}?`,
      text: "Everybody is out, and all layers, the chat and the history are gone for good.",
      action: "Delete",
      dangerous: true,
    });
    if (!sure) return;
    await this.#try(() => this.#api.remove(id));
    await this.#load();
  }

  #loginButton(): HTMLElement {
    const button = element("button", {
      class: "algs-text-button",
      type: "button",
      text: "Log in as host in another browser …",
    });
    button.addEventListener("click", () =>
      this.#try(async () => {
        const { link, expires_in_s } = await this.#api.loginLink();
        const dialog = openDialog(this.frame, "Log in another browser");
        const words = `It makes whoever opens it host of all sessions here. Good for ${expires_in_s / 60} minutes, once.`;
        dialog.body.append(element("p", { text: words }), ...madeLink(link));
      }),
    );
    return button;
  }

  async #try(work: () => Promise<unknown>): Promise<void> {
    setText(this.#error, "");
    try {
      await work();
    } catch (why) {
      setText(this.#error, wordsOf(why));
    }
  }
}
