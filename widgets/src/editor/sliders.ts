// Sliders in the code: `slider(value, min, max, step)`. The value lives in the text and nowhere else.

import { syntaxTree } from "@codemirror/language";
import { Annotation, type EditorState, type Extension } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import type { Span } from "../stage/messages.js";

/** A slider call in the text. */
export interface SliderCall {
  /** Where the value is written. */
  span: Span;
  value: number;
  min: number;
  max: number;
  step: number;
}

/** Marks the edits a slider makes. */
export const bySlider = Annotation.define<boolean>();

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

function sliderAt(text: string, from: number, to: number): SliderCall | null {
  const inner = text.slice(from, to);
  const parts = inner.split(",");
  const [first = ""] = parts;
  const literal = first.trim();
  if (!NUMBER.test(literal)) return null;
  const value = Number(literal);
  const numbers = parts.slice(1).map((part) => Number.parseFloat(part));
  const min = finite(numbers[0], 0);
  const max = finite(numbers[1], 1);
  const start = from + first.indexOf(literal);
  return {
    span: { start, end: start + literal.length },
    value,
    min,
    max,
    step: finite(numbers[2], Math.abs(max - min) / 1000 || 0.001),
  };
}

function finite(value: number | undefined, otherwise: number): number {
  return value !== undefined && Number.isFinite(value) ? value : otherwise;
}

/** Every slider call whose value is a number literal, in the order of the text. */
export function slidersIn(state: EditorState): SliderCall[] {
  const found: SliderCall[] = [];
  const text = state.doc.toString();
  syntaxTree(state).iterate({
    enter(node) {
      if (node.name !== "CallExpression") return;
      const callee = node.node.firstChild;
      const args = node.node.getChild("ArgList");
      if (callee?.name !== "VariableName" || !args || text.slice(callee.from, callee.to) !== "slider") return;
      const slider = sliderAt(text, args.from + 1, args.to - 1);
      if (slider) found.push(slider);
    },
  });
  return found.sort((a, b) => a.span.start - b.span.start);
}

/** The value as it is written into the text: no more digits than the step has. */
export function sliderText(value: number, step: number): string {
  const digits = Math.min(6, Math.max(0, Math.ceil(-Math.log10(step))));
  return String(Number(value.toFixed(digits)));
}

type OnSlide = (index: number, value: number) => void;

class SliderWidget extends WidgetType {
  constructor(
    readonly slider: SliderCall,
    readonly onSlide: OnSlide,
  ) {
    super();
  }

  override eq(other: SliderWidget): boolean {
    const [a, b] = [this.slider, other.slider];
    return a.value === b.value && a.min === b.min && a.max === b.max && a.step === b.step;
  }

  override toDOM(view: EditorView): HTMLElement {
    const input = document.createElement("input");
    input.type = "range";
    input.className = "alg-slider";
    input.setAttribute("aria-label", "slider in the code");
    input.addEventListener("input", () => {
      const moved = slide(view, input);
      if (moved) this.onSlide(moved.index, moved.value);
    });
    this.#fill(input);
    return input;
  }

  override updateDOM(input: HTMLElement): boolean {
    if (!(input instanceof HTMLInputElement)) return false;
    this.#fill(input);
    return true;
  }

  /** A drag moves the slider, not the cursor. */
  override ignoreEvent(): boolean {
    return true;
  }

  #fill(input: HTMLInputElement): void {
    const { min, max, step, value } = this.slider;
    input.min = String(min);
    input.max = String(max);
    input.step = String(step);
    if (Number(input.value) !== value) input.value = String(value);
    input.title = `${value} (${min} to ${max})`;
  }
}

function sliderDecorations(state: EditorState, onSlide: OnSlide): DecorationSet {
  return Decoration.set(
    slidersIn(state).map((slider) =>
      Decoration.widget({ widget: new SliderWidget(slider, onSlide), side: -1 }).range(slider.span.start),
    ),
  );
}

/** Writes a slider's new value where its old one stands. Says which slider of the text it was, from 0. */
function slide(view: EditorView, input: HTMLInputElement): { index: number; value: number } | null {
  const at = view.posAtDOM(input);
  const sliders = slidersIn(view.state);
  const index = sliders.findIndex((slider) => slider.span.start === at);
  const slider = sliders[index];
  if (!slider) return null;
  const insert = sliderText(Number(input.value), slider.step);
  const change = { from: slider.span.start, to: slider.span.end, insert };
  view.dispatch({ changes: change, annotations: bySlider.of(true), userEvent: "input.slide" });
  return { index, value: Number(insert) };
}

/** The editor extension; `onSlide` hears every movement, after the text has changed. */
export function sliders(onSlide: OnSlide): Extension {
  return ViewPlugin.define<{ decorations: DecorationSet } & { update(update: ViewUpdate): void }>(
    (view) => ({
      decorations: sliderDecorations(view.state, onSlide),
      update(update) {
        const parsed = syntaxTree(update.state) !== syntaxTree(update.startState);
        if (update.docChanged || parsed) this.decorations = sliderDecorations(update.state, onSlide);
      },
    }),
    { decorations: (plugin) => plugin.decorations },
  );
}
