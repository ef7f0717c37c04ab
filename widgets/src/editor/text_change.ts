// The smallest edit that makes one text into another.

/** An edit of a text: from `start` to `end`, in UTF-16 units, comes `text`. */
export interface Change {
  start: number;
  end: number;
  text: string;
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
