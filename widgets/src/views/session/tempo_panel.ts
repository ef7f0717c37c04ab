// More about a session's tempo: what it is in beats, who set it, tapping, nudging, how long changes take, and bars.

import { nameOf } from "../../page/live_people.js";
import { setChoices } from "../choices.js";
import { element, setText } from "../dom.js";
import { bpmOf, NUDGE_CYCLES } from "../tempo.js";
import type { TempoControl } from "./tempo_control.js";

const RAMPS_S = [0, 4, 8, 16, 32, 64];
const BARS = [1, 2, 4, 8, 16];

function choice(label: string, values: readonly number[], words: (value: number) => string) {
  const select = element("select", { class: "algs-tempo-choice" });
  setChoices(
    select,
    values.map((value) => [String(value), words(value)]),
  );
  const row = element("label", { children: [element("span", { text: label }), select] });
  return { select, row };
}

/** What the panel of a tempo control holds. */
export class TempoPanel {
  readonly element: HTMLElement;
  #beats = element("b");
  #credit = element("small");
  #tap = element("button", { class: "algs-button algs-tempo-tap", type: "button" });
  #tapped = element("span");
  #ramp = choice("A change takes", RAMPS_S, (s) => (s === 0 ? "no time" : `${s} seconds`));
  #bar = choice("What I play begins", BARS, (cycles) =>
    cycles === 1 ? "at the next cycle" : `with a bar of ${cycles} cycles`,
  );
  #end: () => void;

  constructor(readonly control: TempoControl) {
    this.#tap.append(this.#tapped, element("kbd", { text: "Alt T" }));
    const now = element("p", { class: "algs-tempo-now", children: [this.#beats, this.#credit] });
    this.element = element("div", {
      class: "algs-menu algs-tempo-panel",
      attributes: { role: "dialog", "aria-label": "Tempo" },
      children: [now, this.#tap, this.#nudges(), this.#ramp.row, this.#bar.row],
    });
    this.#listenToTaps();
    this.#ramp.select.addEventListener("change", () => {
      control.over_s = Number(this.#ramp.select.value);
    });
    this.#bar.select.addEventListener("change", () => {
      control.session.quantum = Number(this.#bar.select.value);
    });
    this.#end = control.session.changed.on(() => this.update());
    this.update();
  }

  /** Where it is pressed is when it was meant; what gives a click alone, such as a screen reader, means that. */
  #listenToTaps(): void {
    const { control } = this;
    const isPress = ({ key }: KeyboardEvent) => key === "Enter" || key === " ";
    this.#tap.addEventListener("pointerdown", (event) => {
      if (event.button === 0) control.tap();
    });
    for (const kind of ["keydown", "keyup"] as const)
      this.#tap.addEventListener(kind, (event) => {
        if (!isPress(event)) return;
        // The click that a key would give is tapped already.
        event.preventDefault();
        if (kind === "keydown" && !event.repeat) control.tap();
      });
    this.#tap.addEventListener("click", ({ detail }) => {
      const isByPointer = detail > 0;
      if (!isByPointer) control.tap();
    });
  }

  dispose(): void {
    this.#end();
  }

  update(): void {
    const { session, taps, over_s } = this.control;
    const { cps, aimed_cps } = session.tempo;
    setText(this.#beats, cps === null ? "…" : `${bpmOf(cps)} beats a minute`);
    const isOnItsWay = cps !== null && aimed_cps !== null && bpmOf(cps) !== bpmOf(aimed_cps);
    setText(this.#credit, isOnItsWay ? `on its way to ${bpmOf(aimed_cps)}` : this.#creditWords());
    const { cps: tapped_cps, count } = taps;
    const words = tapped_cps === null ? "go on …" : `${bpmOf(tapped_cps)} …`;
    setText(this.#tapped, count === 0 ? "Tap the beat" : words);
    this.#ramp.select.value = String(over_s);
    this.#bar.select.value = String(session.quantum);
  }

  #creditWords(): string {
    const { session } = this.control;
    const { credit } = session.tempo;
    if (credit === null) return "four beats a cycle";
    const who = nameOf(session.state, credit.by);
    const layer = session.state.layers.find(({ id }) => id === credit.layer)?.name;
    return layer === undefined ? `set by ${who}` : `set by ${who}, in ${layer}`;
  }

  #nudges(): HTMLElement {
    const row = element("div", { class: "algs-tempo-nudges", attributes: { role: "group" } });
    row.setAttribute("aria-label", "Nudge everybody's phase");
    const make = (sign: -1 | 1, words: string, key: string) => {
      const button = element("button", { class: "algs-button", type: "button" });
      button.append(element("span", { text: words }), element("kbd", { text: key }));
      button.title = `Nudge everybody ${sign < 0 ? "back" : "on"} by a hundredth of a cycle`;
      button.addEventListener("click", () => this.control.nudge(sign * NUDGE_CYCLES));
      return button;
    };
    row.append(make(-1, "− back", "Alt ["), make(1, "+ on", "Alt ]"));
    return row;
  }
}
