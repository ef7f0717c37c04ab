import { describe, expect, it } from "vitest";
import { changeBetween } from "../../src/editor/text_change.js";
import { OutputCell, type SharedCell } from "../../src/lab/cell.js";
import { codeOf, saysTheSame, withCode } from "../../src/lab/cell_text.js";

const apply = (text: string, change: ReturnType<typeof changeBetween>) =>
  change === null ? text : text.slice(0, change.start) + change.text + text.slice(change.end);

describe("the text of a cell", () => {
  it("BACK-1: the magic line stays as it is, with its options", () => {
    expect(withCode('%%strudel bass --no-play --cps 0.6\ns("bd")', 's("hh*8")')).toBe(
      '%%strudel bass --no-play --cps 0.6\ns("hh*8")',
    );
    expect(withCode("%%strudel bass", 's("hh")')).toBe('%%strudel bass\ns("hh")');
    expect(withCode('\n%%strudel bass\ns("bd")\n\n', 's("hh")\n')).toBe('\n%%strudel bass\ns("hh")');
  });

  it("BACK-1: a directive of the Algorave kernel stays when the live text has lost it", () => {
    expect(withCode('// strudel bass\ns("bd")', 's("hh")')).toBe('// strudel bass\ns("hh")');
    expect(withCode('// strudel bass\ns("bd")', '// strudel bass\ns("hh")')).toBe('// strudel bass\ns("hh")');
    expect(withCode('// strudel bass\ns("bd")', '$: s("hh")')).toBe('$: s("hh")');
    expect(withCode('$: s("bd")', '$: s("hh")')).toBe('$: s("hh")');
  });

  it("BACK-2: empty lines at the end and the line before the code are no difference", () => {
    expect(saysTheSame('%%strudel bass\ns("bd")\n', 's("bd")')).toBe(true);
    expect(saysTheSame('// strudel bass\ns("bd")', 's("bd")')).toBe(true);
    expect(saysTheSame('%%strudel bass\ns("bd")', 's("bd*2")')).toBe(false);
    expect(codeOf("%%strudel bass")).toBe("");
  });

  it("BACK-2: what was written back differs no more, whatever the cell was", () => {
    const sources = ["", "%%strudel", '%%strudel b --play\ns("bd")', '// strudel b\ns("bd")', '$: s("bd")'];
    for (const source of sources)
      for (const live of ["", 's("🎵é")', '// strudel b\ns("x")', "$: a\n\n"])
        expect(saysTheSame(withCode(source, live), live)).toBe(true);
  });

  it("BACK-3: the smallest edit makes one text of the other and cuts no character in two", () => {
    const texts = ["", "a", "ab", "aab", "🎵", "🎶", "x🎵y", "x🎶y", "🎵🎵", "🎵🎶🎵", "한글", "a한b"];
    for (const before of texts)
      for (const after of texts) {
        const change = changeBetween(before, after);
        expect(apply(before, change)).toBe(after);
        expect(change?.text ?? "").not.toMatch(/^[\udc00-\udfff]|[\ud800-\udbff]$/);
      }
    expect(changeBetween('s("bd")', 's("bd*2")')).toEqual({ start: 5, end: 5, text: "*2" });
  });
});

describe("a cell that is written to", () => {
  it("BACK-3: it is one step for undo, and an equal text is none", () => {
    const calls: unknown[][] = [];
    const nothing = () => undefined;
    const shared: SharedCell = {
      changed: { connect: nothing, disconnect: nothing },
      undoManager: { stopCapturing: () => calls.push(["step"]) },
      getSource: () => '%%strudel b\ns("bd")',
      updateSource: (...change) => calls.push(change),
    };
    const cell = new OutputCell(shared);
    cell.write('s("bd")');
    expect(calls).toEqual([]);
    cell.write('s("bd*2")');
    expect(calls).toEqual([["step"], [17, 17, "*2"], ["step"]]);
  });
});
