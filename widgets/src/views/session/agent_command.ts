// The command that brings an agent into a session: with a link for one agent alone.

import type { LiveSession } from "../../page/live_session.js";
import type { HostApi } from "../../session/api.js";

const LASTS_S = 24 * 3_600;

/** A link for an agent: hosts bring one for everybody, whoever else has a place in the session one of their own. */
export async function agentLink(api: HostApi, session: LiveSession): Promise<string> {
  if (!session.may("invite")) return api.seat(session.id);
  const terms = { role: "co_author", kind: "agent", expires_in_s: LASTS_S, max_uses: 1 } as const;
  return (await api.invite(session.id, terms)).link;
}

/** What is to be run in a terminal. */
export function agentCommand(link: string): string {
  return `algorave agent "${link}"`;
}
