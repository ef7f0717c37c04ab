// One animation loop per page, and only while something that is seen moves.

/** Something drawn again and again. */
export interface Moving {
  element: Element;
  /** Whether there is anything to draw: a still picture costs nothing. */
  active(): boolean;
  draw(): void;
}

/** Pictures a second: more of them show nothing new of music, and take the time it needs on slow machines. */
const FPS = 30;
/** Someone who asked for less motion gets this many. */
const CALM_FPS = 4;
/** A screen that is about to be drawn is waited for, so the pause between pictures is this much shorter. */
const SCREEN_MS = 8;

const reduced = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");

/** Whether the reader asked for less motion. */
export function wantsCalm(): boolean {
  return reduced?.matches ?? false;
}

class AnimationLoop {
  #seen = new Map<Moving, boolean>();
  #byElement = new WeakMap<Element, Moving>();
  /** Whether the next look is on its way. */
  #isAwaited = false;
  #observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const moving = this.#byElement.get(entry.target);
      if (moving && this.#seen.has(moving)) this.#seen.set(moving, entry.isIntersecting);
    }
    this.wake();
  });

  add(moving: Moving): () => void {
    this.#seen.set(moving, true);
    this.#byElement.set(moving.element, moving);
    this.#observer.observe(moving.element);
    this.wake();
    return () => {
      this.#seen.delete(moving);
      this.#observer.unobserve(moving.element);
    };
  }

  wake(): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    this.#look();
  }

  /** Not before the screen is drawn again: for a page in the background it never is. */
  #look(): void {
    requestAnimationFrame(() => this.#tick());
  }

  #tick(): void {
    const moving = [...this.#seen].filter(([each, seen]) => seen && each.active()).map(([each]) => each);
    this.#isAwaited = moving.length > 0;
    if (!this.#isAwaited) return;
    for (const each of moving) each.draw();
    setTimeout(() => this.#look(), 1000 / (wantsCalm() ? CALM_FPS : FPS) - SCREEN_MS);
  }
}

let loop: AnimationLoop | null = null;

/** Draws `moving` again and again while it is active and seen; call what is returned to end it. */
export function animate(moving: Moving): () => void {
  loop ??= new AnimationLoop();
  return loop.add(moving);
}

/** Something became active: look again. */
export function wakeAnimation(): void {
  loop?.wake();
}
