import { describe, expect, test } from "vitest";
import { usableLag_ms } from "../../src/page/lag.js";
import { Heard } from "../../src/stage/heard.js";

describe("a device that is heard later than its browser knows", () => {
  test("LAG-1: is set to at most 200 ms, in whole ones", () => {
    expect([0, 12.4, -7, 900, -900, Number.NaN].map(usableLag_ms)).toEqual([0, 12, -7, 200, -200, 0]);
  });

  test("LAG-2: plays so much earlier, and shows as being heard what is heard", () => {
    let audio_s = 0;
    const heard = new Heard({
      state: "running",
      get currentTime() {
        return audio_s;
      },
      baseLatency: 0,
      outputLatency: 0,
      getOutputTimestamp: () => ({ contextTime: audio_s, performanceTime: 5_000 + audio_s * 1000 }),
    });
    for (let reading = 1; reading <= 20; reading++) {
      audio_s = reading / 10;
      heard.read();
    }
    const [offset_s, now_s] = [heard.offset_s as number, heard.now_s()];
    expect(offset_s).toBeCloseTo(5, 9);
    heard.lag_s = 0.15;
    expect(heard.offset_s).toBeCloseTo(offset_s + 0.15, 9);
    expect(heard.now_s() - now_s).toBeCloseTo(-0.15, 1);
  });
});
