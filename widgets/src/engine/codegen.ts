// Takes the place of escodegen inside the transpiler. Two changes to what upstream generates: code runs
// synchronously, because no time limit covers a microtask, and the way back to the user's text can be had.
// @ts-expect-error escodegen ships no types
import * as escodegen from "escodegen";
import { walk } from "estree-walker";

export interface SyntaxNode {
  type: string;
  start?: number;
  end?: number;
  [key: string]: unknown;
}

type Rewrite = (program: SyntaxNode) => void;

let rewrite: Rewrite | null = null;
let sourceMap: string | null = null;
let mapping = false;

/** Transpiles with the source map on; returns the map as JSON text, or null when nothing was generated. */
export function withSourceMap(work: () => void): string | null {
  mapping = true;
  sourceMap = null;
  try {
    work();
    return sourceMap;
  } finally {
    mapping = false;
  }
}

/** Runs `work` while whole programs pass through `change` before code is generated from them. */
export function rewriting<T>(change: Rewrite, work: () => T): T {
  rewrite = change;
  try {
    return work();
  } finally {
    rewrite = null;
  }
}

function withoutAsync(program: SyntaxNode): void {
  walk(program as never, {
    leave(node) {
      const seen = node as unknown as SyntaxNode;
      if (seen.type === "AwaitExpression") this.replace(seen.argument as never);
      else if (seen.type === "ForOfStatement") seen.await = false;
      else if (seen.async === true) seen.async = false;
    },
  });
}

/** The one function the transpiler uses: JavaScript text for a syntax tree. */
export function generate(tree: SyntaxNode, options: Record<string, unknown> = {}): string {
  if (tree.type !== "Program") return escodegen.generate(tree, options) as string;
  withoutAsync(tree);
  rewrite?.(tree);
  if (!mapping) return escodegen.generate(tree, options) as string;
  const made = escodegen.generate(tree, { ...options, sourceMap: "code", sourceMapWithCode: true }) as {
    code: string;
    map: { toString(): string };
  };
  sourceMap = made.map.toString();
  return made.code;
}

export default { generate };
