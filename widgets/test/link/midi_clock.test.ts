import { describe, expect, it } from "vitest";
import { MidiClock, TICKS_PER_CYCLE } from "../../src/link/midi_clock.js";
import type { Timed } from "../../src/link/midi_message.js";
import type { MusicTime } from "../../src/link/music_time.js";
import type { Anchor } from "../../src/protocol.js";
import { chance, steady, timeOf } from "./steady.js";

const LOOK_AHEAD_MS = 80;
const KINDS: Record<number, string> = {
  248: "clock",
  250: "start",
  251: "continue",
  252: "stop",
  242: "position",
};

const kindOf = ({ bytes }: Timed) => KINDS[bytes[0] ?? 0] ?? "?";
const ticks = (made: Timed[]) => made.filter((each) => kindOf(each) === "clock");
const others = (made: Timed[]) => made.filter((each) => kindOf(each) !== "clock");

/** Everything that leaves between two times, asked for at uneven moments. */
function run(
  clock: MidiClock,
  time: MusicTime,
  [from_ms, to_ms]: [number, number],
  plays: (now_ms: number) => boolean = () => true,
): Timed[] {
  const next = chance(from_ms + to_ms);
  const made: Timed[] = [];
  for (let now_ms = from_ms; now_ms < to_ms; now_ms += 5 + next() * 40) {
    made.push(...clock.advance(time, now_ms, now_ms + LOOK_AHEAD_MS, plays(now_ms)));
  }
  return made;
}

/** Sudden changes and ramps, each on the line of the one before. */
function changing(seed: number): Anchor[] {
  const next = chance(seed);
  const anchors: Anchor[] = [{ server_ms: 0, cycle: 0, cps: 0.5, slope: 0 }];
  for (let change = 0; change < 12; change++) {
    const last = anchors.at(-1) as Anchor;
    const server_ms = last.server_ms + 300 + next() * 2000;
    const passed_s = (server_ms - last.server_ms) / 1000;
    const cycle = last.cycle + last.cps * passed_s + (last.slope * passed_s ** 2) / 2;
    const cps = change % 2 === 1 ? 0.3 + next() : last.cps + last.slope * passed_s;
    // A ramp goes up or down to something that is still a tempo after two seconds and more.
    const slope = change % 2 === 1 ? 0 : (next() - 0.3) * 0.1;
    anchors.push({ server_ms, cycle, cps, slope });
  }
  return anchors;
}

describe("the MIDI clock", () => {
  it("LINK-8: 24 ticks a beat, each once, in order and at exactly the session's time, over changes and ramps", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const anchors = changing(seed);
      const time = timeOf(anchors, -12_345.5);
      const from_ms = 12_345.5 + 100;
      const made = ticks(run(new MidiClock(), time, [from_ms, from_ms + 14_000]));
      const numbers = made.map(({ at_ms }) => time.cycleAt(at_ms) * TICKS_PER_CYCLE);
      const first = Math.ceil(time.cycleAt(from_ms) * TICKS_PER_CYCLE);
      expect(made.length).toBeGreaterThan(300);
      numbers.forEach((number, index) => {
        expect(Math.abs(number - (first + index))).toBeLessThan(1e-5);
      });
      const times = made.map(({ at_ms }) => at_ms);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  it("LINK-8: a steady beat at half a cycle a second has 24 ticks in its half second", () => {
    const made = ticks(run(new MidiClock(), steady(0.5), [0, 4000]));
    expect(made.filter(({ at_ms }) => at_ms >= 1000 && at_ms < 1500)).toHaveLength(24);
  });

  it("LINK-9: a device starts with the next cycle, told where in the song that is, before the tick it is about", () => {
    const made = run(new MidiClock(), steady(0.5), [4100, 7000]);
    expect(others(made).map(kindOf)).toEqual(["position", "continue"]);
    const [position, go] = others(made) as [Timed, Timed];
    // The third cycle begins at 6,000 ms with the 48th sixteenth.
    expect(position.bytes).toEqual([0xf2, 48, 0]);
    expect(position.at_ms).toBe(4100);
    expect(go.at_ms).toBe(5998);
    expect(ticks(made).some(({ at_ms }) => at_ms === 6000)).toBe(true);
    expect(ticks(made).some(({ at_ms }) => at_ms > 5998 && at_ms < 6000)).toBe(false);
  });

  it("LINK-9: at the very beginning it is told to start", () => {
    const made = run(new MidiClock(), steady(0.5), [0, 500]);
    expect(others(made).map(kindOf)).toEqual(["start"]);
  });

  it("LINK-9: it stops when the session does, goes on with it, and ticks all the time", () => {
    const made = run(new MidiClock(), steady(0.5), [100, 9000], (now_ms) => now_ms < 3000 || now_ms > 5000);
    expect(others(made).map(kindOf)).toEqual(["position", "continue", "stop", "position", "continue"]);
    const times = ticks(made).map(({ at_ms }) => at_ms);
    expect(Math.max(...times.slice(1).map((at_ms, index) => at_ms - (times[index] ?? 0)))).toBeLessThan(25);
  });

  it("LINK-9: nothing that never plays is started or stopped", () => {
    const made = run(new MidiClock(), steady(0.5), [100, 3000], () => false);
    expect(others(made)).toEqual([]);
    expect(ticks(made).length).toBeGreaterThan(100);
  });

  it("LINK-9: after a page slept, or time went back, the device stops and starts again with the next cycle", () => {
    for (const later of [steady(0.5), timeOf([{ server_ms: 0, cycle: -20, cps: 0.5, slope: 0 }])]) {
      const clock = new MidiClock();
      run(clock, steady(0.5), [100, 5000]);
      const made = run(clock, later, [65_000, 69_000]);
      expect(others(made).map(kindOf)).toEqual(["stop", "position", "continue"]);
      // No burst that makes up for what was missed.
      expect(made.every(({ at_ms }) => at_ms >= 65_000)).toBe(true);
    }
  });

  it("LINK-9: the song position goes round after 16,384 sixteenths", () => {
    const clock = new MidiClock();
    const time = timeOf([{ server_ms: 0, cycle: 1023.5, cps: 0.5, slope: 0 }]);
    expect(clock.advance(time, 0, 80, true)[0]?.bytes).toEqual([0xf2, 0, 0]);
  });
});
