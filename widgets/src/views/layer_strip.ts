// What a session has to say about a layer, between its header and its code: one row for each thing, when there is one.

import type { Deaf } from "../page/conductor.js";
import type { LiveSession } from "../page/live_session.js";
import { savingOf } from "../session/saving.js";
import { element, setText } from "./dom.js";
import type { CellPort } from "./shared_player.js";

const DEAF: Record<Deaf, string> = {
  not_yet: "This session is playing.",
  hushed: "Hushed on this page only; the others still hear it.",
  elsewhere: "Another tab of this browser plays now.",
  other_session: "Another session is heard on this page now.",
  over: "This page is not in the session any more.",
};

interface Row {
  element: HTMLElement;
  words: HTMLElement;
}

function row(className: string, ...buttons: HTMLElement[]): Row {
  const words = element("span", { class: "alg-strip-words" });
  const made = element("div", { class: `alg-strip-row ${className}`, children: [words, ...buttons] });
  made.hidden = true;
  return { element: made, words };
}

function button(text: string, onClick: () => void): HTMLButtonElement {
  const made = element("button", { class: "alg-strip-button", type: "button", text });
  made.addEventListener("click", onClick);
  return made;
}

/** The rows. `update` after anything in session, text or cell changed. */
export class LayerStrip {
  readonly element: HTMLElement;
  readonly #session: LiveSession;
  readonly #layerId: string;
  readonly #cell: CellPort | null;
  #live = "";
  #isAsked = false;
  /** Words that the server did not take; null when there are none. */
  #lost: string | null = null;
  #listen: Row;
  #saving = row("alg-strip-saving");
  #words: Row;
  #writeBack: Row;
  #draft: Row;

  constructor(session: LiveSession, layerId: string, cell: CellPort | null) {
    this.#session = session;
    this.#layerId = layerId;
    this.#cell = cell;
    this.#listen = row(
      "alg-strip-listen",
      button("Listen", () => session.listen(true)),
    );
    const copy = button("Copy them", () => void this.#copy(copy));
    this.#words = row(
      "alg-strip-lost",
      copy,
      button("Dismiss", () => this.#forget()),
    );
    setText(this.#words.words, "Your last words here could not be saved.");
    this.#writeBack = row(
      "alg-strip-write",
      button("Write into the cell", () => this.#cell?.write(this.#live)),
    );
    setText(this.#writeBack.words, "The cell says something else.");
    this.#draft = row(
      "alg-strip-draft",
      button("Hear what the others hear", () => session.listenAhead(layerId, false)),
    );
    const rows = [this.#draft, this.#saving, this.#words, this.#listen, this.#writeBack];
    this.element = element("div", {
      class: "alg-strip",
      attributes: { role: "status", "aria-live": "polite" },
      children: rows.map((each) => each.element),
    });
  }

  /** Offers words for copying that are not in the text any more. */
  offer(words: string): void {
    this.#lost = words;
  }

  /** `isAsked`: another question about the cell is open. */
  update(live: string, isAsked: boolean): void {
    const session = this.#session;
    this.#live = live;
    this.#isAsked = isAsked;
    if (this.#lost === live) this.#lost = null;
    const hasArrived = session.client.replica.hasArrived;
    this.#words.element.hidden = this.#lost === null || !hasArrived;
    const isSilent = session.state.playing.has(this.#layerId) && !session.listening && !session.isOver;
    this.#listen.element.hidden = !isSilent;
    if (session.deaf !== null) setText(this.#listen.words, DEAF[session.deaf]);
    this.#writeBack.element.hidden = isAsked || !hasArrived || !this.#cell?.differsFrom(live);
    this.#showDraft();
    this.#showSaving();
  }

  dispose(): void {
    this.element.remove();
  }

  #showDraft(): void {
    const cue = this.#session.monitor.cue(this.#layerId);
    this.#draft.element.hidden = cue === null;
    if (cue === null) return;
    const isRefused = cue.problems.length > 0;
    const heard = cue.isHeard
      ? isRefused
        ? "Your text cannot be played as it stands: you hear your last good draft, and nobody else does."
        : "Only you hear this text. Ctrl+Enter plays it for everybody."
      : isRefused
        ? "Your text cannot be played as it stands: you hear what the others hear."
        : "Getting your draft ready …";
    setText(this.#draft.words, heard);
  }

  /** Only what keeps one from playing along is said here: that all is well the session's bar says. */
  #showSaving(): void {
    const saving = savingOf(this.#session.where);
    const { waiting } = this.#session.state;
    this.#saving.element.hidden = saving.tone !== "trouble" && !waiting;
    if (saving.tone !== "trouble") {
      setText(this.#saving.words, waiting ? "A host has to let you in first." : "");
      return;
    }
    const more = saving.more === null || saving.more === saving.text ? "" : ` · ${saving.more}`;
    setText(this.#saving.words, saving.text + more);
  }

  async #copy(pressed: HTMLButtonElement): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#lost ?? "");
      setText(pressed, "Copied");
    } catch {
      this.#showForCopying();
    }
  }

  /** A browser that does not let a page copy: the words are shown, selected. */
  #showForCopying(): void {
    const area = element("textarea", { class: "alg-strip-text", attributes: { readonly: "", rows: "3" } });
    area.setAttribute("aria-label", "Words that could not be saved");
    area.value = this.#lost ?? "";
    this.#words.element.append(area);
    area.select();
  }

  #forget(): void {
    this.#lost = null;
    this.#words.element.querySelector("textarea")?.remove();
    this.update(this.#live, this.#isAsked);
  }
}
