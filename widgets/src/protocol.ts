// GENERATED from server_ext/algorave_server/protocol by widgets/protocol_ts.py. Do not edit.

export const PROTOCOL_VERSION = 1;

export const LAYER_ROOT_PREFIX = "layer:";

export type Role = "host" | "co_author" | "viewer";

export type Action = "edit" | "evaluate" | "arrange" | "mix" | "tempo" | "chat" | "hush" | "lock" | "invite" | "members" | "session" | "ask";

/** What each role may do; the server refuses by the same table. */
export const MAY: Record<Role, readonly Action[]> = {
  host: ["arrange", "ask", "chat", "edit", "evaluate", "hush", "invite", "lock", "members", "mix", "session", "tempo"],
  co_author: ["arrange", "ask", "chat", "edit", "evaluate", "mix", "tempo"],
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

/** Which agents answer asks, after one came or went. */
export interface Agents {
  kind: "agents";
  agents: ServingAgent[];
}

/** The agent was switched on or off. */
export interface AiSet {
  kind: "ai_set";
  on: boolean;
  review: boolean;
  by: string;
}

/** One entry of the tempo map: from `server_ms` on it goes at `cps`, and `slope` faster each second. */
export interface Anchor {
  server_ms: number;
  cycle: number;
  cps: number;
  slope: number;
}

/** Ask the agent for something, in words. `made` of the answer is the proposal's id. */
export interface AskAgent {
  request_id: number;
  kind: "ask_agent";
  words: string;
  only: string[];
  model: string | null;
  seed: number;
  agent: string | null;
}

/** Let an ask be over. What has landed already stays, and can be undone. */
export interface CancelAsk {
  request_id: number;
  kind: "cancel_ask";
  proposal: string;
}

/** What a proposal makes of one layer. */
export interface Change {
  layer: string | null;
  name: string;
  before: string | null;
  after: string | null;
}

/** A participant may chat, or may not any more. */
export interface ChatSet {
  kind: "chat_set";
  participant: string;
  allowed: boolean;
}

/** Who made a layer what it is, when it was the agent. */
export interface Credit {
  agent: string;
  asker: string;
}

/** Accept an offered change, so that it lands, or turn it down. */
export interface Decide {
  request_id: number;
  kind: "decide";
  proposal: string;
  accept: boolean;
}

/** The request was carried out and is in the journal. */
export interface Done {
  kind: "done";
  request_id: number;
  made: string | null;
}

/** Who comes by an invite waits from now on, or does not. */
export interface DoorSet {
  kind: "door_set";
  door: "open" | "ask";
}

/** Of an agent: how far an answer is. It stands for the draft before, and is not answered. */
export interface Draft {
  kind: "draft";
  proposal: string;
  state: "thinking" | "streaming" | "checking" | "mending";
  round: number;
  says: string;
  changes: Change[];
  problems: string[];
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
  quantum: number;
  code: string | null;
  cps: number | null;
}

/** A layer's code sounds from a cycle on. */
export interface Evaluated {
  kind: "evaluated";
  playing: Playing;
}

/** A layer's code has failed: it alone is silent, or what it played before plays on. */
export interface Failed {
  kind: "failed";
  fault: Fault;
  playing: Playing | null;
}

/** Why code of a layer sounds no more, by the word of a page: the server runs no pattern code. */
export interface Fault {
  layer: string;
  by: string;
  at_cycle: number;
  message: string;
  hint: string | null;
  line: number | null;
  column: number | null;
}

/** Of an agent: an ask is over, and how. `applied` and `undone` are said after the change is made. */
export interface FinishAsk {
  request_id: number;
  kind: "finish_ask";
  proposal: string;
  status: "applied" | "answered" | "unchanged" | "stopped" | "denied" | "refused" | "gave_up" | "over_budget" | "failed" | "undone";
  says: string;
  reason: string | null;
  usd: number;
  tokens_in: number;
  tokens_out: number;
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
  ai: "no" | "credit" | "yes";
  credit: Credit | null;
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

/** Move everybody's phase by a short bend of the tempo, so that nothing is left out or comes twice. */
export interface Nudge {
  request_id: number;
  kind: "nudge";
  cycles: number;
}

/** Of an agent: a good answer. The state afterwards says whether it lands now or waits to be accepted. */
export interface Offer {
  request_id: number;
  kind: "offer";
  proposal: string;
  changes: Change[];
  says: string;
  problems: string[];
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
  timing: Timing | null;
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
  cps: number | null;
  before: Sounding | null;
}

/** Answer to `ping`. */
export interface Pong {
  kind: "pong";
  client_ms: number;
  server_ms: number;
}

/** One ask and what has become of it. */
export interface Proposal {
  id: string;
  asked_by: string;
  asker: string;
  words: string;
  only: string[];
  model: string | null;
  seed: number;
  server_ms: number;
  state: "waiting" | "offered" | "landing" | "undoing" | "thinking" | "streaming" | "checking" | "mending" | "applied" | "answered" | "unchanged" | "stopped" | "denied" | "refused" | "gave_up" | "over_budget" | "failed" | "undone";
  agent: string | null;
  agent_label: string | null;
  pays: string | null;
  round: number;
  says: string;
  problems: string[];
  changes: Change[];
  reason: string | null;
  usd: number;
  ended_ms: number | null;
}

/** A proposal is new or another by now. What was said of it before does not count any more. */
export interface Proposed {
  kind: "proposal";
  proposal: Proposal;
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

/** The code that plays from `from_cycle` on has failed on this page; the first word counts. */
export interface ReportFault {
  request_id: number;
  kind: "report_fault";
  layer: string;
  from_cycle: number;
  at_cycle: number;
  message: string;
  hint: string | null;
  line: number | null;
  column: number | null;
}

/** How well this page keeps time; null: nothing is heard here. Not answered, and not in the journal. */
export interface ReportTiming {
  kind: "timing";
  timing: Timing | null;
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

/** Of an agent: it answers from now on, until its last connection is closed. */
export interface ServeAsks {
  request_id: number;
  kind: "serve_asks";
  models: string[];
  label: string;
  pays: string;
}

/** An agent that answers asks. */
export interface ServingAgent {
  participant: string;
  label: string;
  models: string[];
  pays: string;
  only_for: string | null;
}

/** Switch the agent on or off for the session. */
export interface SetAi {
  request_id: number;
  kind: "set_ai";
  on: boolean;
  review: boolean;
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

/** Whether the agent may change a layer; what was credited to it there is not shown any more. */
export interface SetLayerAi {
  request_id: number;
  kind: "set_layer_ai";
  layer: string;
  ai: "no" | "credit" | "yes";
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
  over_s: number;
}

/** A text that a layer sounds, by whom, and from which cycle on. */
export interface Sounding {
  code: string;
  by: string;
  from_cycle: number;
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

/** Of an agent: it answers this one. `conflict` when it is taken or over already. */
export interface TakeAsk {
  request_id: number;
  kind: "take_ask";
  proposal: string;
}

/** The tempo map goes on differently: these anchors stand for all from the first one's time on. */
export interface Tempo {
  kind: "tempo";
  anchors: Anchor[];
  by: string;
  layer: string | null;
}

/** How well a page keeps the session's time, by its own word: nobody else can measure it. */
export interface Timing {
  phase_error_ms: number;
  output_latency_ms: number;
  keeps_time: boolean;
}

/** Have an applied change taken back by the agent that made it. */
export interface UndoAsk {
  request_id: number;
  kind: "undo_ask";
  proposal: string;
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
  faults: Fault[];
  tempo: Anchor[];
  roster: Participant[];
  listening: number;
  door: "open" | "ask";
  may_chat: boolean;
  chat: Said[];
  ai: boolean;
  ai_review: boolean;
  agents: ServingAgent[];
  proposals: Proposal[];
  server_ms: number;
}

export type FromClient =
  | Hello
  | Ping
  | ReportTiming
  | Draft
  | Evaluate
  | Stop
  | Hush
  | ReportFault
  | AddLayer
  | RenameLayer
  | MoveLayer
  | RemoveLayer
  | MixLayer
  | LockLayer
  | SetTempo
  | Nudge
  | Say
  | Unsay
  | SetChat
  | Introduce
  | SetDoor
  | Admit
  | SetRole
  | Remove
  | Rename
  | End
  | SetAi
  | SetLayerAi
  | AskAgent
  | CancelAsk
  | Decide
  | UndoAsk
  | ServeAsks
  | TakeAsk
  | Offer
  | FinishAsk;

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
  | Failed
  | Stopped
  | Hushed
  | Tempo
  | Said
  | Unsaid
  | ChatSet
  | Roster
  | Listening
  | DoorSet
  | Renamed
  | AiSet
  | Proposed
  | Agents;
