// A canvas that is as sharp as the screen and takes its colours from the theme.

/** The theme's colours for drawing. */
export interface Ink {
  line: string;
  faint: string;
  text: string;
  accent: string;
  hap: string;
}

/** A canvas of CSS size `width` × `height`, redrawn by `draw`. */
export class SharpCanvas {
  readonly element: HTMLCanvasElement;
  width = 0;
  height = 0;
  #ink: Ink | null = null;

  constructor(className: string, label: string) {
    this.element = document.createElement("canvas");
    this.element.className = className;
    this.element.setAttribute("role", "img");
    this.element.setAttribute("aria-label", label);
  }

  /** The context, cleared and scaled to CSS pixels; null while the canvas has no size or no context. */
  begin(): CanvasRenderingContext2D | null {
    const { clientWidth, clientHeight } = this.element;
    if (clientWidth === 0 || clientHeight === 0) return null;
    const ratio = Math.min(globalThis.devicePixelRatio || 1, 3);
    const [w, h] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    if (this.element.width !== w || this.element.height !== h) {
      this.element.width = w;
      this.element.height = h;
    }
    this.width = clientWidth;
    this.height = clientHeight;
    const context = this.element.getContext("2d");
    context?.setTransform(ratio, 0, 0, ratio, 0, 0);
    context?.clearRect(0, 0, clientWidth, clientHeight);
    return context;
  }

  /** The theme changed: ask for the colours again. */
  forgetInk(): void {
    this.#ink = null;
  }

  get ink(): Ink {
    if (this.#ink) return this.#ink;
    const style = getComputedStyle(this.element);
    const color = (name: string) => style.getPropertyValue(name).trim() || "#888";
    this.#ink = {
      line: color("--alg-line"),
      faint: color("--alg-faint"),
      text: color("--alg-muted"),
      accent: color("--alg-accent"),
      hap: color("--alg-hap-rest"),
    };
    return this.#ink;
  }
}
