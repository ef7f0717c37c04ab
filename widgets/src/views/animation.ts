// One animation loop per page, and only while something that is seen moves.

/** Something drawn again and again. */
export interface Moving {
  element: Element;
  /** Whether there is anything to draw: a still picture costs nothing. */
  active(): boolean;
  draw(): void;
}

/** Someone who asked for less motion gets this many pictures a second. */
const CALM_FPS = 4;

const reduced = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");

/** Whether the reader asked for less motion. */
export function wantsCalm(): boolean {
  return reduced?.matches ?? false;
}

class AnimationLoop {
  #seen = new Map<Moving, boolean>();
  #byElement = new WeakMap<Element, Moving>();
  #frame = 0;
  #last_ms = 0;
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
    if (this.#frame === 0) this.#frame = requestAnimationFrame((now_ms) => this.#tick(now_ms));
  }

  #tick(now_ms: number): void {
    this.#frame = 0;
    const moving = [...this.#seen].filter(([each, seen]) => seen && each.active()).map(([each]) => each);
    if (moving.length === 0) return;
    if (!wantsCalm() || now_ms - this.#last_ms > 1000 / CALM_FPS) {
      this.#last_ms = now_ms;
      for (const each of moving) each.draw();
    }
    this.wake();
  }
}

let loop: AnimationLoop | null = null;

/** Draws `moving` at the screen's pace while it is active and seen; call what is returned to end it. */
export function animate(moving: Moving): () => void {
  loop ??= new AnimationLoop();
  return loop.add(moving);
}

/** Something became active: look again. */
export function wakeAnimation(): void {
  loop?.wake();
}
