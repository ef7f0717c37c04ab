import { ChangeSet } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import { litSpans, sameSpans } from "../../src/editor/lit.js";
import { CodeVersions } from "../../src/editor/versions.js";
import type { SeenHap } from "../../src/stage/messages.js";

const hap = (begin: number, start: number, end: number, color: string | null = null): SeenHap => ({
  begin,
  end: begin + 0.25,
  spans: [{ start, end }],
  label: null,
  sound: "bd",
  note: null,
  gain: 1,
  color,
});
const insert = (length: number, from: number, text: string) =>
  ChangeSet.of({ from, insert: text }, length).desc;

describe("haps in an edited text", () => {
  it("EDIT-2: text typed before a hap moves its light along", () => {
    const versions = new CodeVersions();
    versions.submit('s("bd")');
    versions.start('s("bd")', 0, 's("bd")');
    versions.edited(insert(7, 0, "// hi\n"));
    expect(versions.spans(hap(0, 3, 5))).toEqual([{ start: 9, end: 11 }]);
  });

  it("EDIT-2: text deleted under a hap puts its light out", () => {
    const versions = new CodeVersions();
    versions.submit('s("bd")');
    versions.start('s("bd")', 0, 's("bd")');
    versions.edited(ChangeSet.of({ from: 3, to: 5 }, 7).desc);
    expect(versions.spans(hap(0, 3, 5))).toEqual([]);
  });

  it("EDIT-2: what was typed while the gate looked is not forgotten", () => {
    const versions = new CodeVersions();
    versions.submit('s("bd")');
    versions.edited(insert(7, 0, "xx"));
    versions.start('s("bd")', 0, 'xxs("bd")');
    expect(versions.spans(hap(0, 3, 5))).toEqual([{ start: 5, end: 7 }]);
  });

  it("EDIT-2: until the new version starts, haps point into the old one", () => {
    const versions = new CodeVersions();
    versions.submit('s("bd")');
    versions.start('s("bd")', 0, 's("bd")');
    versions.edited(insert(7, 0, "12345"));
    versions.submit('12345s("bd")');
    versions.start('12345s("bd")', 4, '12345s("bd")');
    expect(versions.spans(hap(3.75, 3, 5))).toEqual([{ start: 8, end: 10 }]);
    expect(versions.spans(hap(4, 8, 10))).toEqual([{ start: 8, end: 10 }]);
  });

  it("EDIT-2: a text that is not on the screen lights nothing, nor does it light what was there before", () => {
    const versions = new CodeVersions();
    versions.start('s("bd")', 0, 's("bd")');
    versions.start("another view's", 4, 's("bd")');
    expect(versions.spans(hap(3, 3, 5))).toEqual([{ start: 3, end: 5 }]);
    expect(versions.spans(hap(4, 3, 5))).toEqual([]);
  });

  it("EDIT-2: spans outside of the text are ignored", () => {
    const versions = new CodeVersions();
    versions.start("ab", 0, "ab");
    expect(versions.spans(hap(0, -1, 1))).toEqual([]);
    expect(versions.spans(hap(0, 1, 900))).toEqual([]);
  });
});

it("EDIT-2: several haps of one place are one light, in the order of the text", () => {
  const spans = litSpans([hap(0, 5, 7), hap(0, 1, 3), hap(0, 5, 7, "red")], (each) => each.spans);
  expect(spans).toEqual([
    { start: 1, end: 3, color: null },
    { start: 5, end: 7, color: "red" },
  ]);
  expect(sameSpans(spans, [...spans])).toBe(true);
  expect(sameSpans(spans, spans.slice(1))).toBe(false);
});
