// The same bundle in Node, asked in the same way as the engine's worker: what benchmarks/engine.py compares with.
import { readFileSync } from "node:fs";

const [enginePath] = process.argv.slice(2);
for (const level of ["log", "info", "warn", "error"]) console[level] = () => {};
// biome-ignore lint/security/noGlobalEval: the bundle is a script for the global scope
(0, eval)(readFileSync(enginePath, "utf8"));
const { prepare, answer } = globalThis.algoraveEngine;

let waiting = Buffer.alloc(0);

function send(text) {
  const body = Buffer.from(text);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  process.stdout.write(Buffer.concat([head, body]));
}

process.stdin.on("data", (chunk) => {
  waiting = Buffer.concat([waiting, chunk]);
  while (waiting.length >= 4 && waiting.length >= 4 + waiting.readUInt32BE()) {
    const end = 4 + waiting.readUInt32BE();
    const { text } = JSON.parse(waiting.subarray(4, end).toString());
    waiting = waiting.subarray(end);
    send(prepare(text) || answer(text));
  }
});
send('{"ready":true}');
