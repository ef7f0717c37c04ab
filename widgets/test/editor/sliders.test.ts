import { ensureSyntaxTree } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { expect, it } from "vitest";
import { strudelLanguage } from "../../src/editor/language.js";
import { slidersIn, sliderText } from "../../src/editor/sliders.js";

// A new state is parsed for a few milliseconds only: on a busy machine the rest comes with a later state.
const found = (doc: string) => {
  const begun = EditorState.create({ doc, extensions: strudelLanguage() });
  ensureSyntaxTree(begun, doc.length, 20_000);
  return slidersIn(begun.update({}).state);
};

it("EDIT-3: a slider is found with its range and where its value is written", () => {
  const doc = 's("saw").lpf(slider(800, 200, 4000, 10))';
  const [slider] = found(doc);
  expect(slider).toEqual({ span: { start: 20, end: 23 }, value: 800, min: 200, max: 4000, step: 10 });
  expect(doc.slice(20, 23)).toBe("800");
});

it("EDIT-3: range and step have defaults, values may be negative or exponents", () => {
  expect(found("slider(.5)")[0]).toMatchObject({ value: 0.5, min: 0, max: 1, step: 0.001 });
  expect(found("slider(-1.5e1, -20, 20)")[0]).toMatchObject({ value: -15, min: -20, max: 20 });
});

it("EDIT-3: sliders come in the order of the text", () => {
  expect(found("a(slider(1), slider(2)); slider(3)").map((slider) => slider.value)).toEqual([1, 2, 3]);
});

it("EDIT-3: a value that is not a number, a string and a comment are no sliders", () => {
  expect(found('slider(x, 0, 1); "slider(1)"; /* slider(2) */ y.slider(3)')).toEqual([]);
});

it("EDIT-3: the value is written with no more digits than the step has", () => {
  expect(sliderText(0.30000000000000004, 0.1)).toBe("0.3");
  expect(sliderText(812.7, 1)).toBe("813");
  expect(sliderText(0.123456, 0.001)).toBe("0.123");
});
