import { describe, expect, it } from "vitest";
import { diffLines } from "../../src/views/line_diff.js";

const shown = (live: string, cell: string) =>
  diffLines(live, cell).map(({ side, text }) => ({ same: " ", live: "-", cell: "+" })[side] + text);

describe("two texts side by side", () => {
  it("CONF-1: what both have is shown once, in order, and what only one has with its sign", () => {
    expect(shown("a\nb\nc\nd", "a\nx\nc\nd\ne")).toEqual([" a", "-b", "+x", " c", " d", "+e"]);
    expect(shown("a", "a")).toEqual([" a"]);
    expect(shown("", "a")).toEqual(["-", "+a"]);
  });

  it("CONF-1: both texts can be read out of the comparison", () => {
    const [live, cell] = ["a\nb\na\n\nb\nc", "b\na\nc\n\nc\na"];
    const lines = diffLines(live, cell);
    const of = (side: string) => lines.filter((each) => each.side !== side).map(({ text }) => text);
    expect([of("cell").join("\n"), of("live").join("\n")]).toEqual([live, cell]);
  });

  it("CONF-1: texts of thousands of lines are compared at once", () => {
    const many = (word: string) => Array.from({ length: 3_000 }, (_, i) => `${word}${i}`).join("\n");
    expect(diffLines(many("a"), many("b"))).toHaveLength(6_000);
  });
});
