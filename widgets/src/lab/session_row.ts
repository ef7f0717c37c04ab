// One session in the side panel: its title, who is there, and what one can do about it.

import type { HostApi, InvitedRole, PersonInfo, SessionInfo } from "../session/api.js";
import { element, setText } from "../views/dom.js";

const ROLES = { host: "host", co_author: "co-author", viewer: "listener" } as const;
const INVITES: [InvitedRole, string][] = [
  ["co_author", "play along"],
  ["viewer", "listen"],
];
const DAY_S = 86_400;
const MOST_NAMES = 8;
const COLOUR = /^#[0-9a-f]{6}$/;

/** A row; it asks who is there each time it is updated, which only hosts are told. */
export class SessionRow {
  readonly element: HTMLLIElement;
  #session: SessionInfo;
  #title = element("span");
  #role = element("span", { class: "algorave-role" });
  #people = element("p", { class: "algorave-people" });
  #actions = element("div", { class: "algorave-actions" });
  #said = element("span", { class: "algorave-role", attributes: { role: "status" } });

  constructor(
    session: SessionInfo,
    readonly api: HostApi,
    open: (session: SessionInfo) => void,
  ) {
    this.#session = session;
    const title = element("button", { class: "algorave-title", type: "button", title: "Open in a tab" });
    title.append(this.#title, this.#role);
    title.addEventListener("click", () => open(this.#session));
    this.element = element("li", { children: [title, this.#people, this.#actions, this.#said] });
    if (session.role === "host") this.#offerInvites();
  }

  update(session: SessionInfo): void {
    this.#session = session;
    setText(this.#title, session.title);
    setText(this.#role, ROLES[session.role]);
    if (session.role === "host") void this.#ask();
    else setText(this.#people, session.layers.map(({ name }) => name).join(", "));
  }

  async #ask(): Promise<void> {
    const people = await this.api.people(this.#session.id).catch(() => null);
    if (people === null) return;
    const here = people.filter(({ connections }) => connections > 0);
    const names = here.slice(0, MOST_NAMES).map(nameOf);
    const more =
      here.length > MOST_NAMES ? [element("span", { text: `and ${here.length - MOST_NAMES} more` })] : [];
    this.#people.replaceChildren(...(here.length === 0 ? ["nobody is here"] : [...names, ...more]));
  }

  #offerInvites(): void {
    this.#actions.append(element("span", { text: "Copy link to" }));
    for (const [role, text] of INVITES) {
      const attributes = { "aria-label": `Copy link to ${text}` };
      const button = element("button", { type: "button", text, attributes });
      button.addEventListener("click", () => void this.#invite(role));
      this.#actions.append(button);
    }
  }

  async #invite(role: InvitedRole): Promise<void> {
    try {
      const terms = { role, expires_in_s: DAY_S, max_uses: 100 };
      const { link } = await this.api.invite(this.#session.id, terms);
      await this.#copy(link);
    } catch (error) {
      setText(this.#said, (error as Error).message);
    }
  }

  /** Where the page may not copy, the link is shown, marked, to be copied by hand. */
  async #copy(link: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(link);
      setText(this.#said, "Copied. It is good for a day and 100 people.");
    } catch {
      const shown = element("input", {
        class: "algorave-link",
        attributes: { readonly: "", "aria-label": "Link" },
      });
      shown.value = link;
      this.#said.replaceChildren("Copy this link; it is good for a day and 100 people.", shown);
      shown.select();
    }
  }
}

function nameOf({ name, colour }: PersonInfo): HTMLElement {
  const dot = element("i", { attributes: { "aria-hidden": "true" } });
  if (COLOUR.test(colour)) dot.style.background = colour;
  return element("span", { children: [dot, document.createTextNode(name)] });
}
