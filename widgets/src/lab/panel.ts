// The side panel "Live sessions": what sessions this server has for one, who is in them, and the ways in.

import { HostApi, type SessionInfo } from "../session/api.js";
import { element, setText } from "../views/dom.js";
import { algoraveBase } from "./app.js";
import type { LabIcon } from "./icon.js";
import type { LabShell, LuminoWidget, LuminoWidgetClass } from "./lumino.js";
import { SessionRow } from "./session_row.js";
import { styleLab } from "./styles.js";
import { openSessionTab } from "./tab.js";

const RANK = 350; // below JupyterLab's own panels
const REFRESH_MS = 10_000;
const NONE_YET =
  "No session yet. Press + to start one, or run %algorave open NAME in a notebook. " +
  "Whoever you give a link plays or listens along, without Jupyter.";

/** Adds the panel at the left side. It asks the server only while it is seen. */
export function addSessionsPanel(shell: LabShell, Widget: LuminoWidgetClass, icon: LabIcon): LuminoWidget {
  styleLab();
  class SessionsPanel extends Widget {
    #list = new SessionList(openSessionTab);
    #timer: ReturnType<typeof setInterval> | undefined;

    constructor() {
      super();
      this.id = "algorave-sessions";
      this.title.icon = icon;
      this.title.caption = "Live sessions";
      this.addClass("algorave-panel");
      this.node.append(this.#list.element);
      this.node.setAttribute("role", "region");
      this.node.setAttribute("aria-label", "Live sessions");
    }

    onAfterShow(): void {
      clearInterval(this.#timer);
      this.#timer = setInterval(() => void this.#list.refresh(), REFRESH_MS);
      void this.#list.refresh();
    }

    onAfterHide(): void {
      clearInterval(this.#timer);
    }
  }
  const panel = new SessionsPanel();
  shell.add(panel, "left", { rank: RANK });
  return panel;
}

/** The panel's content. */
class SessionList {
  readonly element: HTMLElement;
  #api = new HostApi(algoraveBase());
  #said = element("p", { class: "algorave-said", attributes: { role: "status" } });
  #rows = element("ul", { class: "algorave-sessions" });
  #known = new Map<string, SessionRow>();
  #form: HTMLFormElement;
  #name: HTMLInputElement;

  constructor(readonly open: (session: SessionInfo) => void) {
    this.#name = element("input", { type: "text", attributes: { "aria-label": "Title", maxlength: "120" } });
    this.#name.placeholder = "Title, such as Friday jam";
    const create = element("button", { class: "algorave-strong", type: "submit", text: "Start" });
    this.#form = element("form", { class: "algorave-new", children: [this.#name, create] });
    this.#form.hidden = true;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#create();
    });
    const more = this.#button("+", "Start a session", () => this.#toggleForm());
    const again = this.#button("↻", "Look again", () => void this.refresh());
    const head = element("header", { children: [element("h2", { text: "Live sessions" }), more, again] });
    this.element = element("div", { children: [head, this.#form, this.#said, this.#rows] });
  }

  /** Asks the server what there is. */
  async refresh(): Promise<void> {
    try {
      const open = (await this.#api.sessions()).filter(({ state }) => state === "open");
      this.#show(open);
      setText(this.#said, open.length === 0 ? NONE_YET : "");
    } catch (error) {
      setText(this.#said, (error as Error).message);
    }
  }

  #show(sessions: SessionInfo[]): void {
    const rows = sessions.map((session) => {
      const row = this.#known.get(session.id) ?? new SessionRow(session, this.#api, this.open);
      row.update(session);
      return [session.id, row] as const;
    });
    this.#known = new Map(rows);
    const wanted = rows.map(([, row]) => row.element);
    // A row that is in its place is not touched: it may have the focus.
    if (
      wanted.some((each, at) => this.#rows.children[at] !== each) ||
      this.#rows.childElementCount !== wanted.length
    )
      this.#rows.replaceChildren(...wanted);
  }

  async #create(): Promise<void> {
    const title = this.#name.value.trim();
    if (title === "") return;
    try {
      const made = await this.#api.create(title);
      this.#name.value = "";
      this.#form.hidden = true;
      await this.refresh();
      this.open(made);
    } catch (error) {
      setText(this.#said, (error as Error).message);
    }
  }

  #toggleForm(): void {
    this.#form.hidden = !this.#form.hidden;
    if (!this.#form.hidden) this.#name.focus();
  }

  #button(text: string, title: string, run: () => void): HTMLButtonElement {
    const button = element("button", { type: "button", text, title, attributes: { "aria-label": title } });
    button.addEventListener("click", run);
    return button;
  }
}
