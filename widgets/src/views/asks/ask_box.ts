// Where one asks the agent in words: what is wanted, of which layer; and who would answer, and who pays.

import type { LiveSession } from "../../page/live_session.js";
import type { ServingAgent } from "../../protocol.js";
import { sentence } from "../../session/sentence.js";
import { setChoices } from "../choices.js";
import { element, setText } from "../dom.js";
import { wordsOf } from "../session/dialog.js";
import { AiSwitches } from "./ai_switches.js";
import { serverWords } from "./proposal_words.js";

const MAX_LENGTH = 4_000;
/** As in the style: beyond it the box scrolls. */
const MOST_HEIGHT_PX = 160;
const WHOLE = "";
const OFF = "AI is off in this session. A host can turn it on.";
const NO_AGENT =
  "Nobody answers yet. The command “algorave agent LINK” brings an agent: with a key it is Claude, without one the house band.";

/** What the box's surroundings give it. */
export interface AskBoxOptions {
  /** The layer that is meant unless somebody says another; null for the whole piece. */
  layer: string | null;
  onClose: () => void;
  /** Gives the command that brings an agent into the session; null where one cannot make it. */
  command: (() => Promise<string>) | null;
  /** What was typed before and not asked. */
  words: string;
  /** Whether it closes once something was asked: where it would hide what comes of that. */
  closesAfter?: () => boolean;
}

/** Whether a key press asks for the box: Ctrl+Shift+A, which JupyterLab leaves free. */
export function opensAsks(event: KeyboardEvent): boolean {
  return (event.ctrlKey || event.metaKey) && event.shiftKey && !event.altKey && event.code === "KeyA";
}

/** The agents that somebody may ask: those for everybody and one's own. */
export function agentsFor(agents: readonly ServingAgent[], you: string | null): ServingAgent[] {
  return agents.filter(({ only_for }) => only_for === null || only_for === you);
}

/** The box. */
export class AskBox {
  readonly element: HTMLElement;
  #words = element("textarea", {
    class: "alg-asks-words",
    attributes: { rows: "1", "aria-label": "What should the agent change?" },
  });
  #layer = element("select", { class: "alg-asks-choice", attributes: { "aria-label": "Of which layer" } });
  #model = element("select", { class: "alg-asks-choice", attributes: { "aria-label": "Model" } });
  #send = element("button", { class: "alg-asks-send", type: "submit", text: "Ask" });
  #close = element("button", { class: "alg-asks-close", type: "button", title: "Close (Esc)" });
  #form: HTMLFormElement;
  #note = element("p", { class: "alg-asks-note" });
  #command = element("button", { class: "alg-asks-command", type: "button", text: "Copy the command" });
  #error = element("p", { class: "alg-asks-error", attributes: { role: "alert" } });
  #switches: AiSwitches;
  #isAsking = false;
  #ends: (() => void)[];

  constructor(
    readonly session: LiveSession,
    readonly options: AskBoxOptions,
  ) {
    this.#words.maxLength = MAX_LENGTH;
    this.#close.setAttribute("aria-label", "Close");
    this.#form = element("form", {
      class: "alg-asks-form",
      children: [this.#words, this.#layer, this.#model, this.#send],
    });
    this.#switches = new AiSwitches(session, (why) => this.#refuse(why));
    this.element = element("section", {
      class: "alg-asks",
      // JupyterLab takes no key that is pressed here for one of its own.
      attributes: { "aria-label": "Ask the agent", "data-lm-suppress-shortcuts": "true" },
      children: [
        this.#form,
        element("div", {
          class: "alg-asks-foot",
          children: [this.#note, this.#command, this.#switches.element],
        }),
        this.#error,
        this.#close,
      ],
    });
    this.#listen();
    this.#ends = [session.changed.on(() => this.update())];
    this.update();
    this.choose(options.layer);
    this.#words.value = options.words;
  }

  /** What is typed and not asked. */
  get words(): string {
    return this.#words.value;
  }

  dispose(): void {
    for (const end of this.#ends) end();
    this.element.remove();
  }

  focus(): void {
    if (this.#form.hidden) this.element.querySelector<HTMLElement>("input, button")?.focus();
    else this.#words.focus();
    this.#fit();
  }

  /** This layer is meant from now on; null: the whole piece. */
  choose(layer: string | null): void {
    this.#layer.value = layer ?? WHOLE;
    if (this.#layer.selectedIndex < 0) this.#layer.value = WHOLE;
  }

  update(): void {
    const { state } = this.session;
    const agents = agentsFor(state.agents, state.you);
    const isReady = state.ai && agents.length > 0;
    const isHost = this.session.may("session");
    this.#form.hidden = !isReady;
    this.#send.disabled = this.#isAsking;
    this.#words.placeholder = "make it darker, add hats, …";
    setText(this.#note, noteOf(state.ai, agents, state.aiReview, isHost));
    this.#command.hidden = isReady || !state.ai || this.options.command === null;
    offer(this.#layer, [[WHOLE, "whole piece"], ...state.layers.map(({ id, name }) => [id, name] as const)]);
    const models = [...new Set(agents.flatMap((agent) => agent.models))];
    offer(this.#model, [[WHOLE, "any model"], ...models.map((each) => [each, each] as const)]);
    this.#model.hidden = models.length < 2;
    this.#switches.update();
  }

  #listen(): void {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#ask();
    });
    this.#words.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      void this.#ask();
    });
    this.#words.addEventListener("input", () => this.#fit());
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.stopPropagation();
      this.options.onClose();
    });
    this.#close.addEventListener("click", () => this.options.onClose());
    this.#command.addEventListener("click", () => void this.#copyCommand());
  }

  async #ask(): Promise<void> {
    const words = this.#words.value.trim();
    if (words === "" || this.#isAsking) return;
    const layer = this.#layer.value;
    const request = {
      kind: "ask_agent",
      words,
      only: layer === WHOLE ? [] : [layer],
      model: this.#model.value === WHOLE ? null : this.#model.value,
      seed: 0,
    };
    await this.#try(async () => {
      await this.session.client.ask(request);
      if (this.#words.value.trim() === words) this.#words.value = "";
      this.#fit();
      if (this.options.closesAfter?.()) this.options.onClose();
    });
  }

  async #copyCommand(): Promise<void> {
    await this.#try(async () => {
      const command = await this.options.command?.();
      if (command === undefined) return;
      await navigator.clipboard.writeText(command);
      setText(this.#command, "Copied: run it in a terminal");
    });
  }

  async #try(work: () => Promise<void>): Promise<void> {
    this.#isAsking = true;
    setText(this.#error, "");
    this.update();
    try {
      await work();
    } catch (why) {
      this.#refuse(why);
    }
    this.#isAsking = false;
    this.update();
  }

  #refuse(why: unknown): void {
    setText(this.#error, sentence(wordsOf(why)));
  }

  #fit(): void {
    this.#words.style.height = "auto";
    this.#words.style.height = `${Math.min(this.#words.scrollHeight + 2, MOST_HEIGHT_PX)}px`;
  }
}

function noteOf(ai: boolean, agents: readonly ServingAgent[], isReviewed: boolean, isHost: boolean): string {
  if (!ai) return isHost ? "AI is off in this session, until a host turns it on." : OFF;
  if (agents.length === 0) return NO_AGENT;
  const review = isReviewed ? " You or a host accept a change before it is heard." : "";
  return `${agents.map(serverWords).join("; ")}.${review}`;
}

/** Makes these the choices, and leaves what is chosen as it is where it still can be. */
function offer(select: HTMLSelectElement, choices: readonly (readonly [string, string])[]): void {
  const { value } = select;
  setChoices(select, choices);
  select.value = choices.some(([id]) => id === value) ? value : WHOLE;
}
