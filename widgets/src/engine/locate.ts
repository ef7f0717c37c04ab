// Which call in the user's text makes a pattern that fails when it is asked for. The library's own frames say
// nothing about that, so the code is run once more with every call watched; only ever after a failure.
import { isPattern, type Pattern, State, TimeSpan } from "@strudel/core";
import { walk } from "estree-walker";
import type { SyntaxNode } from "./codegen.js";
import { type Evaluation, evaluate } from "./evaluate.js";
import { listening } from "./log.js";

const WATCH = "__watched";

/** Wraps every call of the program: `f(x)` becomes `__watched(offset, f(x))`. */
function watchCalls(program: SyntaxNode): void {
  walk(program as never, {
    leave(raw) {
      const node = raw as unknown as SyntaxNode & { callee?: SyntaxNode; start?: number };
      if (node.type !== "CallExpression" || node.start === undefined) return;
      const callee = node.callee as SyntaxNode & { property?: SyntaxNode };
      const start = callee.property?.start ?? node.start;
      this.replace({
        type: "CallExpression",
        callee: { type: "Identifier", name: WATCH },
        arguments: [{ type: "Literal", value: start, raw: String(start) }, node],
        optional: false,
      } as never);
    },
  });
}

function watching(found: { offset: number | null }) {
  return (offset: number, value: unknown): unknown => {
    if (!isPattern(value)) return value;
    const inner = value.query;
    value.query = (state) => {
      try {
        return inner.call(value, state);
      } catch (error) {
        found.offset ??= offset;
        throw error;
      }
    };
    return value;
  };
}

/** The UTF-16 offset of the innermost call whose pattern fails in [begin, end), or null. */
export function whereItFails(
  code: string,
  label: string | null,
  begin: number | string,
  end: number | string,
): number | null {
  const found: { offset: number | null } = { offset: null };
  try {
    const evaluation: Evaluation = evaluate(code, {
      rewrite: watchCalls,
      names: { [WATCH]: watching(found) },
    });
    for (const layer of evaluation.layers) {
      if (layer.label === label) ask(evaluation, layer.pattern, begin, end);
    }
  } catch {
    // The failure is what is being looked for.
  }
  return found.offset;
}

function ask(evaluation: Evaluation, pattern: Pattern, begin: number | string, end: number | string): void {
  const raise = (message: string): void => {
    throw new Error(message);
  };
  evaluation.within(() => listening(raise, () => pattern.query(new State(new TimeSpan(begin, end), {}))));
}
