// From the user's text to JavaScript, and from a place in that JavaScript back to the user's text.
import { getLeafLocations, parse as parseMini } from "@strudel/mini";
import { registerWidgetType, type TranspiledWidget, transpiler } from "@strudel/transpiler";
import { parse as parseScript } from "acorn";
import { walk } from "estree-walker";
import type { InlineWidget } from "../stage/messages.js";
import { type SyntaxNode, withSourceMap } from "./codegen.js";
import { offsetAt } from "./positions.js";
import { type Problem, problemAt, StrudelError } from "./problem.js";
import { INLINE } from "./silent.js";
import { originalPosition } from "./source_map.js";

for (const name of INLINE) registerWidgetType(name);

export interface Transpiled {
  output: string;
  widgets: InlineWidget[];
  /** Ids of `slider()` in the order of the text. */
  sliderIds: string[];
}

const PARSE = { ecmaVersion: 2022, allowAwaitOutsideFunction: true, locations: true } as const;
/** Code longer than this is a mistake or an attack: 100 kB is three times the longest known song. */
export const MAX_CODE_LENGTH = 100_000;

/** Transpiles as the REPL does. Throws a StrudelError with all syntax and mini-notation problems. */
export function transpile(code: string): Transpiled {
  if (code.length > MAX_CODE_LENGTH) {
    const message = `the code is ${code.length} characters long, the limit is ${MAX_CODE_LENGTH}`;
    throw new StrudelError([problemAt(code, null, "size", message, "split it into several layers")]);
  }
  try {
    const made = transpiler(code);
    return {
      output: made.output,
      widgets: made.widgets.map(inlineWidget),
      sliderIds: made.widgets
        .filter((found) => found.type === "slider")
        .map((found) => `slider_${found.from}`),
    };
  } catch (error) {
    throw new StrudelError(transpileProblems(code, error));
  }
}

function inlineWidget(found: TranspiledWidget): InlineWidget {
  const type = found.type === "slider" ? "slider" : found.type.slice(1);
  const known = (type === "wordfall" ? "punchcard" : type) as InlineWidget["type"];
  if (found.type !== "slider") return { type: known, offset: found.to, slider: null };
  const min = Number(found.min ?? 0);
  const max = Number(found.max ?? 1);
  const value = Number(found.value);
  const step = Number(found.step ?? (max - min) / 1000);
  return {
    type: known,
    offset: found.to,
    slider: { span: { start: found.from ?? 0, end: found.to }, value, min, max, step },
  };
}

/** Where generated code (line from 1, UTF-16 column from 0) comes from, as an offset in the user's text. */
export function originalOffset(code: string, line: number, column: number): number | null {
  const map = withSourceMap(() => void transpiler(code));
  if (map === null) return null;
  const found = originalPosition(map, line, column);
  return found === null ? null : offsetAt(code, found.line, found.column);
}

/** The UTF-16 offset of the statement that makes a layer: the labelled one, else the one that gives the value. */
export function layerOffset(code: string, label: string | null): number | null {
  const { body } = parseScript(code, PARSE) as unknown as { body: SyntaxNode[] };
  let anonymous = 0;
  for (const node of body) {
    if (node.type !== "LabeledStatement") continue;
    const { name } = node.label as { name: string };
    const isMuted = name.startsWith("_") || name.endsWith("_");
    const known = name.includes("$") && !isMuted ? `${name}${anonymous++}` : name;
    if (known === label) return node.start ?? null;
  }
  return label === null ? (body.at(-1)?.start ?? null) : null;
}

function transpileProblems(code: string, error: unknown): Problem[] {
  const { message, pos } = error as { message: string; pos?: number };
  if (typeof pos === "number") return [syntaxProblem(code, message, pos)];
  const mini = miniProblems(code);
  if (mini.length > 0) return mini;
  const statement = valuelessStatement(code);
  if (statement !== null) return [statement];
  return [problemAt(code, null, "syntax", message)];
}

function syntaxProblem(code: string, message: string, offset: number): Problem {
  const plain = message.replace(/ \(\d+:\d+\)$/, "");
  return problemAt(code, offset, "syntax", lowered(plain), syntaxHint(code, plain, offset));
}

function lowered(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

function syntaxHint(code: string, message: string, offset: number): string | null {
  if (/Unterminated string|Unterminated template/.test(message)) return "close the quote";
  if (offset >= code.trimEnd().length) return "the code ends too early: is a bracket or quote missing?";
  if (/Unexpected token/.test(message)) return "is a comma, dot, bracket or quote missing before this?";
  return null;
}

/** Every double-quoted string and backtick text, where it starts, and what is in it. */
function miniLiterals(code: string): { text: string; start: number }[] {
  const found: { text: string; start: number }[] = [];
  walk(parseScript(code, PARSE) as never, {
    enter(raw, parent) {
      const node = raw as unknown as SyntaxNode & {
        raw?: string;
        value?: unknown;
        quasis?: { value: { raw: string } }[];
      };
      if (node.type === "Literal" && node.raw?.[0] === '"') {
        found.push({ text: String(node.value), start: node.start ?? 0 });
      }
      if (
        node.type === "TemplateLiteral" &&
        (parent as SyntaxNode | null)?.type !== "TaggedTemplateExpression"
      ) {
        found.push({ text: node.quasis?.[0]?.value.raw ?? "", start: node.start ?? 0 });
      }
    },
  });
  return found;
}

interface MiniError {
  message: string;
  found: string | null;
  location?: { start: { offset: number } };
}

function miniProblems(code: string): Problem[] {
  const problems: Problem[] = [];
  for (const { text, start } of miniLiterals(code)) {
    try {
      parseMini(`"${text}"`);
    } catch (raw) {
      problems.push(miniProblem(code, text, start, raw as MiniError));
      continue;
    }
    try {
      getLeafLocations(`"${text}"`, start, code);
    } catch (raw) {
      // It parses, but a number is missing: "bd*foo", or text that was never meant as mini-notation.
      problems.push(layoutProblem(code, text, start, (raw as Error).message));
    }
  }
  return problems;
}

function layoutProblem(code: string, text: string, start: number, message: string): Problem {
  if (/call stack|stack overflow|memory|array length|too many arguments/i.test(message)) {
    return problemAt(code, start, "density", "mini-notation: far too many steps", "use smaller numbers");
  }
  const hint = `use numbers after * and /; for text that is not mini-notation use single quotes: '${text}'`;
  const plain = message === "Invalid argument" ? "a number is wanted" : lowered(message);
  return problemAt(code, start, "mini", `mini-notation: ${plain}`, hint);
}

function miniProblem(code: string, text: string, start: number, error: MiniError): Problem {
  const at = error.location?.start.offset ?? 0;
  // Offset 0 is the quote itself; one past the text is the closing quote.
  const atEnd = at > text.length;
  const found = atEnd ? "the end of the text" : `"${String.fromCodePoint(text.codePointAt(at - 1) ?? 32)}"`;
  return problemAt(
    code,
    start + at,
    "mini",
    `mini-notation: ${found} is not expected here`,
    /^[\w+-]+:\/\//.test(text) ? `use single quotes for addresses: '${text}'` : bracketHint(text, atEnd),
  );
}

const CLOSING: Record<string, string> = { "[": "]", "<": ">", "{": "}", "(": ")" };

function bracketHint(text: string, atEnd: boolean): string | null {
  const open: string[] = [];
  for (const char of text) {
    if (char in CLOSING) open.push(CLOSING[char] as string);
    else if (Object.values(CLOSING).includes(char) && open.pop() !== char)
      return `there is a ${char} too many or in the wrong place`;
  }
  if (open.length > 0) return `close the bracket with ${open.at(-1)}`;
  return atEnd ? "something is missing at the end" : null;
}

/** A program whose last statement, or labelled statement, has no value. */
function valuelessStatement(code: string): Problem | null {
  const body = (parseScript(code, PARSE) as unknown as { body: SyntaxNode[] }).body;
  const labelled = body.find((node) => node.type === "LabeledStatement" && !isExpression(node.body));
  const hint = 'end with a pattern, for example s("bd sd"), or name one: drums: s("bd sd")';
  if (labelled) {
    const name = (labelled.label as { name: string }).name;
    return problemAt(
      code,
      labelled.start ?? 0,
      "not_pattern",
      `after ${name}: there must be a pattern`,
      hint,
    );
  }
  const last = body.at(-1);
  if (last === undefined || isExpression(last)) return null;
  return problemAt(
    code,
    last.start ?? 0,
    "not_pattern",
    "the last statement has no value, so there is no pattern to play",
    hint,
  );
}

function isExpression(node: unknown): boolean {
  return (node as SyntaxNode).type === "ExpressionStatement";
}
