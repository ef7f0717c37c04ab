// The bytes of a load test: WebSocket frames of a client, and Yjs updates that are written and read without a document.
//
// Every writer edits at its own place in one text: its first edit is "()", each later one a letter before the ")",
// with both origins as an editor gives them; every n-th edit also deletes the letter before. So an edit's units are
// known from its number alone, and what a receiver has is one number for each writer.

/** Writes lib0. */
export class Out {
  constructor() {
    this.bytes = Buffer.allocUnsafe(1024);
    this.at = 0;
  }

  uint(value) {
    this.room(9);
    while (value > 127) {
      this.bytes[this.at++] = (value % 128) | 128;
      value = Math.floor(value / 128);
    }
    this.bytes[this.at++] = value;
    return this;
  }

  byte(value) {
    this.room(1);
    this.bytes[this.at++] = value;
    return this;
  }

  block(bytes) {
    this.uint(bytes.length).room(bytes.length);
    this.at += bytes.copy(this.bytes, this.at);
    return this;
  }

  room(more) {
    if (this.at + more > this.bytes.length) {
      this.bytes = Buffer.concat([this.bytes], 2 * (this.at + more));
    }
    return this;
  }

  done() {
    return this.bytes.subarray(0, this.at);
  }
}

/** Reads lib0. */
export class In {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  uint() {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  block() {
    const length = this.uint();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

/** How many units a writer has typed after so many edits. */
export const unitsAfter = (edits) => (edits === 0 ? 0 : edits + 1);
const editsIn = (units) => (units === 0 ? 0 : units - 1);
const deletes = (edit, every) => every > 0 && edit > 1 && edit % every === 0;

/** How long the text of a writer is after so many edits. */
export function lengthAfter(edits, every) {
  let length = unitsAfter(edits);
  for (let edit = 2; edit < edits; edit++) length -= deletes(edit, every) ? 1 : 0;
  return length;
}

/** The update that brings the edits [from, to) of a client. */
export function updateOf(client, root, from, to, every) {
  const out = new Out();
  if (from >= to) return out.uint(0).uint(0).done();
  const pieces = from === 0 && to > 1 ? 2 : 1;
  out.uint(1).uint(pieces).uint(client).uint(unitsAfter(from));
  if (from === 0) out.byte(0x04).uint(1).block(Buffer.from(root)).block(Buffer.from("()"));
  const first = Math.max(from, 1);
  if (to > first) {
    // The letter of edit k is unit k + 1, between the one before (or the "(") and the ")".
    out.byte(0xc4).uint(client).uint(first === 1 ? 0 : first).uint(client).uint(1);
    out.block(Buffer.alloc(to - first, 0x61 + (client % 26)));
  }
  const gone = [];
  for (let edit = from; edit < to; edit++) if (deletes(edit, every)) gone.push(edit);
  if (gone.length === 0) return out.uint(0).done();
  out.uint(1).uint(client).uint(gone.length);
  for (const edit of gone) out.uint(edit).uint(1);
  return out.done();
}

/** Calls back with every stretch of units in an update: (client, first unit, unit behind the last). */
export function readUpdate(bytes, found) {
  const input = new In(bytes);
  for (let clients = input.uint(); clients > 0; clients--) {
    let structs = input.uint();
    const client = input.uint();
    const begin = input.uint();
    let end = begin;
    for (; structs > 0; structs--) end += readStruct(input);
    found(client, begin, end);
  }
}

function readStruct(input) {
  const info = input.bytes[input.at++];
  const kind = info & 31;
  if (kind === 0) return input.uint();
  if (kind === 10) throw new Error("a server that leaves gaps cannot be measured");
  for (const bit of [0x80, 0x40]) if (info & bit) input.uint() + input.uint();
  if ((info & 0xc0) === 0) {
    if (input.uint() === 1) input.block();
    else input.uint() + input.uint();
    if (info & 0x20) input.block();
  }
  if (kind === 1) return input.uint();
  if (kind === 4) return input.block().length; // letters only, so a byte is a unit
  throw new Error(`content ${kind} that nobody wrote`);
}

/** Client → units, as a state vector says it. */
export function stateVector(known) {
  const out = new Out().uint([...known.values()].filter((units) => units > 0).length);
  for (const [client, units] of known) if (units > 0) out.uint(client).uint(units);
  return out.done();
}

/** How many edits of a client a state vector holds. */
export function editsHeld(vector, client) {
  const input = new In(vector);
  for (let count = input.uint(); count > 0; count--) {
    const [id, units] = [input.uint(), input.uint()];
    if (id === client) return editsIn(units);
  }
  return 0;
}

/** A client's frame. Its mask is zero, which is allowed and costs this side nothing. */
export function frame(opcode, payload) {
  const size = payload.length;
  const head = Buffer.alloc(size < 126 ? 6 : size < 65536 ? 8 : 14);
  head[0] = 0x80 | opcode;
  if (size < 126) head[1] = 0x80 | size;
  else if (size < 65536) {
    head[1] = 0xfe;
    head.writeUInt16BE(size, 2);
  } else {
    head[1] = 0xff;
    head.writeBigUInt64BE(BigInt(size), 2);
  }
  return Buffer.concat([head, payload]);
}

/** Takes whole frames out of what came: calls back with (opcode, payload) and gives back the rest. */
export function readFrames(bytes, found) {
  let at = 0;
  while (bytes.length - at >= 2) {
    let size = bytes[at + 1] & 127;
    let head = 2;
    if (size === 126) head = 4;
    else if (size === 127) head = 10;
    if (bytes.length - at < head) break;
    if (head === 4) size = bytes.readUInt16BE(at + 2);
    else if (head === 10) size = Number(bytes.readBigUInt64BE(at + 2));
    if (bytes.length - at < head + size) break;
    found(bytes[at] & 15, bytes.subarray(at + head, at + head + size));
    at += head + size;
  }
  return at === bytes.length ? EMPTY : bytes.subarray(at);
}

export const EMPTY = Buffer.alloc(0);
