// Who is here: a row for each, with what they do, and for hosts what can be done about it.

import type { LivePerson, LiveSession } from "../../page/live_session.js";
import type { Participant } from "../../protocol.js";
import type { HostApi } from "../../session/api.js";
import { agentDoing } from "../asks/agent_doing.js";
import { element, setText } from "../dom.js";
import { avatar, type Presence, paint } from "./avatar.js";
import { wordsOf } from "./dialog.js";
import { menuButton } from "./menu.js";
import { timingWords } from "./monitor_words.js";
import { personMenu } from "./person_menu.js";
import { symbol } from "./symbols.js";
import { listeningWords, ROLE_WORDS } from "./words.js";

/** What somebody is seen doing. */
export function presenceOf(person: Participant): Presence {
  if (person.connections === 0) return "away";
  return person.active ? "active" : "idle";
}

/** Of a crowd so many are shown until somebody wants to see all: who plays and who waits is among them. */
const MOST_ROWS = 40;

const ROLE_ORDER = { host: 0, co_author: 1, viewer: 2 } as const;

/** Who waits comes first, then who is here by role and name, then who is away. */
export function inOrder(people: readonly LivePerson[]): LivePerson[] {
  const rank = ({ participant }: LivePerson) =>
    (participant.waiting ? 0 : participant.connections > 0 ? 10 : 20) + ROLE_ORDER[participant.role];
  return [...people].sort(
    (a, b) => rank(a) - rank(b) || a.participant.name.localeCompare(b.participant.name),
  );
}

/** What somebody does, in words; `layer` is the name of the layer they are in. */
export function doingWords(person: LivePerson, layer: string | null): string {
  const { participant } = person;
  if (participant.waiting) return "wants to come in";
  const presence = presenceOf(participant);
  if (presence === "away") return "away";
  if (person.typing) return layer === null ? "typing" : `typing in ${layer}`;
  if (presence === "idle") return "idle";
  return layer === null ? ROLE_WORDS[participant.role] : `in ${layer}`;
}

class Row {
  readonly element: HTMLElement;
  #face = element("span", { class: "algs-row-face" });
  #name = element("span", { class: "algs-name" });
  #tags = element("span", { class: "algs-tags" });
  #doing = element("span", { class: "algs-doing" });
  #timing = element("span", { class: "algs-timing" });
  #buttons = element("span", { class: "algs-row-buttons" });
  #follow = element("button", { class: "algs-icon-button", type: "button" });
  #more = element("button", { class: "algs-icon-button", type: "button" });
  #drawn = "";
  #shape = "";
  person: LivePerson;

  constructor(
    readonly roster: Roster,
    person: LivePerson,
  ) {
    this.person = person;
    this.#follow.append(symbol("eye"));
    this.#more.append(symbol("more"));
    this.#follow.addEventListener("click", () => this.#toggleFollow());
    menuButton(this.#more, () => personMenu(this.roster.session, this.roster.api, this.person, this.element));
    this.element = element("li", {
      class: "algs-row",
      children: [
        this.#face,
        element("span", {
          class: "algs-row-words",
          children: [
            element("span", { class: "algs-row-name", children: [this.#name, this.#tags] }),
            element("span", { class: "algs-row-about", children: [this.#doing, this.#timing] }),
          ],
        }),
        this.#buttons,
      ],
    });
    this.update(person);
  }

  update(person: LivePerson): void {
    this.person = person;
    const { session } = this.roster;
    const { participant } = person;
    const agent = participant.kind === "agent" ? agentDoing(session.state, participant.id) : null;
    const key = JSON.stringify([person, session.following, session.state.role, agent]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const isYou = participant.id === session.state.you;
    this.#face.replaceChildren(avatar(participant, participant.waiting ? null : presenceOf(participant)));
    paint(this.element, participant.colour);
    this.element.dataset["presence"] = presenceOf(participant);
    this.element.toggleAttribute("data-typing", person.typing);
    setText(this.#name, participant.name);
    this.#tags.replaceChildren(...tags(participant, isYou));
    const doing = agent ?? doingWords(person, this.roster.layerName(person.cursorLayer));
    const role = ROLE_WORDS[participant.role];
    setText(this.#doing, doing === role || participant.waiting ? doing : `${role} · ${doing}`);
    this.#showTiming();
    this.#showButtons(isYou);
  }

  /** How well they keep time, by their own word. */
  #showTiming(): void {
    const { timing } = this.person.participant;
    this.#timing.hidden = timing === null;
    if (timing === null) return;
    const { short, more } = timingWords(timing);
    setText(this.#timing, short);
    this.#timing.title = more;
    this.#timing.toggleAttribute("data-late", !timing.keeps_time);
  }

  #showButtons(isYou: boolean): void {
    const { session } = this.roster;
    const { participant } = this.person;
    const isHost = session.may("members");
    const follows = session.following === participant.id;
    const canFollow = !isYou && participant.connections > 0 && participant.role !== "viewer";
    this.#follow.setAttribute("aria-pressed", String(follows));
    this.#follow.setAttribute("aria-label", `Follow ${participant.name}`);
    this.#follow.title = follows
      ? "Stop following"
      : `Follow ${participant.name}: go where they type, until you type yourself`;
    this.#more.setAttribute("aria-label", `${participant.name}: more`);
    this.#more.title = isYou ? "Change your name and colour, or your role" : "Role, chat, remove";
    const shape = participant.waiting && isHost ? "waiting" : `${canFollow}/${isHost || isYou}`;
    if (shape === this.#shape) return;
    this.#shape = shape;
    if (shape === "waiting") this.#buttons.replaceChildren(...this.#doorButtons());
    else
      this.#buttons.replaceChildren(
        ...[canFollow ? this.#follow : null, isHost || isYou ? this.#more : null].filter(
          (each) => each !== null,
        ),
      );
  }

  #doorButtons(): HTMLElement[] {
    const admit = element("button", { class: "algs-button algs-primary algs-small", type: "button" });
    admit.textContent = "Let in";
    admit.setAttribute("aria-label", `Let ${this.person.participant.name} in`);
    const refuse = element("button", { class: "algs-button algs-small", type: "button", text: "No" });
    refuse.setAttribute("aria-label", `Turn ${this.person.participant.name} down`);
    const { id } = this.person.participant;
    admit.addEventListener("click", () => this.roster.ask({ kind: "admit", participant: id }));
    refuse.addEventListener("click", () => this.roster.ask({ kind: "remove", participant: id, ban: false }));
    return [admit, refuse];
  }

  #toggleFollow(): void {
    const { session } = this.roster;
    const { id } = this.person.participant;
    session.follow(session.following === id ? null : id);
  }
}

function tags(participant: Participant, isYou: boolean): HTMLElement[] {
  const words = [
    isYou ? "you" : null,
    participant.kind === "agent" ? "agent" : null,
    participant.may_chat ? null : "chat off",
  ];
  return words.filter((word) => word !== null).map((text) => element("span", { class: "algs-tag", text }));
}

/** The list of people. `update` is called by itself when the session changes. */
export class Roster {
  readonly element: HTMLElement;
  #heading = element("h2", { text: "People" });
  #listening = element("span", { class: "algs-muted" });
  #list = element("ul", { class: "algs-rows", attributes: { "aria-label": "People in this session" } });
  #error = element("p", { class: "algs-error", attributes: { role: "alert" } });
  #all = element("button", { class: "algs-text-button", type: "button" });
  #showsAll = false;
  #rows = new Map<string, Row>();
  #ends: (() => void)[];

  constructor(
    readonly session: LiveSession,
    readonly api: HostApi | null,
  ) {
    this.element = element("section", {
      class: "algs-people",
      attributes: { "aria-label": "People" },
      children: [
        element("header", { children: [this.#heading, this.#listening] }),
        this.#list,
        this.#all,
        this.#error,
      ],
    });
    this.#all.addEventListener("click", () => {
      this.#showsAll = true;
      this.update();
    });
    this.#ends = [session.changed.on(() => this.update())];
    this.update();
  }

  dispose(): void {
    for (const end of this.#ends) end();
  }

  layerName(id: string | null): string | null {
    return this.session.state.layers.find((layer) => layer.id === id)?.name ?? null;
  }

  /** Asks the session for something; a refusal is shown below the list. */
  ask(request: Parameters<LiveSession["client"]["ask"]>[0]): void {
    this.#error.textContent = "";
    this.session.client.ask(request).catch((why: unknown) => {
      this.#error.textContent = wordsOf(why);
    });
  }

  update(): void {
    const people = inOrder(this.session.people());
    const present = people.filter(({ participant }) => participant.connections > 0 && !participant.waiting);
    const { listening } = this.session.state;
    const count = `${present.length} here`;
    setText(this.#listening, listening > 0 ? `${count} · ${listeningWords(listening)}` : count);
    const shown = this.#showsAll ? people : people.slice(0, MOST_ROWS);
    this.#all.hidden = shown.length === people.length;
    setText(this.#all, `Show ${people.length - shown.length} more`);
    const here = new Set(shown.map(({ participant }) => participant.id));
    for (const [id, row] of this.#rows) {
      if (here.has(id)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
    for (const [at, person] of shown.entries()) {
      const row = this.#rowOf(person);
      if (this.#list.children[at] !== row.element)
        this.#list.insertBefore(row.element, this.#list.children[at] ?? null);
    }
  }

  #rowOf(person: LivePerson): Row {
    const known = this.#rows.get(person.participant.id);
    if (known) {
      known.update(person);
      return known;
    }
    const row = new Row(this, person);
    this.#rows.set(person.participant.id, row);
    return row;
  }
}
