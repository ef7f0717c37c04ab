// The place where the box opens and closes, and the focus goes back to where it was.

import type { LiveSession } from "../../page/live_session.js";
import { element } from "../dom.js";
import { AskBox, type AskBoxOptions } from "./ask_box.js";

/** An ask box that is there when it is wanted. */
export class AskDrawer {
  readonly element = element("div", { class: "alg-asks-drawer" });
  #box: AskBox | null = null;
  /** What was typed when it closed: a key pressed too soon costs nobody their words. */
  #words = "";
  #cameFrom: HTMLElement | null = null;
  #end: () => void;

  /** `button` opens and closes it, and is seen by those who may ask. */
  constructor(
    readonly session: LiveSession,
    readonly button: HTMLButtonElement,
    readonly options: Omit<AskBoxOptions, "onClose" | "words">,
  ) {
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => this.toggle());
    this.#end = session.changed.on(() => this.update());
    this.update();
  }

  dispose(): void {
    this.#end();
    this.#box?.dispose();
    this.element.remove();
  }

  update(): void {
    const may = this.session.may("ask");
    this.button.hidden = !may;
    if (!may && this.#box) this.close();
  }

  toggle(): void {
    if (this.#box) this.close();
    else this.open();
  }

  /** Opens it, or goes there; `layer` is the one that is meant. */
  open(layer: string | null = this.options.layer): void {
    if (!this.session.may("ask")) return;
    const focused = document.activeElement;
    if (focused instanceof HTMLElement && !this.element.contains(focused)) this.#cameFrom = focused;
    if (this.#box === null) {
      this.#box = new AskBox(this.session, {
        ...this.options,
        layer,
        words: this.#words,
        onClose: () => this.close(),
      });
      this.element.append(this.#box.element);
      this.button.setAttribute("aria-expanded", "true");
    }
    this.#box.choose(layer);
    this.#box.focus();
  }

  close(): void {
    const hadFocus = this.element.contains(document.activeElement);
    this.#words = this.#box?.words ?? "";
    this.#box?.dispose();
    this.#box = null;
    this.button.setAttribute("aria-expanded", "false");
    if (!hadFocus) return;
    const back = this.#cameFrom?.isConnected ? this.#cameFrom : this.button;
    back.focus();
  }
}
