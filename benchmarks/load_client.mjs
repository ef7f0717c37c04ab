// Many clients of a session server in one process: they connect, type, are cut off, and count what reaches them.
//
// Settings come as one JSON object on standard input. What happens is told as one JSON object a line: `phase` when one
// begins ("type" is what is measured), and in the end `result`. Edits are due at times that no server can move, and
// their delivery is counted from when they were due.
import { createRequire } from "node:module";
import { connect } from "node:net";
import { EMPTY, editsHeld, frame, In, lengthAfter, Out, readFrames, readUpdate } from "./load_wire.mjs";
import { stateVector, unitsAfter, updateOf } from "./load_wire.mjs";

const set = JSON.parse(await new Promise((resolve) => process.stdin.once("data", resolve)));
const Y = createRequire(new URL("../widgets/package.json", import.meta.url))("yjs");
const tell = (said) => process.stdout.write(`${JSON.stringify(said)}\n`);
const now = () => performance.now();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const counts = { delivered: 0, cut: 0, closed: 0, acknowledged: 0 };
const delays = { delivery: [], acknowledgement: [], sending: [] };
let measuring = false;
let last = "";

/** Somebody who types: when each edit was due, for those who receive it. */
class Writer {
  constructor(client) {
    this.client = client;
    this.due = [];
    this.next = Infinity;
  }
}

/** One person's page. It comes back with what it knows when it is cut off. */
class Client {
  constructor(session, writer) {
    this.session = session;
    this.writer = writer;
    this.known = new Map(session.writers.map((each) => [each.client, 0]));
    this.isSynced = false;
    this.cookies = [];
  }

  open() {
    this.socket = connect({ host: set.host, port: set.port, noDelay: true });
    this.rest = EMPTY;
    this.isUpgraded = false;
    this.sent = null; // how many edits, once the server has asked for what it lacks
    this.unanswered = [];
    this.answered = 0;
    const key = "dGhlIHNhbXBsZSBub25jZQ==";
    const head = [`GET ${this.session.path} HTTP/1.1`, `Host: ${set.host}:${set.port}`, "Upgrade: websocket"];
    head.push("Connection: Upgrade", `Sec-WebSocket-Key: ${key}`, "Sec-WebSocket-Version: 13", ...set.headers);
    if (this.cookies.length) head.push(`Cookie: ${this.cookies.join("; ")}`);
    this.socket.on("connect", () => this.socket.write(`${head.join("\r\n")}\r\n\r\n`));
    this.socket.on("data", (data) => this.take(data));
    this.socket.on("error", (error) => {
      last = String(error);
    });
    this.socket.on("close", () => this.lost());
    return new Promise((resolve) => {
      this.ready = resolve;
    });
  }

  lost() {
    this.isSynced = false;
    if (this.isCut) counts.cut += 1;
    else if (!this.isLeaving) counts.closed += 1;
    this.isCut = false;
  }

  leave() {
    this.isLeaving = true;
    this.socket.destroy();
  }

  take(data) {
    let bytes = this.rest.length ? Buffer.concat([this.rest, data]) : data;
    if (!this.isUpgraded) {
      const end = bytes.indexOf("\r\n\r\n");
      if (end < 0) {
        this.rest = bytes;
        return;
      }
      if (!bytes.subarray(0, 12).includes("101")) last = bytes.subarray(0, 40).toString().split("\r")[0];
      // Who comes back has to be who it was: a Yjs client belongs to one person.
      const given = bytes.subarray(0, end).toString().matchAll(/^set-cookie: ([^;]+)/gim);
      this.cookies.push(...[...given].map((found) => found[1]));
      this.isUpgraded = true;
      bytes = bytes.subarray(end + 4);
      this.greet();
    }
    this.rest = readFrames(bytes, (opcode, payload) => this.hear(opcode, payload));
  }

  greet() {
    if (set.speaks === "hocuspocus") this.say(new Out().uint(2).uint(0).block(Buffer.from("token")));
    else {
      this.socket.write(frame(1, Buffer.from('{"kind":"hello","protocol_version":1}')));
      this.askForText();
    }
  }

  askForText() {
    this.say(new Out().uint(0).uint(0).block(stateVector(this.known)));
  }

  say(out) {
    const message = out.done();
    const name = set.speaks === "hocuspocus" ? new Out().block(Buffer.from(this.session.name)).done() : EMPTY;
    this.socket.write(frame(2, name.length ? Buffer.concat([name, message]) : message));
  }

  hear(opcode, payload) {
    if (opcode === 2) this.hearBinary(payload);
    else if (opcode === 1) this.hearJson(payload);
    else if (opcode === 9) this.socket.write(frame(10, payload));
    else if (opcode === 8) last = `closed: ${payload.subarray(2)}`;
  }

  hearJson(payload) {
    if (payload.indexOf('"saved"') < 0) return;
    const { edits } = JSON.parse(payload);
    for (; this.answered < edits; this.answered++) {
      const sent = this.unanswered.shift();
      counts.acknowledged += 1;
      if (measuring) delays.acknowledgement.push(now() - sent);
    }
  }

  hearBinary(payload) {
    const input = new In(payload);
    if (set.speaks === "hocuspocus") input.block();
    const kind = input.uint();
    if (kind === 2 && set.speaks === "hocuspocus") this.askForText();
    if (kind !== 0 && kind !== 4) return;
    const step = input.uint();
    const body = input.block();
    if (step === 0) this.answer(body);
    else this.learn(body);
    if (step === 1) {
      this.isSynced = true;
      this.ready();
    }
    this.sendEdits();
  }

  answer(vector) {
    const own = this.writer;
    this.sent = own ? own.due.length : 0;
    const held = own ? editsHeld(vector, own.client) : 0;
    this.edit(1, updateOf(own?.client, set.root, held, this.sent, set.replace_every));
  }

  /** What was typed and not sent yet: one edit, or all since the connection was lost. */
  sendEdits() {
    if (!this.isSynced || this.sent === null || !this.writer || this.sent === this.writer.due.length) return;
    const { client, due } = this.writer;
    this.edit(2, updateOf(client, set.root, this.sent, due.length, set.replace_every));
    this.sent = due.length;
  }

  /** Step 2, or an edit. */
  edit(step, update) {
    this.unanswered.push(now());
    this.say(new Out().uint(0).uint(step).block(update));
  }

  learn(update) {
    this.session.text?.push(update);
    readUpdate(update, (client, begin, end) => {
      const before = this.known.get(client);
      if (before === undefined || end <= before || begin > before) return;
      this.known.set(client, end);
      if (client !== this.writer?.client) this.count(this.session.byClient.get(client), before, end);
    });
  }

  count(writer, before, end) {
    const at = now();
    for (let edit = Math.max(0, before - 1); edit < end - 1; edit++) {
      counts.delivered += measuring ? 1 : 0;
      if (measuring && writer.due[edit] >= measuring) delays.delivery.push(at - writer.due[edit]);
    }
  }

  type(due) {
    const writer = this.writer;
    writer.due.push(due);
    this.known.set(writer.client, unitsAfter(writer.due.length));
    this.sendEdits();
    if (measuring) delays.sending.push(now() - due);
  }

  async cutOff() {
    this.isCut = true;
    this.socket.resetAndDestroy();
    await sleep(500);
    await this.open();
  }

  missing() {
    return this.session.writers.reduce(
      (sum, each) => sum + Math.max(0, unitsAfter(each.due.length) - this.known.get(each.client)),
      0,
    );
  }
}

const sessions = set.sessions.map(({ path, name }, at) => {
  const base = 1_000_000 * set.seed + at * set.writers;
  const writers = Array.from({ length: set.writers }, (_, index) => new Writer(base + index));
  return { path, name, writers, byClient: new Map(writers.map((writer) => [writer.client, writer])) };
});
const clients = sessions.flatMap((session) =>
  Array.from({ length: set.clients }, (_, index) => new Client(session, session.writers[index])),
);

async function connectAll() {
  const waiting = [...clients];
  const one = async () => {
    for (let client = waiting.pop(); client; client = waiting.pop()) await client.open();
  };
  await Promise.race([Promise.all(Array.from({ length: 32 }, one)), sleep(120_000)]);
}

async function typeFor(seconds) {
  const typists = clients.filter((client) => client.writer);
  const gap = () => (-Math.log(1 - Math.random()) * 1000) / set.edits_per_s;
  const begin = now();
  for (const { writer } of typists) writer.next = begin + gap();
  let cuts = 0;
  while (now() < begin + seconds * 1000) {
    const at = now();
    for (const typist of typists) {
      for (; typist.writer.next <= at; typist.writer.next += gap()) typist.type(typist.writer.next);
    }
    for (; cuts < ((at - begin) * set.cuts_per_s) / 1000; cuts++) {
      const open = clients.filter((client) => client.isSynced);
      open[Math.floor(Math.random() * open.length)]?.cutOff();
    }
    // A timer is late by a millisecond, which is more than what is measured; but it leaves the core to the server.
    await (set.spins ? new Promise(setImmediate) : sleep(1));
  }
}

async function drain(seconds) {
  const end = now() + seconds * 1000;
  const isDone = () => clients.every((client) => client.isSynced && client.missing() === 0);
  while (!isDone() && now() < end) await sleep(20);
}

/** What somebody who comes now is given, as a real document reads it. */
async function audit() {
  let wrong = 0;
  for (const session of sessions) {
    session.text = [];
    const reader = new Client(session, undefined);
    await Promise.race([reader.open(), sleep(10_000)]);
    const doc = new Y.Doc();
    for (const update of session.text) Y.applyUpdate(doc, update);
    const expected = session.writers.reduce((sum, each) => sum + lengthAfter(each.due.length, set.replace_every), 0);
    wrong += doc.getText(set.root).length === expected ? 0 : 1;
    reader.leave();
    session.text = undefined;
  }
  return wrong;
}

function percentiles(times) {
  const sorted = Float64Array.from(times).sort();
  const at = (share) => (sorted.length ? Math.round(1000 * sorted[Math.floor(share * (sorted.length - 1))]) / 1000 : null);
  return { p50_ms: at(0.5), p95_ms: at(0.95), p99_ms: at(0.99), worst_ms: at(1) };
}

tell({ phase: "connect" });
const began = now();
await connectAll();
const synced = clients.filter((client) => client.isSynced).length;
tell({ phase: "connected", synced_ms: Math.round(now() - began) });
if (set.warm_up_s) await typeFor(set.warm_up_s);
measuring = now();
tell({ phase: "type" });
await (set.writers ? typeFor(set.seconds) : sleep(set.seconds * 1000));
const typed_s = (now() - measuring) / 1000;
const delivered = counts.delivered;
tell({ phase: "drain" });
await drain(set.drain_s);
measuring = false;
const lost = clients.reduce((sum, client) => sum + client.missing(), 0);
const edits = sessions.reduce((sum, each) => sum + each.writers.reduce((all, { due }) => all + due.length, 0), 0);
const wrong = set.writers ? await audit() : 0;
tell({
  result: {
    clients: clients.length,
    synced,
    edits,
    delivered_per_s: Math.round(delivered / typed_s),
    delivered: counts.delivered,
    lost,
    sessions_with_wrong_text: wrong,
    cut_off: counts.cut,
    closed_by_server: counts.closed,
    delivery: percentiles(delays.delivery),
    acknowledgement: percentiles(delays.acknowledgement),
    own_lag: percentiles(delays.sending),
    last_trouble: last,
  },
});
process.exit(0);
