// From an offset in JavaScript's UTF-16 text to the line and column people count: both from 1, in code points.

export interface Position {
  line: number;
  column: number;
}

/** The line and column of a UTF-16 offset; an offset outside the text is moved to its nearest end. */
export function positionAt(code: string, offset: number): Position {
  const end = Math.max(0, Math.min(offset, code.length));
  const before = code.slice(0, end);
  const start = before.lastIndexOf("\n") + 1;
  let line = 1;
  for (let at = before.indexOf("\n"); at !== -1; at = before.indexOf("\n", at + 1)) line++;
  return { line, column: [...before.slice(start)].length + 1 };
}

/** The UTF-16 offset of a line (from 1) and a UTF-16 column (from 0), as parsers and stacks count. */
export function offsetAt(code: string, line: number, column: number): number {
  let start = 0;
  for (let left = line; left > 1; left--) {
    const next = code.indexOf("\n", start);
    if (next === -1) return code.length;
    start = next + 1;
  }
  return Math.min(start + column, code.length);
}
