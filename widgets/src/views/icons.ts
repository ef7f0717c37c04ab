// The few icons there are, drawn on a 16 × 16 grid.

const SVG = "http://www.w3.org/2000/svg";

const SHAPES = {
  play: "M5 3.2v9.6c0 .6.7 1 1.2.6l7-4.8a.75.75 0 0 0 0-1.2l-7-4.8C5.7 2.2 5 2.6 5 3.2Z",
  stop: "M4.5 3.5h7a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1Z",
  // A speaker, crossed out: silence everything.
  hush: "M2.5 6h2.2L8 3.2v9.6L4.7 10H2.5ZM10.2 6.2l3.6 3.6m0-3.6-3.6 3.6",
  // Headphones: hear it before the others do.
  cue: "M3 10.5V8.2a5 5 0 0 1 10 0v2.3M3 9.7h1.6v3.6H4a1 1 0 0 1-1-1ZM13 9.7h-1.6v3.6h.6a1 1 0 0 0 1-1Z",
} as const;

/** The icon as a decorative SVG element: the button around it carries the words. */
export function icon(name: keyof typeof SHAPES): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("width", "16");
  svg.setAttribute("height", "16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}
