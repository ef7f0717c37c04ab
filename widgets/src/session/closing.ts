// What a close code of the server means for a client, and in words for a person.

import { CLOSE } from "../protocol.js";
import { sentence } from "./sentence.js";

export interface Closing {
  /** Whether to come back by oneself. */
  comeBack: boolean;
  /** Whether the document must be thrown away first: a CRDT cannot take a refused edit back. */
  reset: boolean;
  text: string;
}

const BACK = { comeBack: true, reset: false };
const GONE = { comeBack: false, reset: false };

const CLOSINGS: Record<number, Closing> = {
  [CLOSE.reset]: {
    comeBack: true,
    reset: true,
    text: "Your last edit was not accepted; you see the session's text again.",
  },
  [CLOSE.malformed]: {
    comeBack: true,
    reset: true,
    text: "The server did not understand this page; joining again.",
  },
  [CLOSE.unauthenticated]: {
    ...GONE,
    text: "You are not logged in any more. Log in, or open your invite link again.",
  },
  [CLOSE.removed]: { ...GONE, text: "A host removed you from this session." },
  [CLOSE.not_found]: { ...GONE, text: "There is no such session, or it is not open to you." },
  [CLOSE.full]: { ...BACK, text: "The session is full; waiting for a place." },
  [CLOSE.ended]: { ...GONE, text: "The session has ended." },
  [CLOSE.replaced]: {
    ...GONE,
    text: "This session is open in too many windows here; this one was closed.",
  },
  [CLOSE.too_slow]: { ...BACK, text: "This page could not keep up; joining again." },
  [CLOSE.too_fast]: { ...BACK, text: "This page sent more than it may; joining again more slowly." },
  [CLOSE.fault]: { ...BACK, text: "The server had a problem; joining again. Nothing you typed is lost." },
};

/** Nothing comes back over the connection, as when a network went away without a word. */
export const SILENT: Closing = {
  ...BACK,
  text: "The server does not answer. What you type is kept and sent later.",
};

/** Before the first connection: nothing went wrong yet. */
export const CONNECTING = "Connecting …";

/** The server speaks another version of the protocol than this page. */
export const TOO_OLD: Closing = { ...GONE, text: "This page is older than the server: reload it." };

/** The browser is somebody else now than when this page joined, for instance after another login. */
export const SOMEBODY_ELSE: Closing = {
  ...GONE,
  text: "This browser is logged in as somebody else now: reload the page. What you typed is not sent in their name.",
};

/** Whether the server closed for a reason that it told; else the network or the machine went away. */
export function isOurs(code: number): boolean {
  return code in CLOSINGS;
}

/** What to do after a close; codes that are not ours mean that the network went away. */
export function closingOf(code: number, reason = ""): Closing {
  const closing = CLOSINGS[code] ?? { ...BACK, text: "Not connected. What you type is kept and sent later." };
  // There are many reasons for RESET, such as another role, and only the server knows which.
  return code === CLOSE.reset && reason !== "" ? { ...closing, text: sentence(reason) } : closing;
}
