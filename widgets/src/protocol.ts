// GENERATED from server_ext/algorave_server/protocol by widgets/protocol_ts.py. Do not edit.

export const PROTOCOL_VERSION = 1;

export const LAYER_ROOT_PREFIX = "layer:";

export type Role = "host" | "co_author" | "viewer";

export type Action = "edit" | "evaluate" | "arrange" | "mix" | "tempo" | "chat" | "hush" | "lock" | "invite" | "members" | "session";

/** What each role may do; the server refuses by the same table. */
export const MAY: Record<Role, readonly Action[]> = {
  host: ["arrange", "chat", "edit", "evaluate", "hush", "invite", "lock", "members", "mix", "session", "tempo"],
  co_author: ["arrange", "chat", "edit", "evaluate", "mix", "tempo"],
  viewer: ["chat"],
};

/** Why the server closes a WebSocket. */
export const CLOSE = {
  malformed: 4400,
  unauthenticated: 4401,
  removed: 4403,
  not_found: 4404,
  full: 4409,
  ended: 4410,
  reset: 4205,
  too_slow: 4408,
  replaced: 4412,
  too_fast: 4429,
  fault: 4500,
} as const;

/** A new, empty layer at the end. */
export interface AddLayer {
  request_id: number;
  kind: "add_layer";
  name: string;
}

/** Let in who waits. To turn it down is to `remove` it. */
export interface Admit {
  request_id: number;
  kind: "admit";
  participant: string;
}

/** A host lets you in: say `hello` again, and ask for the text. */
export interface Admitted {
  kind: "admitted";
}

/** One entry of the tempo map: at `server_ms` it was `cycle`, and from there on it goes at `cps`. */
export interface Anchor {
  server_ms: number;
  cycle: number;
  cps: number;
}

/** A participant may chat, or may not any more. */
export interface ChatSet {
  kind: "chat_set";
  participant: string;
  allowed: boolean;
}

/** The request was carried out and is in the journal. */
export interface Done {
  kind: "done";
  request_id: number;
}

/** Who comes by an invite waits from now on, or does not. */
export interface DoorSet {
  kind: "door_set";
  door: "open" | "ask";
}

/** End the session for everybody; it can still be read and replayed. */
export interface End {
  request_id: number;
  kind: "end";
}

/** Make the layer's text the sounding text, from the next whole cycle on when `at_cycle` is null. */
export interface Evaluate {
  request_id: number;
  kind: "evaluate";
  layer: string;
  at_cycle: number | null;
  code: string | null;
}

/** A layer's code sounds from a cycle on. */
export interface Evaluated {
  kind: "evaluated";
  playing: Playing;
}

/** The first JSON message of a client that wants JSON. */
export interface Hello {
  kind: "hello";
  protocol_version: number;
}

/** Silence all layers at once. */
export interface Hush {
  request_id: number;
  kind: "hush";
}

/** Nothing sounds any more. */
export interface Hushed {
  kind: "hushed";
  by: string;
}

/** One's own name and colour from now on. */
export interface Introduce {
  request_id: number;
  kind: "introduce";
  name: string;
  colour: string;
}

/** A layer as everybody sees it; its text is in the Doc. */
export interface Layer {
  id: string;
  name: string;
  gain: number;
  mute: boolean;
  solo: boolean;
  locked: boolean;
}

/** The layers and their order, after a change. */
export interface Layers {
  kind: "layers";
  layers: Layer[];
}

/** A large audience has grown or shrunk; nobody else came or went. */
export interface Listening {
  kind: "listening";
  listening: number;
}

/** Only those who may lock can change, mix and play a locked layer. */
export interface LockLayer {
  request_id: number;
  kind: "lock_layer";
  layer: string;
  locked: boolean;
}

/** Set what is not null. */
export interface MixLayer {
  request_id: number;
  kind: "mix_layer";
  layer: string;
  gain: number | null;
  mute: boolean | null;
  solo: boolean | null;
}

/** Put a layer at another place, counted from 0. */
export interface MoveLayer {
  request_id: number;
  kind: "move_layer";
  layer: string;
  index: number;
}

/** A person or an agent in the session, as the server says; never taken from awareness. */
export interface Participant {
  id: string;
  name: string;
  colour: string;
  kind: "person" | "agent";
  role: Role;
  connections: number;
  active: boolean;
  may_chat: boolean;
  waiting: boolean;
}

/** Measures the offset of the clocks; `client_ms` comes back in `pong`. */
export interface Ping {
  kind: "ping";
  client_ms: number;
}

/** What a layer sounds: the text that was evaluated, by whom, and from which cycle on. */
export interface Playing {
  layer: string;
  code: string;
  by: string;
  from_cycle: number;
}

/** Answer to `ping`. */
export interface Pong {
  kind: "pong";
  client_ms: number;
  server_ms: number;
}

/** The request changed nothing, and why, in words for people. */
export interface Refused {
  kind: "refused";
  request_id: number | null;
  reason: "forbidden" | "not_found" | "conflict" | "malformed" | "ended" | "too_old" | "too_fast" | "not_saved";
  detail: string;
}

/** Close a participant's connections; with `ban` it cannot come back. */
export interface Remove {
  request_id: number;
  kind: "remove";
  participant: string;
  ban: boolean;
}

/** Take a layer away; its text stays in the journal. */
export interface RemoveLayer {
  request_id: number;
  kind: "remove_layer";
  layer: string;
}

/** Give the session another title. */
export interface Rename {
  request_id: number;
  kind: "rename";
  title: string;
}

/** Call a layer something else. */
export interface RenameLayer {
  request_id: number;
  kind: "rename_layer";
  layer: string;
  name: string;
}

/** The session has another title. */
export interface Renamed {
  kind: "renamed";
  title: string;
}

/** Who is here, after a change. A large audience is not in it. */
export interface Roster {
  kind: "roster";
  participants: Participant[];
  listening: number;
}

/** A line of chat, with the name it was said under: who said it may be gone. */
export interface Said {
  kind: "said";
  line: number;
  by: string;
  name: string;
  colour: string;
  text: string;
  server_ms: number;
}

/** So many of this connection's binary edit frames are committed, counted from its start. */
export interface Saved {
  kind: "saved";
  edits: number;
}

/** A line of chat. */
export interface Say {
  request_id: number;
  kind: "say";
  text: string;
}

/** Let a participant chat, or not. */
export interface SetChat {
  request_id: number;
  kind: "set_chat";
  participant: string;
  allowed: boolean;
}

/** Whether who comes by an invite from now on has to wait until a host lets it in. */
export interface SetDoor {
  request_id: number;
  kind: "set_door";
  door: "open" | "ask";
}

/** Give another role to a participant. */
export interface SetRole {
  request_id: number;
  kind: "set_role";
  participant: string;
  role: Role;
}

/** Go on at another tempo from half a second later on, everybody at once; the phase is kept. */
export interface SetTempo {
  request_id: number;
  kind: "set_tempo";
  cps: number;
}

/** Let the layer sound no more. */
export interface Stop {
  request_id: number;
  kind: "stop";
  layer: string;
}

/** A layer sounds no more. */
export interface Stopped {
  kind: "stopped";
  layer: string;
  by: string;
}

/** The tempo map has a new last anchor. */
export interface Tempo {
  kind: "tempo";
  anchor: Anchor;
  by: string;
}

/** A line of chat was taken back. */
export interface Unsaid {
  kind: "unsaid";
  line: number;
  by: string;
}

/** Take back one's own line of chat; hosts, anybody's. The journal keeps that it was said. */
export interface Unsay {
  request_id: number;
  kind: "unsay";
  line: number;
}

/** Answer to `hello` of somebody who has to wait until a host lets it in. */
export interface Waiting {
  kind: "waiting";
  session_title: string;
}

/** Answer to `hello`: all there is to know, apart from the text. */
export interface Welcome {
  kind: "welcome";
  protocol_version: number;
  session: string;
  title: string;
  you: string;
  role: Role;
  layers: Layer[];
  playing: Playing[];
  tempo: Anchor[];
  roster: Participant[];
  listening: number;
  door: "open" | "ask";
  may_chat: boolean;
  chat: Said[];
  server_ms: number;
}

export type FromClient =
  | Hello
  | Ping
  | Evaluate
  | Stop
  | Hush
  | AddLayer
  | RenameLayer
  | MoveLayer
  | RemoveLayer
  | MixLayer
  | LockLayer
  | SetTempo
  | Say
  | Unsay
  | SetChat
  | Introduce
  | SetDoor
  | Admit
  | SetRole
  | Remove
  | Rename
  | End;

export type FromServer =
  | Welcome
  | Waiting
  | Admitted
  | Pong
  | Done
  | Refused
  | Saved
  | Layers
  | Evaluated
  | Stopped
  | Hushed
  | Tempo
  | Said
  | Unsaid
  | ChatSet
  | Roster
  | Listening
  | DoorSet
  | Renamed;
