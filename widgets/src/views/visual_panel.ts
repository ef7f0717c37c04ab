// The panel under the code: piano roll, scope, or nothing.

import { epochNow_ms } from "../page/clock.js";
import type { PageEngine } from "../page/engine.js";
import type { Layer } from "../page/layer.js";
import { animate, wakeAnimation } from "./animation.js";
import { SharpCanvas } from "./canvas.js";
import { element } from "./dom.js";
import { drawRoll, ROLL_CYCLES, RowMemory } from "./piano_roll.js";
import { drawScope } from "./scope.js";

const PICTURES = ["roll", "scope", "none"] as const;
type Picture = (typeof PICTURES)[number];

const WORDS: Record<Picture, string> = { roll: "Piano roll", scope: "Scope", none: "No picture" };

/** The panel. */
export class VisualPanel {
  readonly element: HTMLElement;
  #picture: Picture = "roll";
  #chosen = false;
  #played = false;
  #canvas: SharpCanvas;
  #rows = new RowMemory();
  #samples: Float32Array | null = null;
  #unwatch: (() => void) | null = null;
  #ends: (() => void)[] = [];
  #buttons = new Map<Picture, HTMLButtonElement>();

  constructor(
    readonly engine: PageEngine,
    readonly layer: Layer,
  ) {
    this.#canvas = new SharpCanvas("alg-canvas", `Piano roll of ${layer.name}`);
    this.element = element("div", { class: "alg-visual", children: [this.#canvas.element, this.#tabs()] });
    this.#ends.push(
      animate({ element: this.#canvas.element, active: () => this.#active(), draw: () => this.draw() }),
      engine.scoped.on((samples) => {
        this.#samples = samples;
      }),
    );
    this.#show("roll");
  }

  dispose(): void {
    for (const end of this.#ends) end();
    this.#unwatch?.();
  }

  themed(): void {
    this.#canvas.forgetInk();
    this.draw();
  }

  /** The code draws its own pictures: this one steps back, unless somebody chose it. */
  yieldToInline(): void {
    if (!this.#chosen) this.#show("none");
  }

  /** The layer's state changed. */
  update(): void {
    // A layer that has never played has nothing to show: a page of them stays calm.
    this.#played ||= this.layer.state !== "silent";
    this.element.hidden = !this.#played;
    this.#watch();
    if (this.layer.state === "playing") wakeAnimation();
    else this.draw();
  }

  draw(): void {
    if (this.#picture === "none") return;
    const cycle = this.layer.state === "playing" ? this.engine.clock.cycleAt(epochNow_ms()) : null;
    if (this.#picture === "scope") drawScope(this.#canvas, cycle === null ? null : this.#samples);
    else if (cycle === null) drawRoll(this.#canvas, [], [], 0);
    else {
      const haps = this.layer.timeline.between(cycle - ROLL_CYCLES, cycle + ROLL_CYCLES);
      drawRoll(this.#canvas, haps, this.#rows.update(haps, cycle), cycle);
    }
  }

  #active(): boolean {
    return this.#picture !== "none" && this.layer.state === "playing";
  }

  #watch(): void {
    const wanted = this.#picture === "scope" && this.layer.state === "playing";
    if (wanted && !this.#unwatch) this.#unwatch = this.engine.watchScope(this.layer);
    if (!wanted && this.#unwatch) {
      this.#unwatch();
      this.#unwatch = null;
    }
  }

  #show(picture: Picture): void {
    this.#picture = picture;
    this.element.dataset["picture"] = picture;
    for (const [each, button] of this.#buttons) button.setAttribute("aria-pressed", String(each === picture));
    this.#canvas.element.setAttribute("aria-label", `${WORDS[picture]} of ${this.layer.name}`);
    this.update();
  }

  #tabs(): HTMLElement {
    const tabs = element("div", {
      class: "alg-pictures",
      attributes: { role: "group", "aria-label": "Picture" },
    });
    for (const picture of PICTURES) {
      const text = picture === "none" ? "×" : picture;
      const button = element("button", { class: "alg-picture", type: "button", text, title: WORDS[picture] });
      button.setAttribute("aria-label", WORDS[picture]);
      button.addEventListener("click", () => {
        this.#chosen = true;
        this.#show(picture);
      });
      this.#buttons.set(picture, button);
      tabs.append(button);
    }
    return tabs;
  }
}
