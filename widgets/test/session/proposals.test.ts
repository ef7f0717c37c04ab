import { describe, expect, it } from "vitest";
import type { Change, Layer, Proposal } from "../../src/protocol.js";
import {
  cameToNothing,
  changesAt,
  isOver,
  layerOf,
  mayDecide,
  mayStop,
  mayUndo,
  placesOf,
  withProposal,
} from "../../src/session/proposals.js";
import { fold, NOTHING_YET } from "../../src/session/state.js";
import { bass, drums } from "../page/joined_page.js";
import { change, proposal } from "./proposed.js";

const layers: Layer[] = [bass, drums];
const ids = (changes: readonly Change[]) => changes.map(({ name }) => name);

describe("what was asked, as a page knows it", () => {
  it("PROP-1: news of a proposal takes the place of what was known of it, and a new one comes last", () => {
    const known = [proposal(), proposal({ id: "p2" })];
    const news = withProposal(known, proposal({ state: "applied" }));
    expect(news.map(({ id, state }) => [id, state])).toEqual([
      ["p1", "applied"],
      ["p2", "thinking"],
    ]);
    expect(withProposal(news, proposal({ id: "p3" })).map(({ id }) => id)).toEqual(["p1", "p2", "p3"]);
  });

  it("PROP-1: however many come, as many are kept as anybody looks at", () => {
    let known: Proposal[] = [];
    for (let number = 1; number <= 200; number++)
      known = withProposal(known, proposal({ id: `p${number}`, state: "applied" }));
    expect([known.length, known.at(-1)?.id]).toEqual([64, "p200"]);
  });

  it("PROP-1: a page hears of switches, agents and proposals, and a welcome replaces them all", () => {
    const agent = { participant: "cl", label: "Claude", models: [], pays: "Ana's key", only_for: null };
    let state = fold(NOTHING_YET, { kind: "ai_set", on: true, review: true, by: "ana" });
    state = fold(state, { kind: "agents", agents: [agent] });
    state = fold(state, { kind: "proposal", proposal: proposal() });
    expect([state.ai, state.aiReview, state.agents, state.proposals]).toEqual([
      true,
      true,
      [agent],
      [proposal()],
    ]);
    expect(fold(state, { kind: "ai_set", on: false, review: true, by: "ana" }).ai).toBe(false);
  });
});

describe("where a proposal stands", () => {
  it("PROP-2: beside the layers it is about until it changes some, then beside those, in the session's order", () => {
    expect(placesOf(proposal(), layers)).toEqual([]);
    expect(placesOf(proposal({ only: ["l2", "l1", "gone"] }), layers)).toEqual(["l1", "l2"]);
    expect(placesOf(proposal({ only: ["l1"], changes: [change("l2", "drums")] }), layers)).toEqual(["l2"]);
  });

  it("PROP-2: a new layer has no place until it is there, and is found by its name then", () => {
    const hats = change(null, "hats");
    expect(placesOf(proposal({ changes: [hats] }), layers)).toEqual([]);
    const more = [...layers, { ...bass, id: "l3", name: "hats" }];
    expect([placesOf(proposal({ changes: [hats] }), more), layerOf(hats, more)?.id]).toEqual([["l3"], "l3"]);
  });

  it("PROP-2: each change is seen at its layer, and one without a layer at the first place", () => {
    const asked = proposal({ changes: [change("l2", "drums"), change(null, "hats"), change("l1", "bass")] });
    expect(ids(changesAt(asked, "l1", layers))).toEqual(["hats", "bass"]);
    expect(ids(changesAt(asked, "l2", layers))).toEqual(["drums"]);
    expect(ids(changesAt(proposal({ changes: [change(null, "hats")] }), null, layers))).toEqual(["hats"]);
  });
});

describe("what one may do with a proposal", () => {
  const asker = { you: "bo", mayAsk: true, isHost: false };
  const host = { you: "ana", mayAsk: true, isHost: true };
  const other = { you: "cy", mayAsk: true, isHost: false };
  const viewer = { you: "bo", mayAsk: false, isHost: false };

  it.each([
    ["waiting", mayStop],
    ["streaming", mayStop],
    ["offered", mayStop],
    ["offered", mayDecide],
    ["applied", mayUndo],
  ] as const)("PROP-3: in state %s, %o is for the asker and hosts", (state, may) => {
    const asked = proposal({ state });
    expect([may(asked, asker), may(asked, host), may(asked, other)]).toEqual([true, true, false]);
  });

  it("PROP-3: who may not ask any more decides and takes back nothing", () => {
    expect(mayDecide(proposal({ state: "offered" }), viewer)).toBe(false);
    expect(mayUndo(proposal({ state: "applied" }), viewer)).toBe(false);
  });

  it("PROP-3: nothing can be stopped that is over, and nothing undone that did not come to be", () => {
    for (const state of ["applied", "failed", "stopped", "undone", "answered", "gave_up"] as const) {
      expect([isOver({ state }), mayStop(proposal({ state }), host)]).toEqual([true, false]);
      expect(mayUndo(proposal({ state }), host)).toBe(state === "applied");
      expect(mayDecide(proposal({ state }), host)).toBe(false);
      expect(cameToNothing({ state })).toBe(!["applied", "undone"].includes(state));
    }
  });
});
