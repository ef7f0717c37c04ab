// What the server said about a session so far, folded into one value.

import type {
  Anchor,
  Fault,
  FromServer,
  Layer,
  Participant,
  Playing,
  Proposal,
  Role,
  Said,
  ServingAgent,
  Welcome,
} from "../protocol.js";
import { goneOn } from "../time/tempo_map.js";
import { withProposal } from "./proposals.js";

const CHAT_KEPT = 200;
/** What was before this many changes of tempo concerns nobody who plays now. */
const ANCHORS_KEPT = 256;

/** A session without its texts. Never changed in place. */
export interface SessionState {
  title: string;
  /** The participant that this page is; null before the server said so. */
  you: string | null;
  role: Role;
  /** Whether this page waits to be let in; nothing but the title is known then. */
  waiting: boolean;
  /** Whether a host lets this page's participant chat. */
  mayChat: boolean;
  /** Whether who comes by an invite waits to be let in. */
  door: Welcome["door"];
  layers: Layer[];
  /** What sounds, by layer id. */
  playing: ReadonlyMap<string, Playing>;
  /** Why the last code of a layer sounds no more, by layer id. */
  faults: ReadonlyMap<string, Fault>;
  tempo: Anchor[];
  participants: Participant[];
  /** Connections of viewers. */
  listening: number;
  /** The last lines, oldest first. */
  chat: Said[];
  /** Whether the agent may be asked. */
  ai: boolean;
  /** Whether somebody has to accept what it offers. */
  aiReview: boolean;
  /** The agents that answer. */
  agents: ServingAgent[];
  /** What was asked of them: those that are not over and the last that are, oldest first. */
  proposals: Proposal[];
}

/** Before the server said anything: a viewer of nothing. */
export const NOTHING_YET: SessionState = {
  title: "",
  you: null,
  role: "viewer",
  waiting: false,
  mayChat: true,
  door: "open",
  layers: [],
  playing: new Map(),
  faults: new Map(),
  tempo: [],
  participants: [],
  listening: 0,
  chat: [],
  ai: false,
  aiReview: false,
  agents: [],
  proposals: [],
};

/** The state after one more message. */
export function fold(state: SessionState, message: FromServer): SessionState {
  switch (message.kind) {
    case "welcome":
      return welcomed(state, message);
    case "waiting":
      return { ...NOTHING_YET, title: message.session_title, waiting: true };
    case "layers":
      return {
        ...state,
        layers: message.layers,
        playing: ofLayers(state.playing, message.layers),
        faults: ofLayers(state.faults, message.layers),
      };
    case "evaluated":
      return sounding(state, message.playing.layer, message.playing, null);
    case "failed":
      return sounding(state, message.fault.layer, message.playing, message.fault);
    case "stopped":
      return sounding(state, message.layer, null, null);
    case "hushed":
      return { ...state, playing: new Map(), faults: new Map() };
    case "tempo":
      return { ...state, tempo: goneOn(state.tempo, message.anchors).slice(-ANCHORS_KEPT) };
    case "said":
      return { ...state, chat: [...state.chat, message].slice(-CHAT_KEPT) };
    case "unsaid":
      return { ...state, chat: state.chat.filter((said) => said.line !== message.line) };
    case "chat_set":
      return chatSet(state, message.participant, message.allowed);
    case "roster":
      return { ...state, participants: message.participants, listening: message.listening };
    case "listening":
      return { ...state, listening: message.listening };
    case "door_set":
      return { ...state, door: message.door };
    case "ai_set":
      return { ...state, ai: message.on, aiReview: message.review };
    case "agents":
      return { ...state, agents: message.agents };
    case "proposal":
      return { ...state, proposals: withProposal(state.proposals, message.proposal) };
    case "renamed":
      return { ...state, title: message.title };
    case "pong":
    case "done":
    case "refused":
    case "saved":
    case "admitted":
      return state;
  }
}

function welcomed(state: SessionState, message: Welcome): SessionState {
  return {
    ...state,
    title: message.title,
    you: message.you,
    role: message.role,
    waiting: false,
    mayChat: message.may_chat,
    door: message.door,
    layers: message.layers,
    playing: new Map(message.playing.map((each) => [each.layer, each])),
    faults: new Map(message.faults.map((each) => [each.layer, each])),
    tempo: message.tempo,
    participants: message.roster,
    listening: message.listening,
    chat: message.chat,
    ai: message.ai,
    aiReview: message.ai_review,
    agents: message.agents,
    proposals: message.proposals,
  };
}

function chatSet(state: SessionState, participant: string, allowed: boolean): SessionState {
  const participants = state.participants.map((each) =>
    each.id === participant ? { ...each, may_chat: allowed } : each,
  );
  return { ...state, participants, mayChat: participant === state.you ? allowed : state.mayChat };
}

function ofLayers<T>(byLayer: ReadonlyMap<string, T>, layers: Layer[]): ReadonlyMap<string, T> {
  const there = new Set(layers.map((layer) => layer.id));
  return new Map([...byLayer].filter(([layer]) => there.has(layer)));
}

function changed<T>(byLayer: ReadonlyMap<string, T>, layer: string, value: T | null): ReadonlyMap<string, T> {
  const next = new Map(byLayer);
  if (value === null) next.delete(layer);
  else next.set(layer, value);
  return next;
}

/** What a layer sounds now, and why its code before sounds no more. */
function sounding(
  state: SessionState,
  layer: string,
  playing: Playing | null,
  fault: Fault | null,
): SessionState {
  return {
    ...state,
    playing: changed(state.playing, layer, playing),
    faults: changed(state.faults, layer, fault),
  };
}
