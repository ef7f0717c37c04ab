import { describe, expect, it } from "vitest";
import { PlayClock } from "../../src/page/clock.js";
import { HapTimeline } from "../../src/page/timeline.js";
import { FRESH_MS, isFreshRun, readPayload } from "../../src/payload.js";
import type { SeenHap } from "../../src/stage/messages.js";
import { faderOfGain, gainOfFader } from "../../src/views/controls.js";
import { pitchName, RowMemory, rollWindow, rowsFor } from "../../src/views/piano_roll.js";
import { consequence, placeOf } from "../../src/views/problem_list.js";
import { risingEdge, spectrumBands } from "../../src/views/scope.js";
import { beatOf, cpmOf, cpsOf, tempoSentence } from "../../src/views/tempo.js";
import { hostTheme, isDark } from "../../src/views/theme.js";

const hap = (begin: number, end: number, sound = "bd", note: number | null = null): SeenHap => ({
  begin,
  end,
  spans: [],
  label: null,
  sound,
  note,
  gain: 1,
  color: null,
});

describe("tempo", () => {
  it("VIEW-1: cycles per second are shown as cycles per minute and told as beats per minute", () => {
    expect(cpmOf(0.5)).toBe(30);
    expect(cpmOf(1 / 3)).toBe(20);
    expect(tempoSentence(0.5)).toBe(
      "0.5 cycles per second = 30 cycles per minute, 120 beats per minute at 4 beats a cycle",
    );
  });
  it("VIEW-1: a typed tempo is kept in range, and what is not a number is refused", () => {
    expect(cpsOf(60)).toBe(1);
    expect(cpsOf(1e9)).toBe(5);
    expect(cpsOf(-4)).toBe(0.05);
    expect(cpsOf(Number.NaN)).toBeNull();
  });
  it("VIEW-1: the beat follows the cycle", () => {
    expect([0, 0.25, 0.9, 7.5, -0.1].map(beatOf)).toEqual([0, 1, 3, 2, 3]);
  });
});

describe("the clock and the haps around now", () => {
  it("VIEW-2: between two reports the cycle goes on at the tempo, and a stopped clock has none", () => {
    const clock = new PlayClock();
    expect(clock.cycleAt(0)).toBeNull();
    clock.anchor({ epoch_ms: 1000, cycle: 4, cps: 0.5 });
    expect(clock.cycleAt(3000)).toBe(5);
    clock.stop();
    expect(clock.cycleAt(3000)).toBeNull();
  });
  it("VIEW-2: a swap replaces the haps that were foretold from its cycle on, and keeps the earlier ones", () => {
    const timeline = new HapTimeline();
    timeline.add(0, [hap(0, 1, "old"), hap(1, 2, "old")]);
    timeline.add(1, [hap(1, 1.5, "new")]);
    expect(timeline.between(0, 9).map((each) => each.sound)).toEqual(["old", "new"]);
    expect(timeline.active(1.25).map((each) => each.sound)).toEqual(["new"]);
    expect(timeline.active(1.5)).toEqual([]);
  });
  it("VIEW-2: the past is forgotten, and a dense pattern stays bounded", () => {
    const timeline = new HapTimeline();
    timeline.add(0, [hap(0, 1)]);
    timeline.add(100, [hap(100, 101)]);
    expect(timeline.between(0, 50)).toEqual([]);
    timeline.add(
      101,
      Array.from({ length: 20_000 }, (_, i) => hap(101 + i / 20_000, 102)),
    );
    expect(timeline.between(0, 1000).length).toBeLessThanOrEqual(6000);
  });
});

describe("the piano roll", () => {
  it("VIEW-3: pitches lie high to low above the named sounds", () => {
    const rows = rowsFor([hap(0, 1, "sd"), hap(0, 1, "saw", 48), hap(0, 1, "bd"), hap(0, 1, "saw", 60)]);
    expect(rows.map((row) => row.label)).toEqual(["C4", "C3", "bd", "sd"]);
    expect(pitchName(58)).toBe("A♯3");
  });
  it("VIEW-3: a row stays while its sound rests, and goes when it is gone for long", () => {
    const memory = new RowMemory();
    memory.update([hap(0, 1, "bd"), hap(0, 1, "cp")], 0);
    expect(memory.update([hap(3, 4, "bd")], 3).map((row) => row.label)).toEqual(["bd", "cp"]);
    expect(memory.update([hap(20, 21, "bd")], 20).map((row) => row.label)).toEqual(["bd"]);
  });
  it("VIEW-3: with less motion the picture stands still and the line moves", () => {
    expect(rollWindow(5, false)).toEqual({ begin: 5 - 2.8, now_at: 0.7 });
    expect(rollWindow(5, true)).toEqual({ begin: 4, now_at: 0.25 });
    expect(rollWindow(6, true)).toEqual({ begin: 4, now_at: 0.5 });
  });
});

describe("scope and spectrum", () => {
  const wave = (cycles: number) =>
    Float32Array.from({ length: 1024 }, (_, i) => Math.cos((2 * Math.PI * cycles * i) / 1024));
  it("VIEW-4: the picture starts where the wave rises through zero", () => {
    expect(risingEdge(Float32Array.of(0.5, -0.5, -0.1, 0.2, 0.5), 5)).toBe(3);
    expect(risingEdge(new Float32Array(64), 32)).toBe(0);
  });
  it("VIEW-4: a sine of full level stands at 0 dB in its own band and far below elsewhere", () => {
    const bands = spectrumBands(wave(64), 9);
    const loudest = bands.indexOf(Math.max(...bands));
    expect(bands[loudest]).toBeCloseTo(0, 1);
    expect(bands[0]).toBeLessThan(-80);
  });
});

describe("words and looks", () => {
  const problem = { kind: "mini", message: "m", line: 3, column: 7, hint: null, layer: null } as const;
  it("VIEW-5: a problem says its place, and what goes on", () => {
    expect(placeOf(problem)).toBe("line 3:7");
    expect(placeOf({ ...problem, column: null })).toBe("line 3");
    expect(placeOf({ ...problem, line: null })).toBe("");
    expect(consequence([problem], true)).toBe("The last good version keeps playing.");
    expect(consequence([problem], false)).toBe("Nothing plays until this is right.");
    expect(consequence([], true)).toBeNull();
  });
  it("VIEW-6: the fader's place and the gain are two names of one thing", () => {
    for (const gain of [0, 0.5, 1, 2]) expect(gainOfFader(faderOfGain(gain))).toBeCloseTo(gain, 10);
  });
  it("VIEW-7: dark and light are the host's, else the reader's", () => {
    const body = (data: Record<string, string>, className = "") =>
      ({
        dataset: data,
        className,
        classList: { contains: (name: string) => className.split(" ").includes(name) },
      }) as unknown as HTMLElement;
    const plain = body({});
    expect(hostTheme(body({ jpThemeLight: "false" }), plain, "light")).toBe("dark");
    expect(hostTheme(body({ jpThemeLight: "true" }), plain, "dark")).toBe("light");
    expect(hostTheme(body({}, "vscode-dark"), plain, "light")).toBe("dark");
    expect(hostTheme(plain, body({}, "x dark"), "light")).toBe("dark");
    expect(hostTheme(plain, body({ theme: "light" }), "dark")).toBe("light");
    expect(hostTheme(plain, plain, "dark")).toBe("dark");
  });
  it("VIEW-7: a page that says nothing is as dark as its ground", () => {
    expect(["rgb(17, 17, 17)", "rgb(250, 250, 250)", "rgba(0, 0, 0, 0)"].map(isDark)).toEqual([
      true,
      false,
      null,
    ]);
  });
});

describe("an output of a notebook", () => {
  const data = {
    version: 1,
    session: null,
    layer: "a",
    code: "s",
    cps: null,
    play: true,
    run_id: "r1",
    issued_at_ms: 0,
  };
  const memory = () => {
    const kept = new Map<string, string>();
    return {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (k: string, v: string) => void kept.set(k, v),
    };
  };
  it("MIME-1: a run is fresh once, and only soon after it was issued", () => {
    const payload = readPayload(data);
    if (!payload) throw new Error("not read");
    const seen = memory();
    expect(isFreshRun(payload, 1000, seen)).toBe(true);
    expect(isFreshRun(payload, 1000, seen)).toBe(false);
    expect(isFreshRun(payload, FRESH_MS + 1, memory())).toBe(false);
    expect(isFreshRun({ ...payload, run_id: "" }, 1000, memory())).toBe(false);
  });
  it("OUT-4: what is to be done in place of showing a layer is read, and nothing else is", () => {
    const actions = ["hush", "remove", "explode", undefined].map((action) => ({ ...data, action }));
    expect(actions.map((each) => readPayload(each)?.action)).toEqual(["hush", "remove", null, null]);
  });
  it("MIME-2: foreign versions and broken data are no payloads, broken fields are replaced", () => {
    expect(readPayload({ ...data, version: 2 })).toBeNull();
    expect(readPayload("x")).toBeNull();
    expect(
      readPayload({
        version: 1,
        code: 5,
        words: ["x"],
        cps: "fast",
        play: "yes",
        problems: [null, { line: "x" }],
      }),
    ).toMatchObject({
      code: "",
      words: "",
      cps: null,
      play: false,
      problems: [{ line: null }],
    });
    expect(readPayload({ ...data, cps: 1e9 })?.cps).toBeNull();
  });
});
