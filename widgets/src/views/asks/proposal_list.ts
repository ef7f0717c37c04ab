// The proposals of a session that are to be seen at one place: beside a layer, or where those without a layer stand.

import type { LiveSession } from "../../page/live_session.js";
import type { Layer, Proposal } from "../../protocol.js";
import { changesAt, isOver, keyOf, placesOf } from "../../session/proposals.js";
import { element } from "../dom.js";
import { Soon } from "../soon.js";
import { ProposalCard } from "./proposal_card.js";

/** One that is over is seen so much longer. */
const SEEN_AFTER_MS = 300_000;

/**
 * Those to be seen at a place (null: those without one): all that go on, and of those that are over the last one.
 * `away` has the keys of those that were put away.
 */
export function seenAt(
  proposals: readonly Proposal[],
  place: string | null,
  layers: readonly Layer[],
  away: ReadonlySet<string>,
): Proposal[] {
  const here = proposals.filter((each) => {
    const places = placesOf(each, layers);
    return place === null ? places.length === 0 : places.includes(place);
  });
  const last = here.findLast(isOver);
  return here.filter((each) => !away.has(keyOf(each)) && (!isOver(each) || each === last));
}

/** The list. `update` is called by itself when the session changes. */
export class ProposalList {
  readonly element = element("div", { class: "alg-ask-list" });
  #cards = new Map<string, ProposalCard>();
  /** What was put away at this place, by hand or by time. */
  #away = new Set<string>();
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #shown: readonly unknown[] = [];
  /** An editor may be in the middle of an edit. */
  #soon = new Soon(() => this.update());
  #ends: (() => void)[];

  /** `place` is a layer's id, or null for those that stand beside no layer. */
  constructor(
    readonly session: LiveSession,
    readonly place: string | null,
  ) {
    this.#ends = [session.changed.on(() => this.#soon.ask())];
    this.update();
  }

  dispose(): void {
    this.#soon.end();
    for (const end of this.#ends) end();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const card of this.#cards.values()) card.dispose();
    this.element.remove();
  }

  update(): void {
    const { proposals, layers, role } = this.session.state;
    const now = [proposals, layers, role];
    if (now.every((each, at) => each === this.#shown[at])) return;
    this.#shown = now;
    const seen = seenAt(proposals, this.place, layers, this.#away);
    const keys = new Set(seen.map(keyOf));
    for (const [key, card] of this.#cards)
      if (!keys.has(key)) {
        card.dispose();
        this.#cards.delete(key);
      }
    for (const [at, proposal] of seen.entries()) {
      const { element: card } = this.#cardOf(proposal);
      if (this.element.children[at] !== card)
        this.element.insertBefore(card, this.element.children[at] ?? null);
      if (isOver(proposal)) this.#forgetLater(keyOf(proposal));
    }
    this.element.hidden = seen.length === 0;
  }

  #cardOf(proposal: Proposal): ProposalCard {
    const { layers } = this.session.state;
    const shown = {
      proposal,
      changes: changesAt(proposal, this.place, layers),
      isMain: (placesOf(proposal, layers)[0] ?? null) === this.place,
    };
    const key = keyOf(proposal);
    const known = this.#cards.get(key);
    if (known) {
      known.update(shown);
      return known;
    }
    const card = new ProposalCard(this.session, shown, () => this.#putAway(key));
    this.#cards.set(key, card);
    return card;
  }

  #putAway(key: string): void {
    this.#away.add(key);
    this.#shown = [];
    this.update();
  }

  #forgetLater(key: string): void {
    if (this.#timers.has(key)) return;
    this.#timers.set(
      key,
      setTimeout(() => this.#putAway(key), SEEN_AFTER_MS),
    );
  }
}
