// The text of a notebook cell that shows a layer: the code, and the line before it that says it is Strudel.

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
