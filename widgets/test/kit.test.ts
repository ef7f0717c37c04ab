import { describe, expect, test } from "vitest";
import { VARIANTS } from "../src/kit/character.js";
import { renderKit } from "../src/kit/kit.js";
import {
  BANK_ALIASES,
  DRUM_NAMES,
  findKitSound,
  KIT_BANKS,
  KIT_NAMES,
  KIT_PITCHED,
  STAND_INS,
} from "../src/kit/names.js";
import { frequencyOf } from "../src/kit/strings.js";
import { encodeWav } from "../src/kit/wav.js";

const RATE = 44100;

function peakOf(samples: Float32Array): number {
  return samples.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
}

function meanOf(samples: Float32Array): number {
  return samples.reduce((sum, value) => sum + value, 0) / samples.length;
}

function rmsOf(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
}

/** Energy at one frequency (Goertzel), over the first `duration_s`. */
function levelAt(samples: Float32Array, hz: number, duration_s: number): number {
  const count = Math.min(samples.length, Math.round(duration_s * RATE));
  let re = 0;
  let im = 0;
  for (let index = 0; index < count; index++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / count);
    re += (samples[index] as number) * window * Math.cos((2 * Math.PI * hz * index) / RATE);
    im += (samples[index] as number) * window * Math.sin((2 * Math.PI * hz * index) / RATE);
  }
  return Math.hypot(re, im);
}

/** Centre of gravity of the spectrum, from a coarse third-octave scan. */
function brightness_hz(samples: Float32Array): number {
  let weight = 0;
  let sum = 0;
  for (let hz = 30; hz < 16000; hz *= 2 ** (1 / 6)) {
    const power = levelAt(samples, hz, 0.1) ** 2 * hz;
    weight += power;
    sum += power * hz;
  }
  return sum / weight;
}

/** When the level falls for good below -40 dB of its highest, in seconds. */
function decay_s(samples: Float32Array): number {
  const frame = 256;
  const levels: number[] = [];
  for (let at = 0; at < samples.length; at += frame) levels.push(rmsOf(samples.subarray(at, at + frame)));
  const floor = Math.max(...levels) / 100;
  return (levels.findLastIndex((level) => level > floor) * frame) / RATE;
}

describe("every sound", () => {
  const all = [...KIT_NAMES, "RolandTR808_bd", "tr909_hh", "LinnDrum_cp", "EmuSP12_sd", "SimmonsSDS5_ht"];

  test.each(all)(
    "KIT-1, KIT-2: %s is finite, at a sensible peak, without direct current or a click at its ends",
    (name) => {
      const variants = findKitSound(name)?.variants ?? 0;
      for (let variant = 0; variant < variants; variant++) {
        const samples = renderKit(name, variant, RATE);
        expect(samples.every(Number.isFinite)).toBe(true);
        const peak = peakOf(samples);
        expect(peak).toBeGreaterThan(0.4);
        expect(peak).toBeLessThanOrEqual(0.96);
        expect(Math.abs(meanOf(samples))).toBeLessThan(peak * 0.003);
        expect(Math.abs(samples[0] as number)).toBeLessThan(0.001);
        expect(Math.abs(samples.at(-1) as number)).toBeLessThan(0.001);
        expect(samples.length / RATE).toBeLessThan(6);
      }
    },
  );

  test("KIT-3: the same sound comes out the same, sample for sample", () => {
    for (const name of ["sd", "cr", "piano", "gtr", "wind"]) {
      expect(renderKit(name, 2, RATE)).toEqual(renderKit(name, 2, RATE));
    }
  });

  test("KIT-4: every number after the colon is another sound, and numbers wrap around", () => {
    for (const name of [...DRUM_NAMES, ...Object.keys(STAND_INS)]) {
      const variants = findKitSound(name)?.variants ?? 0;
      const sounds = Array.from({ length: variants }, (_, variant) => renderKit(name, variant, RATE));
      const distinct = new Set(sounds.map((samples) => `${samples.length} ${rmsOf(samples).toFixed(6)}`));
      expect(distinct.size, name).toBe(variants);
    }
    expect(renderKit("bd", VARIANTS.length, RATE)).toEqual(renderKit("bd", 0, RATE));
    expect(renderKit("bd", -1, RATE)).toEqual(renderKit("bd", VARIANTS.length - 1, RATE));
  });

  test("KIT-5: another sample rate gives the same sound at that rate", () => {
    const high = renderKit("bd", 0, 48000);
    const low = renderKit("bd", 0, 44100);
    expect(high.length / 48000).toBeCloseTo(low.length / 44100, 3);
    expect(rmsOf(high)).toBeCloseTo(rmsOf(low), 2);
  });
});

describe("the drums sound like what they are called", () => {
  test("KIT-6: kick below snare below hat, and the toms climb", () => {
    const [bd, sd, hh] = ["bd", "sd", "hh"].map((name) => brightness_hz(renderKit(name, 0, RATE)));
    expect(bd).toBeLessThan(300);
    expect(sd).toBeGreaterThan(600);
    expect(hh).toBeGreaterThan(6000);
    const toms = ["lt", "mt", "ht"].map((name) => brightness_hz(renderKit(name, 0, RATE)));
    expect(toms[1]).toBeGreaterThan(toms[0] as number);
    expect(toms[2]).toBeGreaterThan(toms[1] as number);
  });

  test("KIT-6: an open hat rings longer than a closed one, a crash longer than both", () => {
    const [hh, oh, cr] = ["hh", "oh", "cr"].map((name) => decay_s(renderKit(name, 0, RATE))) as [
      number,
      number,
      number,
    ];
    expect(oh).toBeGreaterThan(hh * 3);
    expect(cr).toBeGreaterThan(oh * 2);
  });

  test("KIT-6: the clap is several hands: its level rises again after the first burst", () => {
    const clap = renderKit("cp", 0, RATE);
    const level = (from_s: number, to_s: number) => rmsOf(clap.subarray(from_s * RATE, to_s * RATE));
    expect(level(0.012, 0.015)).toBeGreaterThan(level(0.008, 0.0105) * 1.3);
  });

  test("KIT-7: banks differ: the 808 kick is longer and lower than the 606 one", () => {
    const eight = renderKit("RolandTR808_bd", 0, RATE);
    const six = renderKit("RolandTR606_bd", 0, RATE);
    expect(decay_s(eight)).toBeGreaterThan(decay_s(six) * 2);
    expect(brightness_hz(eight)).toBeLessThan(brightness_hz(six));
  });

  test.each(Object.entries(KIT_PITCHED))("KIT-8: %s is in tune", (name, notes) => {
    for (const [variant, note] of notes.entries()) {
      const samples = renderKit(name, variant, RATE);
      const hz = frequencyOf(note);
      // 35 cents to either side must be weaker; the lowest and highest piano notes are stretched.
      if (hz < 60 || hz > 2000) continue;
      const level = levelAt(samples, hz, 1);
      expect(level).toBeGreaterThan(levelAt(samples, hz * 2 ** (35 / 1200), 1));
      expect(level).toBeGreaterThan(levelAt(samples, hz * 2 ** (-35 / 1200), 1));
    }
  });
});

describe("names", () => {
  test("KIT-9: every usual drum-machine bank answers for every drum, by full and short name in any case", () => {
    for (const bank of [...KIT_BANKS, ...Object.keys(BANK_ALIASES)]) {
      for (const drum of DRUM_NAMES) {
        expect(findKitSound(`${bank}_${drum}`), `${bank}_${drum}`).not.toBeNull();
      }
    }
    expect(BANK_ALIASES.tr808).toBe("RolandTR808");
    expect(findKitSound("TR909_BD")).toEqual(findKitSound("RolandTR909_bd"));
    expect(findKitSound("RolandTR909_bd")?.character).toBe("nine");
  });

  test("KIT-10: what the kit does not have is null, and rendering it is refused", () => {
    for (const name of ["zzz", "NoSuchBank_bd", "RolandTR808_zzz", "", "_bd", "constructor", "__proto__"]) {
      expect(findKitSound(name), name).toBeNull();
      expect(() => renderKit(name, 0, RATE)).toThrow(RangeError);
    }
  });
});

describe("WAV", () => {
  test("KIT-11: a WAV file says its rate, channels and length, and clips what is too loud", () => {
    const view = new DataView(encodeWav([Float32Array.of(0, 0.5, 2), Float32Array.of(-2, 0, 1)], 48000));
    expect(view.getUint32(24, true)).toBe(48000);
    expect(view.getUint16(22, true)).toBe(2);
    expect(view.getUint32(40, true)).toBe(12);
    const samples = [0, 1, 2, 3, 4, 5].map((index) => view.getInt16(44 + index * 2, true));
    expect(samples).toEqual([0, -32767, 16384, 0, 32767, 32767]);
  });

  test("KIT-11: channels of unequal length are refused", () => {
    expect(() => encodeWav([new Float32Array(2), new Float32Array(3)], 48000)).toThrow(RangeError);
    expect(() => encodeWav([], 48000)).toThrow(RangeError);
  });
});
