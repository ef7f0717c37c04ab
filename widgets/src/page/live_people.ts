// The people of a session: who they are the server says, what they do their pages say.

import type { Participant } from "../protocol.js";
import type { Presence } from "../session/presence.js";
import type { SessionState } from "../session/state.js";

/** Somebody in the session, and what they do. */
export interface LivePerson {
  participant: Participant;
  /** The layer that their cursor is in; null when it is in none, as a viewer's. */
  cursorLayer: string | null;
  typing: boolean;
}

/** What a participant is called by who looks at this page: `you` for oneself. */
export function nameOf(
  { participants, you }: Pick<SessionState, "participants" | "you">,
  id: string,
): string {
  if (id === you) return "you";
  return participants.find((each) => each.id === id)?.name ?? "somebody who has left";
}

/** Everybody in the roster, and what they do. */
export function peopleOf(
  state: SessionState,
  { others, own }: Pick<Presence, "others" | "own">,
): LivePerson[] {
  return state.participants.map((participant) => {
    const isYou = participant.id === state.you;
    const pages = others.filter((each) => each.by === participant.id);
    const page = pages.find((each) => each.typing) ?? pages[0];
    return {
      participant,
      cursorLayer: (isYou ? own.layer : page?.layer) ?? null,
      typing: (isYou ? own.typing : page?.typing) ?? false,
    };
  });
}
