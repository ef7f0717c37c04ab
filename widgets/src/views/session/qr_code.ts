// A link as a picture that phones read: in a room people scan it from the wall instead of typing.

const SVG = "http://www.w3.org/2000/svg";
/** As the standard asks: so many light modules around the code. */
const QUIET = 4;

/** The dark modules as an SVG path, each one unit wide. */
export function modulesPath(count: number, isDark: (row: number, column: number) => boolean): string {
  const runs: string[] = [];
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      if (!isDark(row, column)) continue;
      const start = column;
      while (column + 1 < count && isDark(row, column + 1)) column++;
      runs.push(`M${start} ${row}h${column + 1 - start}v1H${start}z`);
    }
  }
  return runs.join("");
}

/** The code of a text, black on white in any theme: inverted ones are not read by every phone. */
export async function qrCode(text: string): Promise<SVGSVGElement> {
  const { default: make } = await import("qrcode-generator");
  const code = make(0, "M");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const svg = document.createElementNS(SVG, "svg");
  const side = count + 2 * QUIET;
  svg.setAttribute("viewBox", `${-QUIET} ${-QUIET} ${side} ${side}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "The link as a QR code");
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.setAttribute("class", "algs-qr");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute(
    "d",
    modulesPath(count, (row, column) => code.isDark(row, column)),
  );
  svg.append(path);
  return svg;
}
