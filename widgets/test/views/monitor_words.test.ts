import { describe, expect, test } from "vitest";
import { thinnedWords } from "../../src/views/player.js";
import { monitorWords, ownTroubleWords, timingWords } from "../../src/views/session/monitor_words.js";
import { lagWords } from "../../src/views/session/sound_settings.js";
import { faultWords } from "../../src/views/session_transport.js";

describe("what is said of what one hears", () => {
  const all = { mode: "all", playing: 3, own: 1, drafts: [] as string[] } as const;

  test("MON-6: everything needs no words; anything else is said, drafts by name", () => {
    expect(monitorWords(all)).toBe("");
    expect(monitorWords({ ...all, mode: "own" })).toBe("You hear your own layers only: 1 of 3.");
    expect(monitorWords({ ...all, mode: "own", own: 0 })).toContain("none of yours plays");
    expect(monitorWords({ ...all, mode: "none" })).toContain("the others go on hearing it");
    expect(monitorWords({ ...all, drafts: ["bass"] })).toBe("Only you hear your draft of bass.");
    expect(monitorWords({ ...all, drafts: ["a", "b", "c"] })).toBe(
      "Only you hear your drafts of a, b and c.",
    );
  });

  test("TIME-5: how somebody keeps time is told in short, and as their own word for who looks closer", () => {
    const timing = { phase_error_ms: -3, output_latency_ms: 12, keeps_time: true };
    expect(timingWords(timing).short).toBe("±3 ms");
    expect(timingWords(timing).more).toContain("by its own word");
    expect(timingWords({ ...timing, keeps_time: false }).short).toBe("cannot keep time");
    expect(ownTroubleWords("all")).toContain("or hear only your own layers");
    expect(ownTroubleWords("own")).not.toContain("own layers");
  });

  test("LAG-1: what a device is set to is told as what one hears", () => {
    expect(lagWords(0)).toBe("As the browser says.");
    expect(lagWords(120)).toBe("My sound comes 120 ms too late, so it is played earlier.");
    expect(lagWords(-8)).toBe("My sound comes 8 ms too early, so it is played later.");
  });

  test("STAGE-17: a layer that asks for too much is told how much, in round numbers", () => {
    expect(thinnedWords(null)).toBeNull();
    expect(thinnedWords({ asked: 3204, played: 518 })).toMatch(/^3200 haps a second .* 520 of them sound/);
  });

  test("FAULT-7: what has become of code that failed names its author and the cycle", () => {
    expect(faultWords({ at_cycle: 40.5 }, "Bo", false)).toBe(
      "Played by Bo: it failed in cycle 40, and the other layers play on.",
    );
    expect(faultWords({ at_cycle: 3 }, "Bo", true)).toContain("what played before plays on");
  });
});
