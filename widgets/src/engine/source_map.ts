// Reads the one thing needed from a source map: which original place a generated place comes from.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function decode(segment: string): number[] {
  const numbers: number[] = [];
  let shift = 0;
  let value = 0;
  for (const char of segment) {
    const digit = DIGITS.indexOf(char);
    value += (digit & 31) << shift;
    if (digit & 32) {
      shift += 5;
      continue;
    }
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    shift = 0;
    value = 0;
  }
  return numbers;
}

/** The original line (from 1) and column (from 0) of a generated line (from 1) and column (from 0). */
export function originalPosition(
  map: string,
  line: number,
  column: number,
): { line: number; column: number } | null {
  const lines = (JSON.parse(map) as { mappings: string }).mappings.split(";");
  let originalLine = 0;
  let originalColumn = 0;
  let best: { line: number; column: number } | null = null;
  for (let index = 0; index < line && index < lines.length; index++) {
    let generated = 0;
    for (const segment of (lines[index] ?? "").split(",")) {
      if (segment === "") continue;
      const [step = 0, , lineStep = 0, columnStep = 0] = decode(segment);
      generated += step;
      originalLine += lineStep;
      originalColumn += columnStep;
      if (index === line - 1 && generated > column && best !== null) return best;
      if (index === line - 1) best = { line: originalLine + 1, column: originalColumn };
      if (best !== null && generated > column) return best;
    }
  }
  return best;
}
