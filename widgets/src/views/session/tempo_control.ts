// The tempo of a session in its bar: what it is, typed anew, tapped and nudged by keys, and a panel with the rest.

import type { LiveSession } from "../../page/live_session.js";
import { TapTempo } from "../../time/tap.js";
import { animate, wakeAnimation } from "../animation.js";
import { element } from "../dom.js";
import { CPM_RANGE, cpmOf, cpsOf, NUDGE_CYCLES, tempoSentence } from "../tempo.js";
import { popoverButton } from "./menu.js";
import { symbol } from "./symbols.js";
import { TempoPanel } from "./tempo_panel.js";

/** What a key does while Alt is held, by where the key is: letters there differ from keyboard to keyboard. */
const KEYS: Record<string, (control: TempoControl) => void> = {
  KeyT: (control) => control.tap(),
  BracketLeft: (control) => control.nudge(-NUDGE_CYCLES),
  BracketRight: (control) => control.nudge(NUDGE_CYCLES),
};

/** The control. `tell` is given what the session refused, and nothing when it did as it was asked. */
export class TempoControl {
  readonly element: HTMLElement;
  readonly taps = new TapTempo();
  /** How long a change of tempo takes. */
  over_s = 0;
  #input = element("input", { class: "algs-tempo-input", type: "number" });
  #more = element("button", { class: "algs-icon-button algs-tempo-more", type: "button" });
  #panel: TempoPanel | null = null;
  #shown = 0;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #gone = new AbortController();
  #ends: (() => void)[] = [];

  constructor(
    readonly session: LiveSession,
    readonly tell: (words: string) => void,
  ) {
    Object.assign(this.#input, { min: String(CPM_RANGE.min), max: String(CPM_RANGE.max), step: "1" });
    this.#input.setAttribute("aria-label", "Tempo in cycles per minute");
    this.#more.append(symbol("tempo"));
    this.#more.setAttribute("aria-label", "Tap, nudge and more about the tempo");
    this.#more.title = "Tap, nudge, ramps and bars";
    const label = element("label", { children: [this.#input, element("span", { text: "cpm" })] });
    this.element = element("span", { class: "algs-tempo", children: [label, this.#more] });
    this.#listen();
    this.update();
  }

  dispose(): void {
    clearTimeout(this.#settling);
    this.#gone.abort();
    for (const end of this.#ends) end();
  }

  update(): void {
    const { session } = this;
    const may = session.may("tempo");
    const cps = this.#cps;
    this.#input.disabled = !may;
    this.#more.hidden = !may;
    this.#input.title = session.barred("tempo") ?? tempoSentence(cps);
    this.#shown = cpmOf(cps);
    if (document.activeElement !== this.#input) this.#input.value = String(this.#shown);
    this.#panel?.update();
    wakeAnimation();
  }

  /** The tempo of now; before the session's is known, this page's. */
  get #cps(): number {
    const { tempo, engine } = this.session;
    return tempo.cps ?? engine.clock.cps;
  }

  /** Another tempo for everybody, in cycles per second. */
  set(cps: number): void {
    this.#ask(this.session.tempo.set(cps, this.over_s));
  }

  /** Everybody's phase moves by so many cycles. */
  nudge(cycles: number): void {
    this.#ask(this.session.tempo.nudge(cycles));
  }

  /** One beat, tapped; the tempo is set when the tapping has ended. */
  tap(): void {
    clearTimeout(this.#settling);
    this.taps.tap(performance.now());
    this.#settling = setTimeout(() => this.#settle(), this.taps.settles_ms);
    this.#panel?.update();
  }

  #settle(): void {
    const { cps, isMeant } = this.taps;
    this.taps.forget();
    if (cps !== null && isMeant) this.set(cpsOf(cps * 60) ?? cps);
    this.#panel?.update();
  }

  async #ask(asked: Promise<Error | null>): Promise<void> {
    this.tell((await asked)?.message ?? "");
  }

  #listen(): void {
    const { session } = this;
    this.#input.addEventListener("change", () => {
      const cps = this.#input.value === "" ? null : cpsOf(Number(this.#input.value));
      if (cps !== null) this.set(cps);
    });
    popoverButton(this.#more, () => {
      this.#panel = new TempoPanel(this);
      return { element: this.#panel.element, onClose: () => this.#closed() };
    });
    // Before editors and the notebook around take the keys for theirs.
    const options = { capture: true, signal: this.#gone.signal };
    document.addEventListener("keydown", (event) => this.#press(event), options);
    this.#ends.push(
      session.tempo.changed.on(() => this.update()),
      animate({
        element: this.element,
        active: () => session.tempo.isMoving || cpmOf(this.#cps) !== this.#shown,
        draw: () => this.update(),
      }),
    );
  }

  #press(event: KeyboardEvent): void {
    const act = event.altKey && !event.ctrlKey && !event.metaKey ? KEYS[event.code] : undefined;
    if (act === undefined || !this.session.may("tempo")) return;
    event.preventDefault();
    event.stopPropagation();
    // A key that is held is no tapping.
    if (!event.repeat || event.code !== "KeyT") act(this);
  }

  #closed(): void {
    this.#panel?.dispose();
    this.#panel = null;
  }
}
