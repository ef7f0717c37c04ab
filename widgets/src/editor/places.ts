// Where a problem is: from line and column (from 1, in code points) to offsets of the editor's text (UTF-16).

import type { Diagnostic } from "@codemirror/lint";
import type { Text } from "@codemirror/state";
import type { Problem } from "../engine/problem.js";

/** UTF-16 length of the first `count` code points of a line. */
function utf16Length(line: string, count: number): number {
  let length = 0;
  let seen = 0;
  for (const character of line) {
    if (seen === count) break;
    length += character.length;
    seen += 1;
  }
  return length;
}

/** The stretch a problem is marked at: the word at its column, or its whole line; null when it has no line. */
export function problemSpan(doc: Text, problem: Problem): { from: number; to: number } | null {
  if (problem.line === null || problem.line < 1) return null;
  const line = doc.line(Math.min(problem.line, doc.lines));
  if (problem.column === null) {
    const indent = line.text.length - line.text.trimStart().length;
    return { from: line.from + indent, to: line.to };
  }
  const at = Math.min(utf16Length(line.text, problem.column - 1), line.length);
  const word = /^[\p{L}\p{N}_$#.:]+|^\S/u.exec(line.text.slice(at));
  // A problem at the end of a line is marked at the last character: an empty stretch cannot be seen.
  if (!word)
    return { from: line.from + Math.max(0, at - 1), to: line.from + Math.max(at, Math.min(1, line.length)) };
  return { from: line.from + at, to: line.from + at + word[0].length };
}

/** One sentence for people: what is wrong, and what to do. */
export function problemSentence(problem: Problem): string {
  return problem.hint ? `${problem.message} (${problem.hint})` : problem.message;
}

/** The editor's squiggles for problems and warnings. */
export function diagnostics(
  doc: Text,
  problems: readonly Problem[],
  warnings: readonly Problem[],
): Diagnostic[] {
  const marked = (severity: "error" | "warning") => (problem: Problem) => {
    const span = problemSpan(doc, problem);
    return span ? [{ ...span, severity, message: problemSentence(problem) }] : [];
  };
  return [...problems.flatMap(marked("error")), ...warnings.flatMap(marked("warning"))];
}
