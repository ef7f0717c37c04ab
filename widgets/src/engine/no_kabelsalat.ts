// What core's repl imports from @kabelsalat/web; the evaluator does not use that repl.

/** Refuses to be used: audio graphs are compiled by the player. */
export class SalatRepl {
  constructor() {
    throw new Error("audio graphs are compiled where they sound");
  }
}
