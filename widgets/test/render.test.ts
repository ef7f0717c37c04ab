import { describe, expect, test } from "vitest";
import "../src/render/globals.js";
import { encodeWav } from "../src/kit/wav.js";
import { CompressorCurve } from "../src/render/compressor_curve.js";
import { Convolution } from "../src/render/convolution.js";
import { Fft } from "../src/render/fft.js";
import { seedRandom } from "../src/render/globals.js";
import { Limiter } from "../src/render/master.js";
import { resample } from "../src/render/resample.js";
import { decodeWav } from "../src/render/wav_file.js";
import { namedWave, type WaveName } from "../src/render/wave_tables.js";

const RATE = 44100;

function noise(length: number, seed: number): Float32Array {
  seedRandom(seed);
  return Float32Array.from({ length }, () => Math.random() * 2 - 1);
}

function sine(length: number, hz: number, rate = RATE): Float32Array {
  return Float32Array.from({ length }, (_, index) => Math.sin((2 * Math.PI * hz * index) / rate));
}

function peakOf(samples: Float32Array): number {
  return samples.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
}

describe("transform", () => {
  test("REN-20: back and forth gives what went in, times the size, and a sine is one bin", () => {
    const fft = new Fft(256);
    const re = Float64Array.from(noise(256, 1));
    const before = re.slice();
    const im = new Float64Array(256);
    fft.forward(re, im);
    fft.inverse(re, im);
    for (const [index, value] of before.entries()) expect((re[index] as number) / 256).toBeCloseTo(value, 12);
    const wave = Float64Array.from({ length: 256 }, (_, index) => Math.cos((2 * Math.PI * 5 * index) / 256));
    const zero = new Float64Array(256);
    fft.forward(wave, zero);
    const levels = [...wave].map((value, bin) => Math.hypot(value, zero[bin] as number));
    expect(levels[5]).toBeCloseTo(128, 9);
    expect(levels.filter((level) => level > 1e-9)).toHaveLength(2);
  });

  test("REN-20: a length that is no power of two is refused", () => {
    expect(() => new Fft(100)).toThrow(RangeError);
  });
});

describe("waveforms", () => {
  test.each(["sine", "square", "sawtooth", "triangle"] as WaveName[])(
    "REN-21: a %s peaks at one, Gibbs included",
    (name) => {
      expect(peakOf(namedWave(name, RATE).table(0))).toBeCloseTo(1, 3);
    },
  );

  test("REN-21: a table for high notes holds no partial above half the sample rate", () => {
    const waves = namedWave("sawtooth", RATE);
    const hz = 5000;
    const table = waves.table(Math.floor(waves.place(hz)));
    const re = Float64Array.from(table);
    const im = new Float64Array(re.length);
    new Fft(re.length).forward(re, im);
    for (let order = 1; order < re.length / 2; order++) {
      const level = Math.hypot(re[order] as number, im[order] as number) / re.length;
      if (order * hz > RATE / 2) expect(level).toBeLessThan(1e-6);
    }
    expect(Math.hypot(re[1] as number, im[1] as number)).toBeGreaterThan(1);
  });
});

describe("compressor", () => {
  const curve = new CompressorCurve(-24, 12, 8);

  test("REN-22: below the threshold nothing changes; above the knee the slope is 1/ratio", () => {
    expect(curve.level(0.05)).toBeCloseTo(0.05, 9);
    const slope = (Math.log(curve.level(1)) - Math.log(curve.level(0.5))) / (Math.log(1) - Math.log(0.5));
    expect(slope).toBeCloseTo(1 / 8, 3);
  });

  test("REN-22: the curve has no step and rises throughout", () => {
    let before = curve.level(0.001);
    for (let level = 0.001; level < 2; level *= 1.001) {
      const now = curve.level(level);
      expect(now).toBeGreaterThanOrEqual(before);
      expect(now - before).toBeLessThan(0.002);
      before = now;
    }
  });

  test("REN-22: make-up gain gives back six tenths of the loss at full level", () => {
    expect(curve.makeUp).toBeCloseTo((1 / curve.level(1)) ** 0.6, 12);
    expect(curve.makeUp).toBeGreaterThan(2);
  });
});

describe("convolver", () => {
  test("REN-23: partitions give what plain convolution gives, over all sizes of partitions", () => {
    const impulses = [2, 3].map((seed) =>
      noise(11000, seed).map((value, index) => value * Math.exp(-index / 4000)),
    );
    const length = 128 * 160;
    // A few impulses are enough to know the exact answer.
    const hits = [
      [0, 777, 1500, 9000],
      [3, 1024, 8191],
    ];
    const inputs = hits.map((places) =>
      Float32Array.from({ length }, (_, index) => (places.includes(index) ? 1 : 0)),
    );
    const outputs = inputs.map(() => new Float32Array(length));
    const convolution = new Convolution([impulses[0] as Float32Array, impulses[1] as Float32Array]);
    const block = (channels: Float32Array[], at: number) =>
      channels.map((channel) => channel.subarray(at, at + 128)) as [Float32Array, Float32Array];
    for (let at = 0; at < length; at += 128) convolution.process(block(inputs, at), block(outputs, at));
    for (const side of [0, 1]) {
      for (let index = 0; index < length; index++) {
        const exact = (hits[side] as number[]).reduce(
          (sum, hit) => sum + (impulses[side]?.[index - hit] ?? 0),
          0,
        );
        expect(Math.abs((outputs[side]?.[index] as number) - exact)).toBeLessThan(1e-5);
      }
    }
  });
});

describe("limiter", () => {
  function limited(loud: Float32Array): Float32Array {
    const limiter = new Limiter(RATE);
    const left = loud.slice();
    limiter.process(left, loud.slice());
    return left.subarray(limiter.delay_frames);
  }

  test("REN-24: nothing leaves above the ceiling, however loud it comes", () => {
    const loud = sine(RATE, 220).map((value, index) => value * (index > 9000 && index < 20000 ? 7 : 0.5));
    expect(peakOf(loud)).toBeGreaterThan(6);
    expect(peakOf(limited(loud))).toBeLessThanOrEqual(0.98 + 1e-6);
  });

  test("REN-24: sound below the ceiling passes as it is, also after loud sound has been over for a while", () => {
    const quiet = sine(4000, 300).map((value) => value * 0.6);
    expect(limited(quiet)).toEqual(quiet.subarray(0, limited(quiet).length));
    const after = Float32Array.from([
      ...sine(2000, 300).map((value) => value * 3),
      ...new Float32Array(200000),
      ...quiet,
    ]);
    const passed = limited(after);
    const start = 202000;
    for (let index = 0; index < 3900; index++) {
      expect(passed[start + index]).toBeCloseTo(quiet[index] as number, 5);
    }
  });

  test("REN-24: what is not a number becomes silence", () => {
    const broken = sine(4000, 300).map((value, index) =>
      index === 1000 ? Number.NaN : index === 2000 ? Infinity : value * 0.5,
    );
    expect(limited(broken).every(Number.isFinite)).toBe(true);
  });
});

describe("files", () => {
  test("REN-25: a WAV file is read as it was written", () => {
    const channels = [noise(500, 3), noise(500, 4)];
    const { sampleRate, channels: read } = decodeWav(encodeWav(channels, 22050));
    expect(sampleRate).toBe(22050);
    for (const [index, channel] of channels.entries()) {
      for (const [frame, value] of channel.entries()) {
        expect(Math.abs((read[index]?.[frame] as number) - value)).toBeLessThan(1e-4);
      }
    }
  });

  test("REN-25: anything else is refused in words", () => {
    expect(() => decodeWav(new ArrayBuffer(4))).toThrow("no WAV file");
    expect(() =>
      decodeWav(new TextEncoder().encode("ID3 this is an mp3 file of a kind").buffer as ArrayBuffer),
    ).toThrow("no WAV file");
    expect(() => decodeWav(encodeWav([new Float32Array(10)], 44100).slice(0, 44))).toThrow("no sound");
  });

  test("REN-26: another sample rate keeps pitch, level and length", () => {
    const out = resample(sine(4410, 1000), 44100, 48000);
    expect(out).toHaveLength(4800);
    const wanted = sine(4800, 1000, 48000);
    for (let index = 200; index < 4600; index++) expect(out[index]).toBeCloseTo(wanted[index] as number, 2);
  });
});

describe("noise", () => {
  test("REN-5: the same seed gives the same random numbers, another seed others", () => {
    expect(noise(50, 7)).toEqual(noise(50, 7));
    expect(noise(50, 7)).not.toEqual(noise(50, 8));
  });
});
