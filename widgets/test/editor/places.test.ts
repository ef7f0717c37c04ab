import { Text } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import { diagnostics, problemSentence, problemSpan } from "../../src/editor/places.js";
import type { Problem } from "../../src/engine/problem.js";

const problem = (line: number | null, column: number | null): Problem => ({
  kind: "reference",
  message: "there is no lpff",
  line,
  column,
  hint: "did you mean lpf?",
  layer: null,
});
const marked = (code: string, line: number | null, column: number | null) => {
  const doc = Text.of(code.split("\n"));
  const span = problemSpan(doc, problem(line, column));
  return span && doc.sliceString(span.from, span.to);
};

describe("where a problem is marked", () => {
  it("EDIT-1: the word at its line and column", () => {
    expect(marked('s("bd")\n  .lpff(3)', 2, 4)).toBe("lpff");
  });
  it("EDIT-1: columns count code points, so an emoji before it counts once", () => {
    expect(marked('/* 🥁🥁 */ lpff("x")', 1, 10)).toBe("lpff");
    expect(marked('/* 太鼓 */ lpff("x")', 1, 10)).toBe("lpff");
  });
  it("EDIT-1: the whole line without its indent when the column is unknown", () => {
    expect(marked("a\n  b.c()", 2, null)).toBe("b.c()");
  });
  it("EDIT-1: the last character when it is at the end of the line", () => {
    expect(marked('s("bd"', 1, 7)).toBe('"');
  });
  it("EDIT-1: nowhere when the line is unknown, and the last line when there are not so many", () => {
    expect(marked("a", null, null)).toBeNull();
    expect(marked("abc", 9, 1)).toBe("abc");
  });
  it("EDIT-1: an empty text can have a problem", () => {
    expect(marked("", 1, 1)).toBe("");
  });
});

it("EDIT-1: squiggles say what is wrong and what to do", () => {
  const doc = Text.of(["lpff"]);
  const [error, warning] = diagnostics(doc, [problem(1, 1)], [problem(1, 1)]);
  expect(error).toMatchObject({ severity: "error", from: 0, to: 4 });
  expect(warning).toMatchObject({ severity: "warning" });
  expect(problemSentence(problem(1, 1))).toBe("there is no lpff (did you mean lpf?)");
});
