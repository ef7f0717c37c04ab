import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { ownUndo } from "../../src/session/own_undo.js";

/** Numbers below `n`, the same for the same seed (mulberry32). */
function dice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  };
}

/** Two people's documents; edits meet when they are told to. */
function pair() {
  const [ana, bo] = [new Y.Doc(), new Y.Doc()];
  const outbox: [Y.Doc, Uint8Array][] = [];
  const origin = { editor: "ana" };
  ana.on("update", (update: Uint8Array, from: unknown) => from !== "wire" && outbox.push([bo, update]));
  bo.on("update", (update: Uint8Array, from: unknown) => from !== "wire" && outbox.push([ana, update]));
  const meet = () => {
    for (const [to, update] of outbox.splice(0)) Y.applyUpdate(to, update, "wire");
  };
  const text = ana.getText("layer:l1");
  const undo = ownUndo(text);
  undo.addTrackedOrigin(origin);
  return { ana, bo, text, others: bo.getText("layer:l1"), undo, origin, meet };
}

const isLetterOfBo = (letter: string) => letter >= "A" && letter <= "Z";
/** Whether all of `part` is in `whole`, in order. */
function isWithin(part: string[], whole: string): boolean {
  let at = 0;
  for (const letter of whole) if (letter === part[at]) at += 1;
  return at === part.length;
}

describe("own undo", () => {
  test("UNDO-1: takes nothing away that others typed, wherever they typed it", () => {
    for (let seed = 0; seed < 60; seed++) {
      const roll = dice(seed);
      const { ana, text, others, undo, origin, meet } = pair();
      for (let step = 0; step < 40; step++) {
        const kind = roll(10);
        if (kind < 4)
          ana.transact(() => text.insert(roll(text.length + 1), "🎵ab".slice(0, 2 + roll(2))), origin);
        else if (kind < 8) others.insert(roll(others.length + 1), "ABC"[roll(3)] ?? "A");
        else meet();
        if (kind === 9) {
          meet();
          const before = [...text.toString()].filter(isLetterOfBo);
          if (roll(3) > 0) undo.undo();
          else undo.redo();
          expect(isWithin(before, text.toString()), `seed ${seed} step ${step}`).toBe(true);
        }
        if (roll(3) === 0) undo.stopCapturing();
      }
      meet();
      expect(others.toString()).toBe(text.toString());
    }
  });

  test("UNDO-1: takes everything away that one typed oneself", () => {
    const { ana, text, others, undo, origin, meet } = pair();
    ana.transact(() => text.insert(0, "mine"), origin);
    meet();
    others.insert(2, "THEIRS");
    meet();
    undo.undo();
    expect(text.toString()).toBe("THEIRS");
    undo.redo();
    expect(text.toString().replace("THEIRS", "")).toBe("mine");
  });

  test("UNDO-1: control: an undo that counts every edit as one's own takes others' words away", () => {
    const { text, others, meet } = pair();
    const careless = new Y.UndoManager(text, { trackedOrigins: new Set(["wire"]) });
    others.insert(0, "THEIRS");
    meet();
    careless.undo();
    expect(text.toString()).toBe("");
  });
});
