import { CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { expect, it } from "vitest";
import { strudelCompletion } from "../../src/editor/completion.js";
import { nameAt } from "../../src/editor/hover.js";
import { miniTokens, strudelLanguage } from "../../src/editor/language.js";
import { lazyReference, plainText, Reference } from "../../src/editor/reference.js";

const entry = { name: "lpf", synonyms: ["cutoff"], params: [], description: "", examples: [] };
const reference = new Reference([entry]);
const names = { sounds: ["bd", "sd"], banks: ["RolandTR909"], scales: ["C:minor"] };
const source = strudelCompletion(
  async () => reference,
  () => names,
);

/** What is offered at the `|`. */
async function offered(marked: string): Promise<string[] | null> {
  const pos = marked.indexOf("|");
  const state = EditorState.create({ doc: marked.replace("|", ""), extensions: strudelLanguage() });
  const result = (await source(new CompletionContext(state, pos, false))) as CompletionResult | null;
  return result?.options.map((option) => option.label) ?? null;
}

it("EDIT-4: functions are offered after a dot and while a name is typed, synonyms too", async () => {
  expect(await offered('s("bd").|')).toEqual(["lpf", "cutoff"]);
  expect(await offered('s("bd").cu|')).toEqual(["lpf", "cutoff"]);
});

it("EDIT-4: inside s, bank and scale the string offers sounds, banks and scales", async () => {
  expect(await offered('s("b|")')).toEqual(["bd", "sd"]);
  expect(await offered('note("c").sound("hh*2 [s|]")')).toEqual(["bd", "sd"]);
  expect(await offered('s("bd").bank("R|")')).toEqual(["RolandTR909"]);
  expect(await offered('n("0").scale("C|")')).toEqual(["C:minor"]);
});

it("EDIT-4: nothing is offered in comments, in other strings, and in empty places", async () => {
  expect(await offered("// lp|")).toBeNull();
  expect(await offered('note("c|")')).toBeNull();
  expect(await offered("s('bd') |")).toBeNull();
});

it("EDIT-5: help is given for names, not for strings and labels", () => {
  const state = EditorState.create({ doc: 'lpf: s("lpf").lpf(3)', extensions: strudelLanguage() });
  expect(nameAt(state, 15)).toEqual({ name: "lpf", from: 14, to: 17 });
  expect(nameAt(state, 9)).toBeNull();
  expect(nameAt(state, 1)).toBeNull();
});

it("EDIT-5: a synonym finds its function, and an unreachable reference is an empty one", async () => {
  expect(reference.find("cutoff")?.name).toBe("lpf");
  const missing = await lazyReference(() => Promise.reject(new Error("offline")))();
  expect(missing.entries).toEqual([]);
});

it("EDIT-5: Markdown becomes plain words of a bounded length", () => {
  expect(plainText("the **l**ow `lpf`, see [here](http://x)\n\nmore")).toBe("the low lpf, see here more");
  expect(plainText("x".repeat(900))).toHaveLength(400);
});

it("EDIT-6: mini-notation is cut into steps, numbers, rests, operators and brackets", () => {
  const kinds = miniTokens("bd*2 [~ c#4]:.5 <a-b>").map(({ kind, from, to }) => `${kind} ${from}-${to}`);
  expect(kinds).toEqual([
    "step 0-2",
    "operator 2-3",
    "number 3-4",
    "bracket 5-6",
    "rest 6-7",
    "step 8-11",
    "bracket 11-12",
    "operator 12-13",
    "number 13-15",
    "bracket 16-17",
    "step 17-18",
    "operator 18-19",
    "step 19-20",
    "bracket 20-21",
  ]);
});
