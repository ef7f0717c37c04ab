// One proposal beside a layer: who asked for what, what the agent says, the change, and what one may do about it.

import type { LiveSession } from "../../page/live_session.js";
import type { Change, Proposal } from "../../protocol.js";
import {
  cameToNothing,
  type Decider,
  isOver,
  isSettled,
  layerOf,
  mayDecide,
  mayStop,
  mayUndo,
} from "../../session/proposals.js";
import { sentence } from "../../session/sentence.js";
import { element, setText } from "../dom.js";
import { wordsOf } from "../session/dialog.js";
import { ChangeLines } from "./change_lines.js";
import { MusicChange } from "./music_change.js";
import { announcement, costWords, isGood, stateWords, titleWords, whoWords } from "./proposal_words.js";
import { Rest } from "./rest.js";

/** So long after it is over it folds by itself, unless somebody is at it. */
const FOLDS_AFTER_MS = 20_000;

/** What a card is told when something changed. */
export interface Shown {
  proposal: Proposal;
  /** The changes to be seen here. */
  changes: readonly Change[];
  /** Whether it is the place where the proposal is announced and told in full. */
  isMain: boolean;
}

/** Who is at this page. */
function deciderOf(session: LiveSession): Decider {
  return { you: session.state.you, mayAsk: session.may("ask"), isHost: session.may("session") };
}

function deed(text: string, kind = ""): HTMLButtonElement {
  return element("button", { class: `alg-ask-deed ${kind}`.trim(), type: "button", text });
}

/** The card. */
export class ProposalCard {
  readonly element: HTMLElement;
  #mark = element("span", { class: "alg-ask-mark", attributes: { "aria-hidden": "true" } });
  #who = element("span", { class: "alg-ask-who" });
  #title = element("span", { class: "alg-ask-title" });
  #state = element("span", { class: "alg-ask-state" });
  #told = element("span", { class: "alg-hidden", attributes: { role: "status" } });
  #stop = deed("Stop");
  #accept = deed("Accept", "alg-ask-main");
  #reject = deed("Reject");
  #undo = deed("Undo");
  #fold = element("button", { class: "alg-ask-fold", type: "button" });
  #close = element("button", { class: "alg-ask-close", type: "button", title: "Put away" });
  #words = element("p", { class: "alg-ask-words" });
  #says = element("p", { class: "alg-ask-says" });
  #problems = element("ul", { class: "alg-ask-problems" });
  #reason = element("p", { class: "alg-ask-reason" });
  #cost = element("p", { class: "alg-ask-cost" });
  #error = element("p", { class: "alg-ask-error", attributes: { role: "alert" } });
  #changes = element("div", { class: "alg-ask-changes" });
  #body: HTMLElement;
  #lines: ChangeLines[] = [];
  #music: MusicChange;
  #heard = "";
  #shown: Shown;
  #isFolded: boolean;
  /** Whoever reads or decides is not interrupted. */
  #rest = new Rest(
    FOLDS_AFTER_MS,
    () => this.element.matches(":hover, :focus-within"),
    () => this.#setFolded(true),
  );

  /** `onClose` is called when somebody puts the card away. */
  constructor(
    readonly session: LiveSession,
    shown: Shown,
    onClose: () => void,
  ) {
    this.#shown = shown;
    // What was over before this page came is known, and stays out of the way.
    this.#isFolded = isOver(shown.proposal);
    this.#music = new MusicChange(session.engine, (words) => {
      this.#heard = words;
      this.update(this.#shown);
    });
    this.#body = element("div", {
      class: "alg-ask-body",
      children: [
        this.#words,
        this.#says,
        this.#changes,
        this.#music.element,
        this.#problems,
        this.#reason,
        this.#cost,
      ],
    });
    this.#close.setAttribute("aria-label", "Put away");
    this.element = element("article", {
      class: "alg-ask",
      children: [
        element("header", {
          class: "alg-ask-head",
          children: [
            this.#mark,
            element("span", { class: "alg-ask-what", children: [this.#who, this.#title, this.#state] }),
            element("span", {
              class: "alg-ask-deeds",
              children: [this.#stop, this.#accept, this.#reject, this.#undo, this.#fold, this.#close],
            }),
          ],
        }),
        this.#told,
        this.#body,
        this.#error,
      ],
    });
    this.#listen(onClose);
    this.update(shown);
  }

  /** Shows the proposal as it is now. */
  update(shown: Shown): void {
    const before = this.#shown.proposal;
    this.#shown = shown;
    const { proposal } = shown;
    if (isOver(proposal) && !isOver(before)) this.#rest.begin();
    // What was refused was about how it stood then.
    if (proposal.state !== before.state) setText(this.#error, "");
    this.#showHead(proposal);
    this.#showBody(shown);
  }

  dispose(): void {
    this.#rest.end();
    this.element.remove();
  }

  #listen(onClose: () => void): void {
    const ask =
      (kind: string, more: Record<string, boolean> = {}) =>
      () =>
        void this.#ask({ kind, proposal: this.#shown.proposal.id, ...more });
    this.#stop.addEventListener("click", ask("cancel_ask"));
    this.#accept.addEventListener("click", ask("decide", { accept: true }));
    this.#reject.addEventListener("click", ask("decide", { accept: false }));
    this.#undo.addEventListener("click", ask("undo_ask"));
    this.#close.addEventListener("click", onClose);
    this.#fold.addEventListener("click", () => {
      this.#rest.end();
      this.#setFolded(!this.#isFolded);
    });
  }

  #setFolded(isFolded: boolean): void {
    this.#isFolded = isFolded;
    this.update(this.#shown);
  }

  #showHead(proposal: Proposal): void {
    const over = isOver(proposal);
    const who = deciderOf(this.session);
    this.element.dataset["state"] = over ? (isGood(proposal) ? "good" : "over") : proposal.state;
    this.element.toggleAttribute("data-folded", this.#isFolded);
    this.element.setAttribute("aria-label", `${whoWords(proposal)}: ${titleWords(proposal.words)}`);
    this.#mark.dataset["initial"] = (proposal.agent_label ?? "…").slice(0, 1).toUpperCase();
    setText(this.#who, whoWords(proposal));
    setText(this.#title, `“${titleWords(proposal.words)}”`);
    this.#title.hidden = !this.#isFolded;
    const heard = this.#isFolded && isGood(proposal) && this.#heard !== "" ? this.#heard : null;
    setText(this.#state, heard ?? stateWords(proposal));
    setText(this.#told, this.#shown.isMain ? announcement(proposal) : "");
    const decides = mayDecide(proposal, who);
    this.#stop.hidden = decides || !mayStop(proposal, who);
    this.#accept.hidden = this.#reject.hidden = !decides;
    this.#undo.hidden = !mayUndo(proposal, who);
    this.#close.hidden = !over;
    this.#fold.setAttribute("aria-expanded", String(!this.#isFolded));
    this.#fold.setAttribute("aria-label", this.#isFolded ? "Show it" : "Fold it");
    this.#fold.title = this.#isFolded ? "Show it" : "Fold it";
  }

  #showBody({ proposal, changes, isMain }: Shown): void {
    this.#body.hidden = this.#isFolded;
    if (this.#isFolded) return;
    setText(this.#words, isMain ? `“${proposal.words.trim()}”` : "Part of the same ask.");
    this.#tell(this.#says, isMain ? proposal.says : "");
    const isMending = !isOver(proposal) && !isSettled(proposal);
    this.#tell(this.#reason, isOver(proposal) && proposal.reason !== null ? sentence(proposal.reason) : "");
    this.#tell(this.#cost, isMain && isOver(proposal) ? costWords(proposal) : "");
    const problems = isMain && isMending ? proposal.problems : [];
    this.#problems.hidden = problems.length === 0;
    if (problems.join() !== [...this.#problems.children].map(({ textContent }) => textContent).join())
      this.#problems.replaceChildren(...problems.map((text) => element("li", { text })));
    this.#showChanges(proposal, cameToNothing(proposal) ? [] : changes);
  }

  #showChanges(proposal: Proposal, changes: readonly Change[]): void {
    while (this.#lines.length > changes.length) this.#lines.pop()?.element.remove();
    const isWriting = proposal.state === "streaming" || proposal.state === "mending";
    for (const [at, change] of changes.entries()) {
      const layer = layerOf(change, this.session.state.layers);
      const live = layer === null ? null : this.session.binding(layer.id).text.toString();
      const lines = this.#lines[at] ?? new ChangeLines();
      if (this.#lines[at] === undefined) {
        this.#lines.push(lines);
        this.#changes.append(lines.element);
      }
      lines.update(change, live, isWriting);
    }
    const [first] = changes;
    // One hears of the layer that the card stands at; a layer that goes has no music to come.
    if (first?.after != null && isSettled(proposal) && first.before !== first.after)
      void this.#music.show(first.before ?? "", first.after);
    else this.#music.hide();
  }

  #tell(target: HTMLElement, text: string): void {
    target.hidden = text === "";
    setText(target, text);
  }

  async #ask(request: Parameters<LiveSession["client"]["ask"]>[0]): Promise<void> {
    setText(this.#error, "");
    try {
      await this.session.client.ask(request);
    } catch (why) {
      setText(this.#error, sentence(wordsOf(why)));
    }
  }
}
