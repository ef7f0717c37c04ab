// The text of a notebook cell that shows a layer: the code, and the line before it that says it is Strudel.

/** An edit of a text: from `start` to `end`, in UTF-16 units, comes `text`. */
export interface Change {
  start: number;
  end: number;
  text: string;
}

const MAGIC = /^\s*%%strudel\b[^\n]*(?:\n|$)/;
const DIRECTIVE = /^\s*\/\/[ \t]*strudel\b[^\n]*(?:\n|$)/;
// What makes a cell of the Algorave kernel Strudel without any line before it.
const ANONYMOUS = /^\s*[_S]?\$[_A-Za-z0-9]*\s*:/;

const bare = (text: string): string => text.replace(/\n+$/, "");

/** The code of a cell as its layer has it: without the magic line, and without empty lines at the end. */
export function codeOf(source: string): string {
  return bare(source.replace(MAGIC, ""));
}

/** Whether a cell and a live text say the same, whatever line makes the cell Strudel. */
export function saysTheSame(source: string, live: string): boolean {
  const code = codeOf(source);
  return code === bare(live) || code.replace(DIRECTIVE, "") === bare(live);
}

/** The cell with the live text in it: its magic line or directive stays, so that it can be run as before. */
export function withCode(source: string, live: string): string {
  const code = bare(live);
  const magic = MAGIC.exec(source)?.[0];
  if (magic !== undefined) return `${bare(magic)}\n${code}`;
  const directive = DIRECTIVE.exec(source)?.[0];
  const stays = DIRECTIVE.test(code) || ANONYMOUS.test(code);
  return directive === undefined || stays ? code : `${bare(directive)}\n${code}`;
}

/** The smallest edit between two texts; it never cuts a character in two. Null when they are the same. */
export function changeBetween(before: string, after: string): Change | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  if (isInsideCharacter(before, start) || isInsideCharacter(after, start)) start -= 1;
  let same = 0;
  while (same < shorter - start && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  const end = before.length - same;
  const inside = isInsideCharacter(before, end) || isInsideCharacter(after, after.length - same);
  const kept = inside ? same - 1 : same;
  return { start, end: before.length - kept, text: after.slice(start, after.length - kept) };
}

function isInsideCharacter(text: string, at: number): boolean {
  const [before, after] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
