// A participant for tests with a real server: joins a session with the real client, or with a stock one, and types
// numbered words at random places. Settings come as one JSON object in TYPIST. A first line on standard input ends the
// typing; a second one says how many words there must be before the text is told. What happens is told as one JSON
// object a line. SIGTERM is the page being left.
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import type * as Y from "yjs";
import { SessionClient } from "../../src/session/client.js";
import type { Socket } from "../../src/session/connection.js";
import type { Shelf } from "../../src/session/shelf.js";
import { StockClient } from "./stock_client.js";

interface Settings {
  url: string;
  session: string;
  layer: string;
  name: string;
  cookie: string;
  /** What the server is called there, whatever the network on the way is called. */
  host: string;
  interval_ms: number;
  /** Speaks y-protocols and nothing else. */
  stock?: boolean;
  /** After so many words it says how many it typed. */
  tell_every?: number;
  /** Whom the server took it for before, and a file in which unsaved edits outlive this process. */
  who?: string;
  shelf?: string;
}

interface News {
  on(listener: () => void): unknown;
}

/** What a client does for a typist. */
interface Seat {
  news: News;
  isIn(): boolean;
  text(): Y.Text;
  isSaved(): boolean;
}

const settings = JSON.parse(process.env.TYPIST ?? "{}") as Settings;
const stop = new AbortController();
const seat = settings.stock ? stockSeat() : ownSeat();

let typed = 0;
function type(): void {
  if (!seat.isIn()) return;
  const text = seat.text();
  const places = [0, ...[...text.toString().matchAll(/;/g)].map((match) => match.index + 1)];
  const place = places[Math.floor(Math.random() * places.length)] ?? 0;
  text.insert(place, `${settings.name}${typed}🎵;`);
  typed += 1;
  if (settings.tell_every && typed % settings.tell_every === 0) tell({ typed, at_ms: Date.now() });
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const timer = setInterval(type, settings.interval_ms);
process.on("SIGTERM", () => {
  clearInterval(timer);
  stop.abort();
  process.stdout.write(`${JSON.stringify({ left: typed })}\n`, () => process.exit(0));
});

await lines.next();
clearInterval(timer);
await until(seat.news, seat.isSaved);
tell({ saved: typed });

const words = Number((await lines.next()).value);
const text = () => seat.text().toString();
await until(seat.news, () => text().split(";").length - 1 >= words);
// A long text fills the pipe more than once, and an exit would cut it off.
process.stdout.write(`${JSON.stringify({ text: text() })}\n`, () => process.exit(0));

function tell(news: Record<string, unknown>): void {
  console.log(JSON.stringify(news));
}

function socket(): WebSocket {
  const opened = new WebSocket(settings.url, { headers: { Cookie: settings.cookie, Host: settings.host } });
  opened.on("error", () => undefined); // a close follows, and that is what the clients listen to
  return opened;
}

function ownSeat(): Seat {
  const client = new SessionClient({
    url: settings.url,
    session: settings.session,
    who: settings.who ?? null,
    shelf: settings.shelf ? fileShelf(settings.shelf) : null,
    signal: stop.signal,
    open: () => socket() as unknown as Socket,
  });
  client.changed.on(({ you }) => tell({ joined: you }));
  client.heard.on((message) => message.kind === "saved" && tell({ acknowledged: message.edits }));
  return {
    news: client.standing,
    // Somebody who was here before types at once, whether or not there is a network.
    isIn: () => client.state.you !== null || settings.who !== undefined,
    text: () => client.replica.text(settings.layer),
    isSaved: () => client.where.isConnected && client.where.unsaved === 0,
  };
}

function stockSeat(): Seat {
  const client = new StockClient(socket);
  void until(client.changed, () => client.hasText).then(() => tell({ joined: "somebody" }));
  return {
    news: client.changed,
    isIn: () => client.hasText,
    text: () => client.doc.getText(`layer:${settings.layer}`),
    isSaved: () => client.isSynced, // it never knows more
  };
}

/** As a browser's storage, in a file. */
function fileShelf(path: string): Shelf {
  const read = (): Record<string, string> => {
    try {
      return JSON.parse(readFileSync(path, "utf8"));
    } catch {
      return {};
    }
  };
  const write = (items: Record<string, string>) => writeFileSync(path, JSON.stringify(items));
  return {
    getItem: (key) => read()[key] ?? null,
    setItem: (key, value) => write({ ...read(), [key]: value }),
    removeItem: (key) => write(Object.fromEntries(Object.entries(read()).filter(([each]) => each !== key))),
    keys: () => Object.keys(read()),
  };
}

/** Resolves when something happened and `isSo`. */
function until(news: News, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => isSo() && resolve();
    news.on(look);
    look();
  });
}
