// What the server said about a session so far, folded into one value.

import type { Anchor, FromServer, Layer, Participant, Playing, Role, Said } from "../protocol.js";

const CHAT_KEPT = 200;

/** A session without its texts. Never changed in place. */
export interface SessionState {
  title: string;
  /** The participant that this page is; null before the server said so. */
  you: string | null;
  role: Role;
  layers: Layer[];
  /** What sounds, by layer id. */
  playing: ReadonlyMap<string, Playing>;
  tempo: Anchor[];
  participants: Participant[];
  /** Connections of viewers. */
  listening: number;
  chat: Said[];
}

/** Before the server said anything: a viewer of nothing. */
export const NOTHING_YET: SessionState = {
  title: "",
  you: null,
  role: "viewer",
  layers: [],
  playing: new Map(),
  tempo: [],
  participants: [],
  listening: 0,
  chat: [],
};

/** The state after one more message. */
export function fold(state: SessionState, message: FromServer): SessionState {
  switch (message.kind) {
    case "welcome":
      return {
        ...state,
        title: message.title,
        you: message.you,
        role: message.role,
        layers: message.layers,
        playing: new Map(message.playing.map((each) => [each.layer, each])),
        tempo: message.tempo,
        participants: message.roster,
      };
    case "layers":
      return { ...state, layers: message.layers, playing: without(state.playing, message.layers) };
    case "evaluated":
      return { ...state, playing: new Map(state.playing).set(message.playing.layer, message.playing) };
    case "stopped": {
      const playing = new Map(state.playing);
      playing.delete(message.layer);
      return { ...state, playing };
    }
    case "hushed":
      return { ...state, playing: new Map() };
    case "tempo":
      return { ...state, tempo: [...state.tempo, message.anchor] };
    case "said":
      return { ...state, chat: [...state.chat, message].slice(-CHAT_KEPT) };
    case "roster":
      return { ...state, participants: message.participants, listening: message.listening };
    case "renamed":
      return { ...state, title: message.title };
    case "pong":
    case "done":
    case "refused":
    case "saved":
      return state;
  }
}

function without(playing: ReadonlyMap<string, Playing>, layers: Layer[]): ReadonlyMap<string, Playing> {
  const there = new Set(layers.map((layer) => layer.id));
  return new Map([...playing].filter(([layer]) => there.has(layer)));
}
