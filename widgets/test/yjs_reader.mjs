// Reads episodes as JSON lines {updates: [hex], roots: [name]}, applies the updates in order to a Yjs document and
// answers {texts: [string], pending: boolean, state: hex} or {error: string}, one line each.
import { createInterface } from "node:readline";
import * as Y from "yjs";

for await (const line of createInterface({ input: process.stdin })) {
  const { updates, roots } = JSON.parse(line);
  try {
    const doc = new Y.Doc();
    for (const hex of updates) Y.applyUpdate(doc, Buffer.from(hex, "hex"));
    const texts = roots.map((root) => doc.getText(root).toString());
    const pending = doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
    const state = Buffer.from(Y.encodeStateAsUpdate(doc)).toString("hex");
    console.log(JSON.stringify({ texts, pending, state }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
