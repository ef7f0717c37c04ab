import { describe, expect, test } from "vitest";
import { RateCap, readFromStage } from "../../src/stage/incoming.js";

describe("what the stage says", () => {
  test.each([null, 3, "ready", {}, [], { kind: "constructor" }, { kind: "__proto__" }, { kind: ["haps"] }])(
    "STAGE-22: %j is nothing",
    (said) => {
      expect(readFromStage(said)).toBeNull();
    },
  );

  test("STAGE-22: haps are cut to size and their numbers clamped", () => {
    const hostile = {
      begin: Number.NaN,
      end: Number.NEGATIVE_INFINITY,
      spans: [{ start: -5, end: 1e300 }, { start: 1.9 }, "x", null],
      label: { toString: () => "x" },
      sound: "s".repeat(1e5),
      note: "60",
      gain: 1e9,
      color: "red;background:url(https://evil.example)",
      extra: "<img>",
    };
    const news = readFromStage({
      kind: "haps",
      layer: 7,
      begin: 0,
      end: 1e300,
      haps: new Array(1e5).fill(hostile),
    });
    if (news?.kind !== "haps") throw new Error("no haps");
    expect(news.haps.length).toBeLessThanOrEqual(8192);
    expect(news.layer).toBe("");
    const { sound, spans, ...rest } = news.haps[0] as (typeof news.haps)[number];
    expect(sound?.length).toBe(80);
    expect(
      spans.every(({ start, end }) => Number.isInteger(start) && Number.isInteger(end) && start <= end),
    ).toBe(true);
    expect(rest).toEqual({ begin: 0, end: 0, label: null, note: null, gain: 16, color: null });
  });

  test("STAGE-22: a hap's controls are few, short, numbers and texts, and there only when they are said", () => {
    const hostile = {
      s: "x".repeat(1e5),
      gain: Number.NaN,
      cutoff: 800,
      FX: [{}],
      toString: () => "x",
      ["n".repeat(33)]: 1,
      ...Object.fromEntries(new Array(200).fill(0).map((_, index) => [`c${index}`, index])),
    };
    const said = (hap: object) =>
      readFromStage({ kind: "haps", layer: "a", begin: 0, end: 1, haps: [{ begin: 0, end: 1, ...hap }] });
    const [hap] = (said({ controls: hostile }) as { haps: { controls: Record<string, unknown> }[] }).haps;
    expect(hap?.controls).toMatchObject({ s: "x".repeat(256), cutoff: 800, c0: 0 });
    expect(Object.keys(hap?.controls ?? {}).length).toBeLessThanOrEqual(64);
    for (const name of ["gain", "FX", "toString", "n".repeat(33)])
      expect(hap?.controls[name]).toBeUndefined();
    expect(said({ controls: "x" })).toMatchObject({ haps: [{ controls: {} }] });
    expect((said({}) as { haps: object[] }).haps[0]).not.toHaveProperty("controls");
  });

  test.each(["red", "#fff", "#00ff0080", "hsl(20 30% 40%)", "rgba(1, 2, 3, .5)"])(
    "STAGE-22: %s is a colour",
    (color) => {
      const news = readFromStage({
        kind: "haps",
        layer: "a",
        begin: 0,
        end: 1,
        haps: [{ begin: 0, end: 1, color }],
      });
      expect(news).toMatchObject({ haps: [{ color }] });
    },
  );

  test("STAGE-22: an honest answer comes through whole", () => {
    const problem = { kind: "mini", message: "m", line: 2, column: 3, hint: null, layer: "bass" };
    const playing = {
      from_cycle: 4,
      cps: 0.5,
      labels: ["bass"],
      widgets: [
        {
          type: "slider",
          offset: 9,
          slider: { span: { start: 1, end: 2 }, value: 1, min: 0, max: 2, step: 0.1 },
        },
      ],
    };
    const news = { kind: "evaluated", request_id: 3, layer: "a", problems: [problem], warnings: [], playing };
    expect(readFromStage(news)).toEqual(news);
  });

  test("STAGE-22: a layer may be called __proto__ and changes nothing", () => {
    const layers = JSON.parse('{"__proto__": 0.5, "constructor": 2}') as unknown;
    const news = readFromStage({ kind: "levels", master: 0.1, layers });
    if (news?.kind !== "levels") throw new Error("no levels");
    expect(Object.entries(news.layers)).toEqual([
      ["__proto__", 0.5],
      ["constructor", 1],
    ]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("STAGE-23: so many messages a second get through and no more", () => {
    const cap = new RateCap(200);
    const admitted = (from_ms: number) =>
      Array.from({ length: 1000 }, () => cap.admits(from_ms)).filter((is) => is).length;
    expect(admitted(1000)).toBe(200);
    expect(admitted(1999)).toBe(0);
    expect(admitted(2000)).toBe(200);
  });
});
