// For hosts: whether the agent may be asked in this session, and whether somebody accepts before anything changes.

import type { LiveSession } from "../../page/live_session.js";
import { element } from "../dom.js";

/** The two switches; hidden from who may not use them. */
export class AiSwitches {
  readonly element: HTMLElement;
  #on = element("input", { type: "checkbox" });
  #review = element("input", { type: "checkbox" });

  /** `onRefused` is told in words why a switch stayed where it was. */
  constructor(
    readonly session: LiveSession,
    readonly onRefused: (why: unknown) => void,
  ) {
    this.element = element("div", {
      class: "alg-asks-switches",
      attributes: { role: "group", "aria-label": "AI in this session" },
      children: [
        labelled(this.#on, "AI is on", "People here may ask the agent to change the music"),
        labelled(this.#review, "Accept first", "Who asked, or a host, accepts a change before it is heard"),
      ],
    });
    for (const box of [this.#on, this.#review]) box.addEventListener("change", () => void this.#set());
  }

  update(): void {
    const { ai, aiReview } = this.session.state;
    this.element.hidden = !this.session.may("session");
    this.#on.checked = ai;
    this.#review.checked = aiReview;
    this.#review.disabled = !ai;
  }

  async #set(): Promise<void> {
    const request = { kind: "set_ai", on: this.#on.checked, review: this.#review.checked };
    try {
      await this.session.client.ask(request);
    } catch (why) {
      this.onRefused(why);
      this.update();
    }
  }
}

function labelled(box: HTMLInputElement, text: string, title: string): HTMLElement {
  return element("label", { class: "alg-asks-switch", title, children: [box, element("span", { text })] });
}
