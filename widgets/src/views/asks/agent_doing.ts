// What an agent does, as people read it in the list of who is here.

import { isOver } from "../../session/proposals.js";
import type { SessionState } from "../../session/state.js";

/** For whom it works, or that it answers; null when it does neither. */
export function agentDoing(
  { proposals, agents }: Pick<SessionState, "proposals" | "agents">,
  participant: string,
): string | null {
  const busy = proposals.filter(
    (each) => each.agent === participant && !isOver(each) && each.state !== "waiting",
  );
  const names = [...new Set(busy.map(({ asker }) => asker))];
  if (names.length > 0) return `at work for ${names.join(", ")}`;
  return agents.some((each) => each.participant === participant) ? "answers when asked" : null;
}
