// Two texts line by line: what both have, and what only one has.

/** One line of the comparison: in both texts, in the live one only, or in the cell's only. */
export interface DiffLine {
  side: "same" | "live" | "cell";
  text: string;
}

/** Beyond so many pairs of lines the middle is shown as one block for each text: nobody reads such a table. */
const MOST_PAIRS = 250_000;

/** The lines of both texts in order, those in common once. */
export function diffLines(live: string, cell: string): DiffLine[] {
  const [a, b] = [live.split("\n"), cell.split("\n")];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return [
    ...a.slice(0, start).map(same),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map(same),
  ];
}

const same = (text: string): DiffLine => ({ side: "same", text });
const ofLive = (text: string): DiffLine => ({ side: "live", text });
const ofCell = (text: string): DiffLine => ({ side: "cell", text });

/** By the longest sequence of lines that both have. */
function middle(a: string[], b: string[]): DiffLine[] {
  if (a.length * b.length > MOST_PAIRS) return [...a.map(ofLive), ...b.map(ofCell)];
  const longest = lengths(a, b);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push(same(a[i] as string));
      i += 1;
      j += 1;
    } else if (at(longest, i + 1, j) >= at(longest, i, j + 1)) {
      lines.push(ofLive(a[i] as string));
      i += 1;
    } else {
      lines.push(ofCell(b[j] as string));
      j += 1;
    }
  }
  return [...lines, ...a.slice(i).map(ofLive), ...b.slice(j).map(ofCell)];
}

/** How many lines `a` from `i` and `b` from `j` have in common. */
function lengths(a: string[], b: string[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      (table[i] as number[])[j] =
        a[i] === b[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
  return table;
}

const at = (table: number[][], i: number, j: number): number => table[i]?.[j] ?? 0;
