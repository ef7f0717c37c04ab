import { afterEach, describe, expect, it, vi } from "vitest";
import type { Proposal } from "../../src/protocol.js";
import { keyOf } from "../../src/session/proposals.js";
import type { MusicalDiff } from "../../src/stage/messages.js";
import { agentDoing } from "../../src/views/asks/agent_doing.js";
import { agentsFor, opensAsks } from "../../src/views/asks/ask_box.js";
import { type MarkedLine, markedLines } from "../../src/views/asks/marked_lines.js";
import { seenAt } from "../../src/views/asks/proposal_list.js";
import {
  announcement,
  costWords,
  musicWords,
  stateWords,
  titleWords,
} from "../../src/views/asks/proposal_words.js";
import { Rest } from "../../src/views/asks/rest.js";
import { bass, drums } from "../page/joined_page.js";
import { change, proposal } from "../session/proposed.js";

const SIGNS = { same: " ", before: "-", after: "+" } as const;
const written = (line: MarkedLine) =>
  line.side === "gap"
    ? `… ${line.lines}`
    : SIGNS[line.side] + line.parts.map(({ text, isChanged }) => (isChanged ? `[${text}]` : text)).join("");
const shown = (before: string, after: string, isWriting = false) =>
  markedLines(before, after, isWriting).map(written);

describe("a change, line by line", () => {
  it("PROP-4: the words that differ are marked in lines that are alike", () => {
    expect(shown("a\nb.lpf(800).gain(1)\nc", "a\nb.lpf(300).gain(1)\nc")).toEqual([
      " a",
      "-b.lpf([800]).gain(1)",
      "+b.lpf([300]).gain(1)",
      " c",
    ]);
  });

  it("PROP-4: lines with little in common are two lines, and other writings are words too", () => {
    expect(shown('s("bd*4")', 'note("c e g").s("piano")')).toEqual([
      '-s("bd*4")',
      '+note("c e g").s("piano")',
    ]);
    expect(shown("// 低い 🎵 x", "// 高い 🎵 x")).toEqual(["-// [低い] 🎵 x", "+// [高い] 🎵 x"]);
  });

  it("PROP-4: long stretches that stay are left out, and empty lines at the end are no change", () => {
    const lines = Array.from({ length: 12 }, (_, at) => `line ${at}`);
    const before = lines.join("\n");
    expect(shown(before, `${before.replace("line 6", "other words")}\n\n`)).toEqual([
      "… 4",
      " line 4",
      " line 5",
      "-line 6",
      "+other words",
      " line 7",
      " line 8",
      "… 3",
    ]);
    expect(shown("", "a\nb")).toEqual(["+a", "+b"]);
    expect(shown("a\nb", "")).toEqual(["-a", "-b"]);
  });

  it("PROP-4: while it is written, what it has not come to yet is not shown as taken away", () => {
    expect(shown("a\nb(1)\nc\nd", "a\nb(", true)).toEqual([" a", "-b([1)]", "+b("]);
    expect(shown("a\nb\nc\nd", "a", true)).toEqual([" a"]);
    expect(shown("a\nb\nc\nd", "a")).toEqual([" a", "-b", "-c", "-d"]);
  });

  it("PROP-4: both versions can be read out of what is shown", () => {
    const [before, after] = ["a b\nc d e\nf\ng", "a b c\nf\nd e\ng"];
    const lines = markedLines(before, after);
    const read = (side: "before" | "after") =>
      lines
        .filter((line) => line.side === "same" || line.side === side)
        .map((line) => (line.side === "gap" ? "" : line.parts.map(({ text }) => text).join("")))
        .join("\n");
    expect([read("before"), read("after")]).toEqual([before, after]);
  });
});

const diff: MusicalDiff = {
  cycles: 8,
  added: 0,
  removed: 0,
  moved: 0,
  changed: 0,
  kept: 32,
  controls: [],
  cps_before: null,
  cps_after: null,
  drawn_cycles: 2,
  haps_before: [],
  haps_after: [],
};

describe("a proposal in words", () => {
  it("PROP-5: what one hears is told: haps, controls, tempo, or that it sounds the same", () => {
    expect(musicWords(diff)).toEqual(["sounds the same"]);
    expect(musicWords({ ...diff, added: 1, moved: 3 })).toEqual(["1 hap added, 3 moved, 32 as before"]);
    const controls = [
      { name: "cutoff", before: "800", after: "300" },
      { name: "room", before: "", after: "0.4" },
      { name: "delay", before: "0.5", after: "" },
    ];
    expect(musicWords({ ...diff, kept: 0, changed: 4, controls, cps_after: 0.6 })).toEqual([
      "4 haps changed",
      "cutoff 800 → 300",
      "new room 0.4",
      "no more delay",
      "tempo the session's → 0.6 cycles a second",
    ]);
  });

  it("PROP-5: what is announced changes with the state and never with what streams", () => {
    const one = announcement(proposal({ state: "streaming" }));
    expect(one).toBe("Claude for Bo: writing");
    expect(
      announcement(proposal({ state: "streaming", says: "more", changes: [change("l1", "bass")] })),
    ).toBe(one);
    expect(announcement(proposal({ state: "failed", reason: "the agent left" }))).toBe(
      "Claude for Bo: failed, all is as it was: the agent left",
    );
    expect(announcement(proposal({ state: "waiting", agent_label: null }))).toBe(
      "Bo asks: waits for its turn",
    );
  });

  it("PROP-5: rounds, cost and long words are told shortly", () => {
    expect(stateWords({ state: "mending", round: 2 })).toBe("mending, round 2");
    expect([costWords({ usd: 0, pays: "Ana's key" }), costWords({ usd: 0.0112, pays: "Ana's key" })]).toEqual(
      ["", "$0.01 · Ana's key"],
    );
    expect(costWords({ usd: 0.0004, pays: null })).toBe("$0.0004");
    expect(titleWords(`two\nlines ${"x".repeat(200)}`)).toMatch(/^two lines x{69}…$/);
  });

  it("PROP-6: whoever looks sees for whom an agent works, and that it answers", () => {
    const agents = [{ participant: "cl", label: "Claude", models: [], pays: "Ana's key", only_for: null }];
    const two = [
      proposal(),
      proposal({ id: "p2", asker: "Cy" }),
      proposal({ id: "p3", state: "failed", asker: "Di" }),
    ];
    expect(agentDoing({ agents, proposals: two }, "cl")).toBe("at work for Bo, Cy");
    expect(agentDoing({ agents, proposals: [] }, "cl")).toBe("answers when asked");
    expect(agentDoing({ agents: [], proposals: [] }, "cl")).toBeNull();
    expect(agentsFor([...agents, { ...agents[0], only_for: "bo" } as never], "ana")).toHaveLength(1);
  });
});

describe("which proposals are seen", () => {
  it("PROP-2: at a layer all that go on, and of those that are over the last one, unless it was put away", () => {
    const at = (id: string, state: "streaming" | "applied", layer = "l1") =>
      proposal({ id, state, changes: [change(layer, "")] });
    const all = [
      at("p1", "applied"),
      at("p2", "streaming"),
      at("p3", "applied"),
      at("p4", "streaming", "l2"),
    ];
    const ids = (place: string | null, away: string[] = []) =>
      seenAt(all, place, [bass, drums], new Set(away)).map(({ id }) => id);
    expect([ids("l1"), ids("l2"), ids(null)]).toEqual([["p2", "p3"], ["p4"], []]);
    expect(ids("l1", [keyOf(all[2] as Proposal)])).toEqual(["p2"]);
  });

  it("PROP-2: another one of the same number is seen though that was put away", () => {
    const [first, later] = [7, 8].map((server_ms) => proposal({ id: "p1", server_ms, only: ["l1"] }));
    const away = new Set([keyOf(first as Proposal)]);
    expect(seenAt([first as Proposal], "l1", [bass], away)).toEqual([]);
    expect(seenAt([later as Proposal], "l1", [bass], away)).toEqual([later]);
  });
});

describe("folding by itself", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("PROP-14: comes a while after the end, later when somebody is at it, and not at all once somebody has decided", () => {
    vi.useFakeTimers();
    let busy = true;
    let folded = 0;
    const rest = new Rest(
      20_000,
      () => busy,
      () => {
        folded += 1;
      },
    );
    rest.begin();
    vi.advanceTimersByTime(39_000);
    busy = false;
    expect(folded).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(folded).toBe(1);
    vi.advanceTimersByTime(100_000);
    rest.begin();
    rest.end();
    vi.advanceTimersByTime(100_000);
    expect(folded).toBe(1);
  });
});

describe("the key for asking", () => {
  it("PROP-7: is Ctrl+Shift+A, on a Mac Cmd+Shift+A, and nothing else", () => {
    const key = { ctrlKey: true, metaKey: false, shiftKey: true, altKey: false, code: "KeyA" };
    const opens = (more: object) => opensAsks({ ...key, ...more } as KeyboardEvent);
    expect([opens({}), opens({ ctrlKey: false, metaKey: true })]).toEqual([true, true]);
    for (const more of [{ shiftKey: false }, { altKey: true }, { ctrlKey: false }, { code: "KeyB" }])
      expect(opens(more)).toBe(false);
  });
});
