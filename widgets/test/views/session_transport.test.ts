import { describe, expect, it } from "vitest";
import type { Problem } from "../../src/engine/problem.js";
import { differOnlyInSliders, isTooSlowHere } from "../../src/views/session_transport.js";
import { playing } from "../page/joined_page.js";

describe("code that this page could not play", () => {
  it("TIME-5: is not called wrong when this device was too slow for it", () => {
    const problem = (kind: Problem["kind"]) => ({
      kind,
      message: "",
      line: null,
      column: null,
      hint: null,
      layer: null,
    });
    const is = (code: string, ...problems: Problem[]) =>
      isTooSlowHere({ judged_code: code, problems }, playing("l1", "a", 0));
    expect(is("a", problem("time"))).toBe(true);
    expect([is("a"), is("a", problem("syntax")), is("a", problem("time"), problem("query"))]).toEqual([
      false,
      false,
      false,
    ]);
    // What one types oneself is judged as ever.
    expect(is("b", problem("time"))).toBe(false);
  });
});

describe("sliders of a session", () => {
  it.each([
    ["s('bd').gain(slider(0.5, 0, 1))", "s('bd').gain(slider(0.75, 0, 1))", true],
    ["slider( -1.5e-3,-2,2)", "slider(2,-2,2)", true],
    ["slider(1) slider(2)", "slider(3) slider(4)", true],
    ["slider(1, 0, 2)", "slider(1, 0, 3)", false],
    ["s('bd').gain(slider(1))", "s('sd').gain(slider(1))", false],
    ["sliders(1)", "sliders(2)", false],
  ])("SHARE-2: %s and %s differ only in where sliders stand: %s", (one, other, only) => {
    expect(differOnlyInSliders(one, other)).toBe(only);
  });
});
