import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

/** Says what is seen when it is told to. */
class Eyes {
  static report: (entries: { target: unknown; isIntersecting: boolean }[]) => void = () => undefined;

  constructor(report: typeof Eyes.report) {
    Eyes.report = report;
  }

  observe(): void {}
  unobserve(): void {}
}

const FRAME_MS = 1000 / 60;

/** A screen of sixty frames a second, for a page that somebody looks at or not. */
class Screen {
  isLookedAt = true;
  #waiting: (() => void)[] = [];

  constructor() {
    this.#refresh(FRAME_MS);
  }

  #refresh(in_ms: number): void {
    setTimeout(() => {
      if (this.isLookedAt) for (const each of this.#waiting.splice(0)) each();
      this.#refresh(FRAME_MS);
    }, in_ms);
  }

  ask = (draw: () => void): number => this.#waiting.push(draw);

  get isAsked(): boolean {
    return this.#waiting.length > 0;
  }
}

async function drawn(prefersCalm: boolean) {
  vi.stubGlobal("matchMedia", () => ({ matches: prefersCalm }));
  const { animate, wakeAnimation } = await import("../../src/views/animation.js");
  const thing = () => {
    const made = { element: {} as Element, isActive: true, pictures: 0 };
    const draw = () => {
      made.pictures++;
      // What is drawn may say that something has become active.
      wakeAnimation();
    };
    animate({ element: made.element, active: () => made.isActive, draw });
    return made;
  };
  return { thing, wake: wakeAnimation };
}

describe("what moves", () => {
  let screen: Screen;
  beforeEach(() => {
    vi.resetModules();
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    screen = new Screen();
    vi.stubGlobal("requestAnimationFrame", screen.ask);
    vi.stubGlobal("IntersectionObserver", Eyes);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test("VIEW-8: thirty pictures a second are drawn, though the screen could show sixty", async () => {
    const { thing } = await drawn(false);
    const roll = thing();
    vi.advanceTimersByTime(10_000);
    expect(roll.pictures / 10).toBeGreaterThan(25);
    expect(roll.pictures / 10).toBeLessThanOrEqual(32);
  });

  test("VIEW-8: whoever asked for less motion gets four", async () => {
    const { thing } = await drawn(true);
    const roll = thing();
    vi.advanceTimersByTime(10_000);
    expect(roll.pictures / 10).toBeGreaterThan(3);
    expect(roll.pictures / 10).toBeLessThanOrEqual(4.5);
  });

  test("VIEW-8: what is not seen is not drawn, while what is seen goes on", async () => {
    const { thing } = await drawn(false);
    const [near, far] = [thing(), thing()];
    Eyes.report([{ target: far.element, isIntersecting: false }]);
    vi.advanceTimersByTime(1000);
    expect(far.pictures).toBe(0);
    expect(near.pictures).toBeGreaterThan(20);
    Eyes.report([{ target: far.element, isIntersecting: true }]);
    vi.advanceTimersByTime(1000);
    expect(far.pictures).toBeGreaterThan(20);
  });

  test("VIEW-8: a page in the background draws nothing, and goes on when it is looked at", async () => {
    const { thing } = await drawn(false);
    const roll = thing();
    screen.isLookedAt = false;
    vi.advanceTimersByTime(10_000);
    expect(roll.pictures).toBe(0);
    screen.isLookedAt = true;
    vi.advanceTimersByTime(1000);
    expect(roll.pictures).toBeGreaterThan(20);
  });

  test("VIEW-8: while nothing is active nobody is woken, until something says that it is", async () => {
    const { thing, wake } = await drawn(false);
    const roll = thing();
    roll.isActive = false;
    vi.advanceTimersByTime(1000);
    expect([roll.pictures, screen.isAsked]).toEqual([0, false]);
    roll.isActive = true;
    wake();
    wake();
    vi.advanceTimersByTime(1000);
    expect(roll.pictures).toBeGreaterThan(20);
    expect(roll.pictures).toBeLessThanOrEqual(32);
  });
});
