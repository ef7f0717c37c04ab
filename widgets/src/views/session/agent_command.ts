// The command that brings an agent into a session: with a link for one agent alone.

import type { HostApi } from "../../session/api.js";

const LASTS_S = 24 * 3_600;

/** The command, with a new link in it, that is good for a day and one agent. */
export async function agentCommand(api: HostApi, session: string): Promise<string> {
  const terms = { role: "co_author", kind: "agent", expires_in_s: LASTS_S, max_uses: 1 } as const;
  const { link } = await api.invite(session, terms);
  return `algorave agent "${link}"`;
}
