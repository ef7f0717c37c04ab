// What people read about a proposal. Pure.

import type { Proposal, ServingAgent } from "../../protocol.js";
import { isOver } from "../../session/proposals.js";
import type { MusicalDiff } from "../../stage/messages.js";

const STATES: Record<Proposal["state"], string> = {
  waiting: "waits for its turn",
  thinking: "thinking",
  streaming: "writing",
  checking: "checking",
  mending: "mending",
  offered: "ready, not heard yet",
  landing: "goes into the music",
  undoing: "being taken back",
  applied: "in the music",
  answered: "answered",
  unchanged: "changed nothing",
  stopped: "stopped, all is as it was",
  denied: "not allowed, all is as it was",
  refused: "declined, all is as it was",
  gave_up: "gave up, all is as it was",
  over_budget: "over the budget, all is as it was",
  failed: "failed, all is as it was",
  undone: "taken back",
};

/** How it stands, in a few words. */
export function stateWords({ state, round }: Pick<Proposal, "state" | "round">): string {
  return state === "mending" && round > 0 ? `mending, round ${round}` : STATES[state];
}

/** Whether it ended as it should. */
export function isGood({ state }: Pick<Proposal, "state">): boolean {
  return state === "applied" || state === "answered";
}

/** Who answers, and for whom. */
export function whoWords({ agent_label, asker }: Pick<Proposal, "agent_label" | "asker">): string {
  return agent_label === null ? `${asker} asks` : `${agent_label} for ${asker}`;
}

const MOST_TITLE = 80;

/** The ask's words on one line. */
export function titleWords(words: string): string {
  const line = words.replace(/\s+/g, " ").trim();
  return line.length > MOST_TITLE ? `${line.slice(0, MOST_TITLE - 1)}…` : line;
}

/** What it cost, and who pays that; "" when it cost nothing. */
export function costWords({ pays, usd }: Pick<Proposal, "pays" | "usd">): string {
  if (usd <= 0) return "";
  return `$${usd < 0.01 ? usd.toFixed(4) : usd.toFixed(2)}${pays === null ? "" : ` · ${pays}`}`;
}

const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? "" : "s"}`;

/** What one hears of a change, as sentences without their full stop; the first one counts. */
export function musicWords(diff: MusicalDiff): string[] {
  const kinds = [
    [diff.added, "added"],
    [diff.removed, "removed"],
    [diff.moved, "moved"],
    [diff.changed, "changed"],
  ] as const;
  const [first, ...others] = kinds.filter(([count]) => count > 0);
  const haps = first && [
    `${counted(first[0], "hap")} ${first[1]}`,
    ...others.map(([count, what]) => `${count} ${what}`),
  ];
  const tempo = diff.cps_before !== diff.cps_after && diff.cps_after !== null;
  const told = [
    haps ? `${haps.join(", ")}${diff.kept > 0 ? `, ${diff.kept} as before` : ""}` : null,
    ...diff.controls.map(({ name, before, after }) => {
      if (before === "") return `new ${name} ${after}`;
      return after === "" ? `no more ${name}` : `${name} ${before} → ${after}`;
    }),
    tempo ? `tempo ${diff.cps_before ?? "the session's"} → ${diff.cps_after} cycles a second` : null,
  ].filter((each) => each !== null);
  return told.length > 0 ? told : ["sounds the same"];
}

/** What a screen reader is told when this has changed; the same words are told once. */
export function announcement(proposal: Proposal): string {
  const { reason } = proposal;
  const why = isOver(proposal) && reason !== null ? `: ${reason}` : "";
  return `${whoWords(proposal)}: ${stateWords(proposal)}${why}`;
}

/** Who answers what is asked, and who pays. */
export function serverWords(agent: Pick<ServingAgent, "label" | "pays">): string {
  return `${agent.label} answers · ${agent.pays}`;
}
