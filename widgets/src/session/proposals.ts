// What was asked of the agent in a session, and what has become of it. Pure.

import type { Change, Layer, Proposal } from "../protocol.js";

/** More than the server keeps. */
const KEPT = 64;
const GOING_ON: ReadonlySet<Proposal["state"]> = new Set([
  "waiting",
  "thinking",
  "streaming",
  "checking",
  "mending",
  "offered",
  "landing",
  "undoing",
] as const);
/** In these its changes are what somebody decides about or hears, and not a draft any more. */
const SETTLED: ReadonlySet<Proposal["state"]> = new Set([
  "offered",
  "landing",
  "applied",
  "undoing",
] as const);

/** Somebody at a page, as far as it matters to what they may do with a proposal. */
export interface Decider {
  you: string | null;
  mayAsk: boolean;
  isHost: boolean;
}

/** Tells it from all others a page ever sees: a session that was loaded anew counts its proposals from 1 again. */
export function keyOf({ id, server_ms }: Pick<Proposal, "id" | "server_ms">): string {
  return `${id} ${server_ms}`;
}

/** Whether nothing comes of it any more. */
export function isOver({ state }: Pick<Proposal, "state">): boolean {
  return !GOING_ON.has(state);
}

/** Whether its changes are whole: what one hears of them can be told. */
export function isSettled({ state }: Pick<Proposal, "state">): boolean {
  return SETTLED.has(state);
}

/** Whether it is over and its changes never were in the music. */
export function cameToNothing({ state }: Pick<Proposal, "state">): boolean {
  return isOver({ state }) && state !== "applied" && state !== "undone";
}

/** The proposals after news of one; the oldest first. */
export function withProposal(known: readonly Proposal[], news: Proposal): Proposal[] {
  const at = known.findIndex(({ id }) => id === news.id);
  if (at < 0) return [...known, news].slice(-KEPT);
  return known.map((each, index) => (index === at ? news : each));
}

/** The layer that a change is of; null when there is none (yet, or any more). */
export function layerOf({ layer, name }: Change, layers: readonly Layer[]): Layer | null {
  const found =
    layer === null ? layers.find((each) => each.name === name) : layers.find(({ id }) => id === layer);
  return found ?? null;
}

/** The layers beside which it stands: those it changes, and until it does those it is about. In the session's order. */
export function placesOf(proposal: Proposal, layers: readonly Layer[]): string[] {
  const { changes, only } = proposal;
  const wanted = changes.length > 0 ? changes.map((each) => layerOf(each, layers)?.id) : only;
  return layers.map(({ id }) => id).filter((id) => wanted.includes(id));
}

/** The changes to be seen at one of its places; what has no place of its own is seen at the first, or (null) at none. */
export function changesAt(proposal: Proposal, place: string | null, layers: readonly Layer[]): Change[] {
  const places = placesOf(proposal, layers);
  const isFirst = place === (places[0] ?? null);
  return proposal.changes.filter((change) => {
    const at = layerOf(change, layers)?.id ?? null;
    return at === null ? isFirst : at === place;
  });
}

const concerns = ({ asked_by }: Proposal, { you, mayAsk, isHost }: Decider) =>
  isHost || (mayAsk && asked_by === you);

/** Whether one may end it: the asker and hosts may, until it is over. */
export function mayStop(proposal: Proposal, who: Decider): boolean {
  const { state } = proposal;
  return !isOver(proposal) && state !== "undoing" && (who.isHost || proposal.asked_by === who.you);
}

/** Whether one may say yes or no to it now. */
export function mayDecide(proposal: Proposal, who: Decider): boolean {
  return proposal.state === "offered" && concerns(proposal, who);
}

/** Whether one may have it taken back. */
export function mayUndo(proposal: Proposal, who: Decider): boolean {
  return proposal.state === "applied" && concerns(proposal, who);
}
