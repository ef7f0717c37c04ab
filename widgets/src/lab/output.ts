// An output of a cell: a layer that plays alone, or one of a session, which it enters by itself.

import type * as App from "../app.js";
import type { Payload, SessionRef } from "../payload.js";
import { element } from "../views/dom.js";
import { algoraveBase } from "./app.js";
import { type CellTracker, outputCellOf } from "./cell.js";
import { type Entered, enterSession, titled } from "./entry.js";
import { ranHere } from "./own_runs.js";
import { styleLab } from "./styles.js";
import { scopeOf } from "./watcher.js";

/** What is drawn in an output's place on the page. */
export class Output {
  #view: { dispose(): void } | null = null;
  /** Counts what was to be shown: an answer that comes late is for something that is gone. */
  #turn = 0;

  constructor(
    readonly node: HTMLElement,
    readonly notebooks: () => CellTracker | null,
  ) {}

  /** Shows the data of an output. Only a run that was just made starts to play by that. */
  async show(module: typeof App, data: unknown): Promise<void> {
    const payload = module.readPayload(data);
    if (!payload) {
      this.say("This output is from a newer version of algorave: please update.");
      return;
    }
    const isFresh = module.isFreshRun(payload, Date.now(), sessionStorage);
    if (payload.action === "hush") {
      if (isFresh) module.pageEngineNow()?.hush();
      this.say("hushed");
    } else if (payload.action === "remove") {
      if (isFresh) module.endLayer(payload.layer, scopeOf(this.node));
      this.#clear();
      this.#tell(payload);
    } else if (payload.session === null) {
      this.#clear();
      this.#tell(payload);
      this.#mount(module, payload, isFresh);
    } else {
      await this.#join(module, payload, payload.session, isFresh);
    }
  }

  /** Shows words in place of anything else. */
  say(text: string): void {
    this.#clear();
    this.node.textContent = text;
  }

  dispose(): void {
    this.#clear();
  }

  async #join(module: typeof App, payload: Payload, session: SessionRef, isFresh: boolean): Promise<void> {
    this.say(`Joining ${titled(session)} …`);
    const turn = this.#turn;
    const [outcome, open] = await Promise.all([
      enterSession(session, algoraveBase()),
      module.loadSessions().catch(() => null),
    ]);
    if (this.#turn !== turn) return;
    this.#clear();
    const again = () => void this.#join(module, payload, session, false);
    if ("who" in outcome) {
      this.#tell(payload);
      if (open === null) this.node.append(note("What sessions need did not come from the server.", again));
      else this.#mountShared(open, payload, { ...outcome, layer: session.layer }, isFresh);
      return;
    }
    this.node.append(note(outcome.words, outcome.again ? again : null));
    if (session.layer !== null) this.#mount(module, payload, false);
  }

  /** What the kernel has to say stands above the layer. */
  #tell({ words }: Payload): void {
    if (words !== "") this.node.append(note(words, null));
  }

  #mount(module: typeof App, payload: Payload, isFresh: boolean): void {
    this.#view = module.mount(this.node, {
      layer: payload.layer,
      code: payload.code,
      cps: payload.cps,
      play: payload.play && isFresh,
      problems: payload.problems,
      scope: scopeOf(this.node),
    });
  }

  #mountShared(
    open: Awaited<ReturnType<typeof App.loadSessions>>,
    payload: Payload,
    session: Entered & { layer: string | null },
    isFresh: boolean,
  ): void {
    const tracker = this.notebooks();
    const cell = tracker && outputCellOf(this.node, tracker);
    const isOwnRun = cell !== null && ranHere(cell.shared, Date.now());
    this.#view = open(this.node, {
      layer: payload.layer,
      code: payload.code,
      // Whoever ran the cell asked to hear it; the others did not.
      play: payload.play && isFresh && isOwnRun,
      session,
      cell: session.layer === null ? null : cell,
      conflict: payload.conflict,
      scope: scopeOf(this.node),
    });
  }

  #clear(): void {
    this.#turn += 1;
    this.#view?.dispose();
    this.#view = null;
    this.node.textContent = "";
  }
}

function note(words: string, again: (() => void) | null): HTMLElement {
  styleLab();
  const made = element("div", { class: "algorave-note", attributes: { role: "status" } });
  made.append(element("span", { text: words }));
  if (again !== null) {
    const button = element("button", { class: "jp-Button jp-mod-styled", type: "button", text: "Try again" });
    button.addEventListener("click", again);
    made.append(button);
  }
  return made;
}
