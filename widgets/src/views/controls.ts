// The header of a layer: play, hush, level, mute, solo, tempo, beat.

import { epochNow_ms } from "../page/clock.js";
import type { PageEngine } from "../page/engine.js";
import type { Layer } from "../page/layer.js";
import { animate } from "./animation.js";
import { element, setText } from "./dom.js";
import { icon } from "./icons.js";
import { beatOf, CPM_RANGE, cpmOf, cpsOf, tempoSentence } from "./tempo.js";
import type { Deed, Transport } from "./transport.js";

/** How the view's text differs from what sounds: edited since, or another view's text plays; null: not at all. */
export type Difference = "edited" | "other" | null;

/** What the header asks of its view. */
export interface ControlActions {
  /** Play when silent or edited, stop when playing. */
  onToggle: () => void;
  differs: () => Difference;
  /** Whether the gate refused the newest text. */
  refused: () => boolean;
}

/** How many decibels below full level the meter begins. */
const METER_DB = 48;

/** Squared, so that the fader's middle sounds like the middle. */
export function gainOfFader(position: number): number {
  return position * position * 2;
}

/** Where the fader stands for a gain; its middle (about 0.71) is full level 1. */
export function faderOfGain(gain: number): number {
  return Math.sqrt(gain / 2);
}

/** The header. `update` after anything in the engine or layer changed. */
export class Controls {
  readonly element: HTMLElement;
  #play = element("button", { class: "alg-play", type: "button" });
  #status = element("span", { class: "alg-status" });
  #beats = element("span", { class: "alg-beats", attributes: { "aria-hidden": "true" } });
  #fader = element("input", { class: "alg-fader-input", type: "range" });
  #meter = element("span", { class: "alg-meter" });
  #mute = element("button", { class: "alg-toggle", type: "button", text: "M" });
  #solo = element("button", { class: "alg-toggle", type: "button", text: "S" });
  #cue = element("button", { class: "alg-toggle alg-cue", type: "button" });
  #tempo = element("input", { class: "alg-tempo-input", type: "number" });
  #hush = element("button", { class: "alg-hush", type: "button" });
  #name = element("span", { class: "alg-name" });
  #shown: "play" | "stop" | null = null;
  #beat = -1;
  /** How many of its steps the meter shows. */
  #steps = 0;
  #ends: (() => void)[] = [];

  constructor(
    readonly engine: PageEngine,
    readonly layer: Layer,
    readonly transport: Transport,
    readonly actions: ControlActions,
  ) {
    for (let beat = 0; beat < 4; beat++) this.#beats.append(element("i"));
    this.element = this.#build();
    this.#listen();
    this.#ends.push(
      animate({
        element: this.#beats,
        active: () => layer.state === "playing",
        draw: () => this.#drawBeat(),
      }),
      animate({
        element: this.#fader,
        active: () => layer.state === "playing",
        draw: () => this.#drawLevel(),
      }),
    );
    this.update();
  }

  dispose(): void {
    for (const end of this.#ends) end();
  }

  update(): void {
    const { layer, transport } = this;
    const playing = transport.sounding() !== null;
    const action = playing && this.actions.differs() === null ? "stop" : "play";
    if (action !== this.#shown) {
      this.#play.replaceChildren(icon(action));
      this.#shown = action;
    }
    const words = action === "stop" ? "Stop" : playing ? "Play this version of" : "Play";
    this.#play.setAttribute("aria-label", `${words} ${layer.name}`);
    this.#allow(this.#play, action, action === "stop" ? "Stop" : "Play (Ctrl+Enter)");
    this.#allow(this.#hush, "hush", "Hush: silence everything (Ctrl+.)");
    this.#allow(this.#mute, "mix", "Mute this layer");
    this.#allow(this.#solo, "mix", "Solo: hear only this layer");
    this.#allow(this.#fader, "mix", "Level of this layer");
    this.#showCue();
    this.#showName();
    this.#play.classList.toggle("alg-busy", layer.checking);
    setText(this.#status, this.#statusWords());
    this.element.dataset["state"] = playing ? "playing" : layer.state;
    for (const [button, on] of [
      [this.#mute, layer.mix.mute],
      [this.#solo, layer.mix.solo],
    ] as const) {
      button.setAttribute("aria-pressed", String(on));
    }
    this.#fader.value = String(faderOfGain(layer.mix.gain));
    this.showTempo(this.engine.clock.cps);
    if (layer.state !== "playing") this.#rest();
  }

  /** Headphones, where there are others who do not hear what one hears in them. */
  #showCue(): void {
    const { cue } = this.transport;
    this.#cue.hidden = cue === null;
    if (cue === null) return;
    const isOn = cue.isOn();
    this.#cue.setAttribute("aria-pressed", String(isOn));
    const words = isOn
      ? "Back to what the others hear (Ctrl+Shift+Enter)"
      : "Hear this text before the others do: only you (Ctrl+Shift+Enter)";
    this.#allow(this.#cue, "play", words);
  }

  /** A layer may get another name while it is on the screen. */
  #showName(): void {
    const { name } = this.layer;
    if (name === this.#name.textContent) return;
    this.#name.textContent = name;
    this.#fader.setAttribute("aria-label", `Level of ${name}`);
    this.#mute.setAttribute("aria-label", `Mute ${name}`);
    this.#solo.setAttribute("aria-label", `Solo ${name}`);
    this.#cue.setAttribute("aria-label", `Hear your draft of ${name}`);
  }

  /** A control that somebody may not use stays where it is and says why. */
  #allow(control: HTMLButtonElement | HTMLInputElement, deed: Deed, title: string): void {
    const barred = this.transport.barred(deed);
    control.disabled = barred !== null;
    const words = barred ?? title;
    // Set to what it is, it would be laid out anew.
    if (control.title !== words) control.title = words;
  }

  /** Shows a tempo in cycles per second, unless somebody is typing one. */
  showTempo(cps: number): void {
    this.#allow(this.#tempo, "tempo", tempoSentence(cps));
    const root = this.#tempo.getRootNode();
    const focused =
      (root instanceof ShadowRoot || root instanceof Document) && root.activeElement === this.#tempo;
    const cpm = String(cpmOf(cps));
    if (!focused && this.#tempo.value !== cpm) this.#tempo.value = cpm;
  }

  #statusWords(): string {
    const { layer, transport } = this;
    const own = transport.status();
    if (own !== null) return own;
    if (layer.checking && layer.state === "starting") return "starting";
    if (layer.state !== "playing") return "silent";
    if (this.actions.refused()) return "last good version plays on";
    return { edited: "edited", other: "another cell plays", same: "playing" }[
      this.actions.differs() ?? "same"
    ];
  }

  #build(): HTMLElement {
    Object.assign(this.#fader, { min: "0", max: "1", step: "0.01" });
    Object.assign(this.#tempo, { min: String(CPM_RANGE.min), max: String(CPM_RANGE.max), step: "1" });
    this.#tempo.setAttribute("aria-label", "Tempo in cycles per minute");
    this.#hush.setAttribute("aria-label", "Hush: silence everything");
    this.#hush.append(icon("hush"));
    this.#cue.append(icon("cue"));
    return element("header", {
      class: "alg-head",
      children: [
        this.#play,
        element("span", {
          class: "alg-title",
          children: [this.#name, this.#status],
        }),
        this.#beats,
        element("span", { class: "alg-space" }),
        element("span", { class: "alg-fader", children: [this.#meter, this.#fader] }),
        element("span", { class: "alg-pair", children: [this.#cue, this.#mute, this.#solo] }),
        element("label", { class: "alg-tempo", children: [this.#tempo, element("span", { text: "cpm" })] }),
        this.#hush,
      ],
    });
  }

  #listen(): void {
    const { engine, layer, transport } = this;
    this.#play.addEventListener("click", this.actions.onToggle);
    this.#hush.addEventListener("click", () => transport.hush());
    this.#fader.addEventListener("input", () =>
      transport.mix({ gain: gainOfFader(Number(this.#fader.value)) }),
    );
    this.#fader.addEventListener("dblclick", () => transport.mix({ gain: 1 }));
    this.#mute.addEventListener("click", () => transport.mix({ mute: !layer.mix.mute }));
    this.#solo.addEventListener("click", () => transport.mix({ solo: !layer.mix.solo }));
    this.#cue.addEventListener("click", () => transport.cue?.set(!transport.cue.isOn()));
    this.#tempo.addEventListener("change", () => {
      const cps = this.#tempo.value === "" ? null : cpsOf(Number(this.#tempo.value));
      if (cps !== null) transport.setTempo(cps);
      this.#tempo.value = String(cpmOf(cps ?? engine.clock.cps));
    });
  }

  #drawBeat(): void {
    const cycle = this.engine.clock.cycleAt(epochNow_ms());
    this.#showBeat(cycle === null ? -1 : beatOf(cycle));
  }

  #showBeat(beat: number): void {
    if (beat === this.#beat) return;
    this.#beat = beat;
    for (const [at, dot] of [...this.#beats.children].entries()) dot.classList.toggle("alg-on", at === beat);
  }

  #drawLevel(): void {
    const { level } = this.layer;
    // Decibels, one a step, up to full level.
    this.#showLevel(level <= 0 ? 0 : Math.max(0, METER_DB + Math.round(20 * Math.log10(level))));
    this.#meter.classList.toggle("alg-hot", level > 0.97);
  }

  #showLevel(steps: number): void {
    if (steps === this.#steps) return;
    this.#steps = steps;
    this.#meter.style.transform = `scaleX(${(steps / METER_DB).toFixed(3)})`;
  }

  #rest(): void {
    this.#showBeat(-1);
    this.#showLevel(0);
  }
}
