import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Problem } from "../../src/engine/problem.js";
import { DraftCheck, type Marks } from "../../src/views/draft_check.js";

const problem: Problem = { kind: "reference", message: "no", line: 1, column: 1, hint: null, layer: null };
const wrong: Marks = { problems: [problem], warnings: [] };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function drafting(answer: (code: string) => Promise<Marks> = async () => wrong) {
  const state = { text: "a", checked: [] as string[], shown: 0 };
  const check = (code: string) => {
    state.checked.push(code);
    return answer(code);
  };
  const draft = new DraftCheck(
    () => state.text,
    check,
    () => void state.shown++,
  );
  return { draft, state };
}

describe("the text while one types", () => {
  it("EDIT-7: is looked at once, when typing rests", async () => {
    const { draft, state } = drafting();
    for (const text of ["ab", "abc", "abcd"]) {
      state.text = text;
      draft.typed();
      await vi.advanceTimersByTimeAsync(300);
    }
    await vi.advanceTimersByTimeAsync(600);
    expect([state.checked, state.shown, draft.marks]).toEqual([["abcd"], 1, wrong]);
  });

  it("EDIT-7: what was found in a text that has changed since is not shown", async () => {
    const answers: ((marks: Marks) => void)[] = [];
    const { draft, state } = drafting(() => new Promise((resolve) => answers.push(resolve)));
    draft.typed();
    await vi.advanceTimersByTimeAsync(600);
    state.text = "b";
    answers[0]?.(wrong);
    await vi.advanceTimersByTimeAsync(0);
    expect([state.shown, draft.marks]).toEqual([0, null]);
  });

  it("EDIT-7: once it is asked to play, the gate's own answer counts", async () => {
    const { draft, state } = drafting();
    draft.typed();
    draft.forget();
    await vi.advanceTimersByTimeAsync(1_000);
    expect([state.checked, draft.marks]).toEqual([[], null]);
  });

  it("EDIT-7: nothing is fetched from an address that is being written", async () => {
    const { draft, state } = drafting();
    state.text = "samples('github:some');";
    draft.typed();
    await vi.advanceTimersByTimeAsync(600);
    expect(state.checked).toEqual([]);
  });

  it("EDIT-7: an empty text has no mistakes, nor has one that nobody could check", async () => {
    const { draft, state } = drafting(() => Promise.reject(new Error("gone")));
    draft.typed();
    await vi.advanceTimersByTimeAsync(600);
    expect(draft.marks).toEqual({ problems: [], warnings: [] });
    state.text = " \n";
    draft.typed();
    await vi.advanceTimersByTimeAsync(600);
    expect(state.checked).toEqual(["a"]);
  });
});
