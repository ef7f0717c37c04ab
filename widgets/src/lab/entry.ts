// Coming into a session from an output: the output says which, this page's server says who one is in it.

import type { SessionRef } from "../payload.js";
import { ApiError, HostApi } from "../session/api.js";

/** One is in: what the session's client needs. */
export interface Entered {
  id: string;
  /** The WebSocket's address. */
  url: string;
  /** One's participant id. */
  who: string;
}

/** One is not in. */
export interface Outside {
  /** Why, for people. */
  words: string;
  /** Whether asking again may help. */
  again: boolean;
}

const LOGGED_OUT = new Set([401, 403]);

/** A title as it stands in a sentence. */
export function titled(session: SessionRef): string {
  return session.title === "" ? "this session" : `“${session.title}”`;
}

/** Enters the session on the server at `base`. Does not throw: what goes wrong is said in words. */
export async function enterSession(
  session: SessionRef,
  base: string,
  api: Pick<HostApi, "enter" | "socketUrl"> = new HostApi(base),
): Promise<Entered | Outside> {
  try {
    const { you } = await api.enter(session.id);
    return { id: session.id, url: api.socketUrl(session.id), who: you };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return outside(session, error);
  }
}

function outside(session: SessionRef, error: ApiError): Outside {
  const name = titled(session);
  const saved = session.layer === null ? "" : " The code below is as it was saved, and plays here alone.";
  if (error.status === 404)
    return {
      words: `On this server there is no ${inWords(session)} that you may enter.${saved}`,
      again: false,
    };
  if (error.status === 410) return { words: `The session ${name} has ended.${saved}`, again: false };
  if (LOGGED_OUT.has(error.status))
    return { words: `To join ${name}, log in to this server and try again.${saved}`, again: true };
  return { words: `${error.message}${saved}`, again: true };
}

function inWords(session: SessionRef): string {
  return session.title === "" ? "such session" : `session “${session.title}”`;
}
