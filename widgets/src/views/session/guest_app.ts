// The guests' page: come in by an invite, come back by the cookie, choose among several sessions.

import type { LiveSession } from "../../page/live_session.js";
import { GuestApi, type GuestSession } from "../../session/api.js";
import { element } from "../dom.js";
import { avatar } from "./avatar.js";
import { card, centred } from "./cards.js";
import { confirmed, wordsOf } from "./dialog.js";
import { joinForm } from "./join_form.js";
import { setFragment, titlePage } from "./page_frame.js";
import { COLOURS } from "./person_colours.js";
import { rememberedFace, rememberFace } from "./remembered_face.js";
import type { ScreenOptions } from "./session_screen.js";
import { ROLE_WORDS, secretIn, sessionIn } from "./words.js";

/** Joins a session by its id, WebSocket and participant; loaded when it is needed. */
export type Join = (id: string, url: string, who: string) => Promise<OpenedSession>;

/** A session that is joined, with what shows it. */
export interface OpenedSession {
  session: LiveSession;
  show(frame: HTMLElement, options: ScreenOptions): () => void;
}

/** The page in `frame`; `join` opens a session. */
export class GuestApp {
  readonly #api: GuestApi;
  #close: (() => void) | null = null;
  /** What the address asked for last: what an earlier one still waits for is not shown any more. */
  #turn = 0;

  constructor(
    readonly frame: HTMLElement,
    base: string,
    readonly join: Join,
  ) {
    this.#api = new GuestApi(base);
  }

  /** Shows what the address and the cookie ask for; also after the address has changed. */
  async start(): Promise<void> {
    this.#leaveScreen();
    const turn = this.#turn;
    this.#show(card({ title: "algorave", words: ["One moment …"], waiting: true }));
    const secret = secretIn(location.hash);
    try {
      // Who was never here has no cookie, and asking would only be refused.
      const known = secret !== null && rememberedFace() === null ? [] : await this.#api.me();
      if (turn !== this.#turn) return;
      if (secret !== null) await this.#invite(secret, known);
      else this.#choose(known, sessionIn(location.hash));
    } catch (why) {
      if (turn === this.#turn) this.#broken(wordsOf(why));
    }
  }

  #choose(known: GuestSession[], wanted: string | null): void {
    const open = known.filter(({ state }) => state === "open");
    const session = open.find(({ id }) => id === wanted) ?? (open.length === 1 ? open[0] : undefined);
    if (session) void this.#enter(session.id, session.you.id);
    else if (open.length > 1) this.#show(this.#list(open));
    else this.#needInvite();
  }

  async #invite(secret: string, known: GuestSession[]): Promise<void> {
    const turn = this.#turn;
    const invitation = await this.#api.look(secret);
    if (turn !== this.#turn) return;
    if (invitation === null) return this.#badInvite(known);
    const { name, colour } = known[0]?.you ?? rememberedFace() ?? { name: "", colour: someColour() };
    titlePage(invitation.title);
    const join = async (chosen: string, painted: string) => {
      const joined = await this.#api.redeem(secret, chosen, painted);
      if (joined === null) return this.#badInvite(known);
      rememberFace(joined.you);
      await this.#enter(joined.session.id, joined.you.id);
    };
    this.#show(centred(joinForm({ invitation, name, colour, join })));
  }

  async #enter(id: string, who: string): Promise<void> {
    // The secret was used: it is not left for whoever looks at the address next.
    setFragment(`s=${id}`);
    this.#leaveScreen();
    const turn = this.#turn;
    this.#show(card({ title: "Joining the session", words: ["One moment …"], waiting: true }));
    const opened = await this.join(id, this.#api.socketUrl(id), who).catch(() => null);
    if (turn !== this.#turn) {
      opened?.session.release();
      return;
    }
    if (opened === null) {
      this.#broken("The rest of the page did not come. Check your connection and try again.");
      return;
    }
    const { session, show } = opened;
    const end = show(this.frame, {
      api: null,
      agentLink: () => this.#api.seat(id),
      onLeave: () => void this.#leave(),
      leaveWords: "Leave",
      onOver: () => void this.start(),
      overWords: "Start over",
    });
    this.#close = () => {
      end();
      session.leave();
    };
  }

  async #leave(): Promise<void> {
    const sure = await confirmed(this.frame, {
      title: "Leave?",
      text: "You are out in every tab and need an invite to come back. To come back without one, close the tab instead.",
      action: "Leave",
    });
    if (!sure) return;
    this.#leaveScreen();
    setFragment("");
    titlePage("");
    try {
      await this.#api.leave();
    } catch (why) {
      this.#broken(`You are not out yet. ${wordsOf(why)}`);
      return;
    }
    this.#show(
      card({ title: "You have left", words: ["Thank you for the music. Open your invite to come back."] }),
    );
  }

  #leaveScreen(): void {
    this.#turn += 1;
    this.#close?.();
    this.#close = null;
  }

  #show(content: HTMLElement): void {
    this.frame.replaceChildren(content);
  }

  #list(sessions: GuestSession[]): HTMLElement {
    const items = sessions.map(({ id, title, you }) => {
      const button = element("button", {
        class: "algs-choice-row",
        type: "button",
        children: [
          avatar(you),
          element("span", {
            class: "algs-row-words",
            children: [
              element("b", { text: title }),
              element("small", { text: `as ${you.name}, ${ROLE_WORDS[you.role]}` }),
            ],
          }),
        ],
      });
      button.addEventListener("click", () => void this.#enter(id, you.id));
      return element("li", { children: [button] });
    });
    const list = element("ul", { class: "algs-choice-list", children: items });
    return card({ title: "Your sessions", words: ["Which one?"], more: [list] });
  }

  #needInvite(): void {
    this.#show(
      card({
        title: "You need an invite",
        words: ["Ask the host for a link and open it, or paste it here."],
        more: [this.#pasteForm()],
      }),
    );
  }

  #pasteForm(): HTMLElement {
    const input = element("input", { class: "algs-input algs-large", type: "text" });
    input.setAttribute("aria-label", "Invite link");
    Object.assign(input, {
      required: true,
      placeholder: "https://…/algorave/guest/#i=…",
      autocomplete: "off",
    });
    const error = element("p", { class: "algs-error", attributes: { role: "alert" } });
    const button = element("button", {
      class: "algs-button algs-primary algs-large",
      type: "submit",
      text: "Go on",
    });
    const form = element("form", { class: "algs-stack", children: [input, error, button] });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const secret = secretIn(input.value);
      if (secret === null) {
        error.textContent = "That is no invite link: it has #i= and a long code in it.";
        return;
      }
      location.hash = `i=${secret}`;
    });
    return form;
  }

  #badInvite(known: GuestSession[]): void {
    setFragment("");
    const words = [
      "It may have ended, been used up or been taken back, or a part of it is missing.",
      "Ask the host for a new one.",
    ];
    const back = { label: "Back to your session", primary: true, run: () => void this.start() };
    this.#show(
      card({
        title: "This invite does not work",
        words,
        actions: known.length > 0 ? [back] : [],
        more: [this.#pasteForm()],
      }),
    );
  }

  #broken(words: string): void {
    const again = { label: "Try again", primary: true, run: () => void this.start() };
    this.#show(card({ title: "That did not work", words: [words], actions: [again] }));
  }
}

function someColour(): string {
  return COLOURS[Math.floor(Math.random() * COLOURS.length)]?.colour ?? COLOURS[0].colour;
}
