// Where the music is: the beat, the cycle and the place in it, as one hears them.

import { cycleNow } from "../../page/cycle_now.js";
import type { LiveSession } from "../../page/live_session.js";
import { animate, wakeAnimation } from "../animation.js";
import { element, setText } from "../dom.js";
import { beatOf } from "../tempo.js";

/** The beat of a session. Drawn without moving anything else: classes, one number, one transform. */
export class Beat {
  /** Four dots and the number of the cycle. */
  readonly element: HTMLElement;
  /** A line that grows with the cycle. */
  readonly line = element("span", { class: "algs-position", attributes: { "aria-hidden": "true" } });
  #dots = Array.from({ length: 4 }, () => element("i"));
  #number = element("span", { class: "algs-cycle" });
  #beat = -1;
  #end: () => void;

  constructor(readonly session: LiveSession) {
    this.element = element("span", {
      class: "algs-beats",
      attributes: { "aria-hidden": "true" },
      children: [...this.#dots, this.#number],
    });
    this.#end = animate({
      element: this.element,
      active: () => session.state.playing.size > 0 || this.#beat !== -1,
      draw: () => this.#draw(),
    });
  }

  /** Something may play now that did not. */
  update(): void {
    if (this.session.state.playing.size > 0) wakeAnimation();
  }

  dispose(): void {
    this.#end();
  }

  #draw(): void {
    const { session } = this;
    const cycle = session.state.playing.size > 0 ? cycleNow(session.engine.clock, session.tempo) : null;
    const beat = cycle === null ? -1 : beatOf(cycle);
    this.line.style.transform = `scaleX(${cycle === null ? 0 : (cycle - Math.floor(cycle)).toFixed(3)})`;
    if (beat === this.#beat) return;
    this.#beat = beat;
    for (const [at, dot] of this.#dots.entries()) dot.classList.toggle("algs-on", at === beat);
    setText(this.#number, cycle === null ? "" : String(Math.floor(cycle)));
  }
}
