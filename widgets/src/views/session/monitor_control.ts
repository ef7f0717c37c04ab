// What one hears here: everything, one's own layers, or nothing. Nobody else notices.

import type { LiveSession } from "../../page/live_session.js";
import type { MonitorMode } from "../../page/monitor.js";
import { element, setText } from "../dom.js";
import { monitorWords, ownTroubleWords } from "./monitor_words.js";

const CHOICES: readonly [MonitorMode, string, string][] = [
  ["all", "All", "Hear everything"],
  ["own", "Mine", "Hear only the layers that you have played last"],
  ["none", "None", "Hear nothing here; the others go on hearing it"],
];

let made = 0;

/** Three choices, of which one holds, and a line that says so. */
export class MonitorControl {
  readonly element: HTMLElement;
  /** What one hears when it is not everything, and whether this computer keeps up. */
  readonly words: HTMLElement;
  #heard = element("span");
  #trouble = element("strong");
  #radios = new Map<MonitorMode, HTMLInputElement>();
  #ends: (() => void)[];

  constructor(readonly session: LiveSession) {
    const group = `algs-monitor-${++made}`;
    this.element = element("fieldset", {
      class: "algs-monitor",
      children: [
        element("legend", { class: "algs-unseen", text: "What you hear here" }),
        ...CHOICES.map((choice) => this.#choice(group, ...choice)),
      ],
    });
    this.words = element("p", {
      class: "algs-heard",
      attributes: { role: "status" },
      children: [this.#heard, this.#trouble],
    });
    this.#ends = [session.changed, session.engine.punctuality.changed].map((each) =>
      each.on(() => this.update()),
    );
    this.update();
  }

  dispose(): void {
    for (const end of this.#ends) end();
  }

  update(): void {
    const { monitor, listening } = this.session;
    this.element.hidden = !listening;
    for (const [mode, radio] of this.#radios) radio.checked = mode === monitor.mode;
    // Who only listens has no layers.
    const mine = this.#radios.get("own")?.parentElement;
    if (mine) mine.hidden = !this.session.may("evaluate") && monitor.mode !== "own";
    const { keepsTime } = this.session.engine.punctuality;
    setText(this.#heard, listening ? this.#words() : "");
    setText(this.#trouble, listening && !keepsTime ? ownTroubleWords(monitor.mode) : "");
    this.words.hidden = this.words.textContent === "";
    this.element.dataset["mode"] = monitor.mode;
  }

  #words(): string {
    const { monitor, state } = this.session;
    const playing = [...state.playing.values()];
    const own = playing.filter(({ by }) => by === state.you).length;
    const drafts = state.layers.filter(({ id }) => monitor.cue(id)?.isHeard).map(({ name }) => name);
    return monitorWords({ mode: monitor.mode, playing: playing.length, own, drafts });
  }

  #choice(group: string, mode: MonitorMode, words: string, title: string): HTMLElement {
    const radio = element("input", { type: "radio", attributes: { name: group, value: mode } });
    radio.addEventListener("change", () => {
      this.session.monitor.mode = mode;
    });
    this.#radios.set(mode, radio);
    return element("label", { title, children: [radio, element("span", { text: words })] });
  }
}
