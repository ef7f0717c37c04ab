// The icons of the session's views, as strokes on a 24 × 24 grid.

const SVG = "http://www.w3.org/2000/svg";

const STROKES = {
  close: "M6 6l12 12M18 6L6 18",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  chat: "M4 6.5A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.5v9a1.5 1.5 0 0 1-1.5 1.5H11l-4.5 3.5V17h-1A1.5 1.5 0 0 1 4 15.5z",
  people:
    "M9 11.5a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5zM3.5 19c.4-3.2 2.6-5 5.5-5s5.1 1.8 5.5 5M15.5 5.2a3.2 3.2 0 0 1 0 6.2M17 14.3c2 .6 3.2 2.2 3.5 4.7",
  invite:
    "M10 11.5a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5zM4 19c.4-3.2 2.8-5 6-5 1.3 0 2.4.3 3.3.8M18 13v6M15 16h6",
  // A speech bubble with lines of code in it.
  ask: "M4 6.5A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.5v9a1.5 1.5 0 0 1-1.5 1.5H11l-4.5 3.5V17h-1A1.5 1.5 0 0 1 4 15.5zM9.5 8.5L7.5 11l2 2.5M14.5 8.5l2 2.5-2 2.5",
  // A round plug with five pins.
  devices: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM8 13h.01M9.2 9.6h.01M12 8h.01M14.8 9.6h.01M16 13h.01",
  // A metronome.
  tempo: "M9.5 4h5l3.5 16H6zM12 15.5l5.5-9M7.2 15.5h9.6",
  leave: "M13.5 5H7a1.5 1.5 0 0 0-1.5 1.5v11A1.5 1.5 0 0 0 7 19h6.5M11 12h9.5M17 8.5l3.5 3.5-3.5 3.5",
  layers: "M12 4l8.5 4.5L12 13 3.5 8.5zM4.5 12.5L12 16.5l7.5-4M4.5 16.2L12 20.2l7.5-4",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  lock: "M7 10.5h10a1 1 0 0 1 1 1V18a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-6.5a1 1 0 0 1 1-1zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5",
  up: "M12 19V5.5M6 11l6-6 6 6",
  down: "M12 5v13.5M6 13l6 6 6-6",
  plus: "M12 5v14M5 12h14",
  send: "M4.5 12h13M12 5.5L18.5 12 12 18.5",
  copy: "M9 9h9.5a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zM5.5 15a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1H14a1 1 0 0 1 1 1",
  check: "M5 12.5l4.5 4.5L19 7",
  back: "M19 12H5.5M11 6l-6 6 6 6",
  listen: "M4 9.5h3.5L12 5.5v13l-4.5-4H4zM15.5 9a4 4 0 0 1 0 6M18 6.5a7.5 7.5 0 0 1 0 11",
  // Two sliders.
  settings:
    "M4 8h9M17.5 8H20M4 16h2.5M11 16h9M15.2 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM8.8 18.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
  silent: "M4 9.5h3.5L12 5.5v13l-4.5-4H4zM15.5 9.5l5 5M20.5 9.5l-5 5",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  door: "M6 20V5a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v15M4 20h16M14.5 12.5h.01",
} as const;

/** What icons there are. */
export type SymbolName = keyof typeof STROKES;

/** The icon as a decorative SVG element: the button around it carries the words. */
export function symbol(name: SymbolName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  for (const [attribute, value] of [
    ["viewBox", "0 0 24 24"],
    ["class", "algs-symbol"],
    ["data-name", name],
    ["aria-hidden", "true"],
  ] as const)
    svg.setAttribute(attribute, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", STROKES[name]);
  svg.append(path);
  return svg;
}
