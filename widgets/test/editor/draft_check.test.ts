import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DraftCheck, type DraftVerdict } from "../../src/editor/draft_check.js";
import type { Problem, ProblemKind } from "../../src/engine/problem.js";

const problem = (kind: ProblemKind): Problem => ({
  kind,
  message: kind,
  line: 1,
  column: 1,
  hint: null,
  layer: null,
});

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function drafts(check: (code: string) => Promise<DraftVerdict>) {
  const asked: string[] = [];
  const marked: string[][] = [];
  const made = new DraftCheck(
    (code) => {
      asked.push(code);
      return check(code);
    },
    ({ problems }) => marked.push(problems.map(({ kind }) => kind)),
  );
  return { made, asked, marked };
}
const found = (...kinds: ProblemKind[]) => ({ problems: kinds.map(problem), warnings: [] });

describe("a text that is being typed", () => {
  it("EDIT-7: is checked once it has rested, and only its last version", async () => {
    const { made, asked, marked } = drafts(async () => found("reference"));
    for (const code of ["s", 's("', 's("bd").lpff(3)']) {
      made.typed(() => code);
      await vi.advanceTimersByTimeAsync(200);
    }
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toEqual(['s("bd").lpff(3)']);
    expect(marked).toEqual([["reference"]]);
  });

  it("EDIT-7: gets no marks for what it was before", async () => {
    let answer: (verdict: DraftVerdict) => void = () => undefined;
    const { made, marked } = drafts(() => new Promise((resolve) => (answer = resolve)));
    made.typed(() => "x(");
    await vi.advanceTimersByTimeAsync(300);
    made.drop();
    answer(found("syntax"));
    await vi.advanceTimersByTimeAsync(0);
    expect(marked).toEqual([]);
  });

  it("EDIT-7: is not blamed for being unfinished, and fetches nothing", async () => {
    const { made, asked, marked } = drafts(async () => found("silence", "time", "not_pattern", "mini"));
    made.typed(() => 's("bd [")');
    await vi.advanceTimersByTimeAsync(300);
    expect(marked).toEqual([["mini"]]);
    made.typed(() => "samples('github:some');");
    await vi.advanceTimersByTimeAsync(300);
    expect(asked).toHaveLength(1);
  });

  it("EDIT-7: a stage that does not answer is no problem of the text", async () => {
    const { made, marked } = drafts(() => Promise.reject(new Error("gone")));
    made.typed(() => "x");
    await vi.advanceTimersByTimeAsync(300);
    expect(marked).toEqual([]);
  });
});
