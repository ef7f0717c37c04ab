// A cycle as a ring of steps, some of them struck: the picture of waiting and joining.

import { element } from "../dom.js";

const SVG = "http://www.w3.org/2000/svg";
const STEPS = 16;
const RADIUS = 46;

/** Which of `steps` are struck when `pulses` are spread as evenly as can be, from the first on. */
export function euclid(pulses: number, steps: number): boolean[] {
  return Array.from({ length: steps }, (_, step) => (step * pulses) % steps < pulses);
}

/** A decorative ring around `centre`. */
export function ring(centre: HTMLElement, pulses = 7): HTMLElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "-52 -52 104 104");
  for (const [step, struck] of euclid(pulses, STEPS).entries()) {
    const angle = (step / STEPS) * 2 * Math.PI - Math.PI / 2;
    const dot = document.createElementNS(SVG, "circle");
    dot.setAttribute("cx", (Math.cos(angle) * RADIUS).toFixed(2));
    dot.setAttribute("cy", (Math.sin(angle) * RADIUS).toFixed(2));
    dot.setAttribute("r", struck ? "3.4" : "1.7");
    dot.setAttribute("class", struck ? "algs-struck" : "algs-rest");
    // One turn takes two seconds; each step lights up when it is passed.
    dot.style.animationDelay = `${((step / STEPS) * 2).toFixed(3)}s`;
    svg.append(dot);
  }
  return element("div", {
    class: "algs-ring",
    attributes: { "aria-hidden": "true" },
    children: [svg, centre],
  });
}
