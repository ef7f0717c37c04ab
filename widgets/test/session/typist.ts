// A participant for tests with a real server: joins a session with the real client and types numbered words at random
// places. Settings come as one JSON object in TYPIST. A first line on standard input ends the typing; a second one says
// how many words there must be before the text is told. What happens is told as one JSON object a line.
import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import type { Signal } from "../../src/page/signal.js";
import { SessionClient } from "../../src/session/client.js";
import type { Socket } from "../../src/session/connection.js";

interface Settings {
  url: string;
  session: string;
  layer: string;
  name: string;
  cookie: string;
  interval_ms: number;
}

const settings = JSON.parse(process.env.TYPIST ?? "{}") as Settings;
const stop = new AbortController();
const client = new SessionClient({
  url: settings.url,
  session: settings.session,
  who: null,
  signal: stop.signal,
  open: (url) => {
    const socket = new WebSocket(url, { headers: { Cookie: settings.cookie } });
    socket.on("error", () => undefined); // a close follows, and that is what the client listens to
    return socket as unknown as Socket;
  },
});

let typed = 0;
function type(): void {
  if (client.state.you === null) return;
  const text = client.replica.text(settings.layer);
  const places = [0, ...[...text.toString().matchAll(/;/g)].map((match) => match.index + 1)];
  const place = places[Math.floor(Math.random() * places.length)] ?? 0;
  text.insert(place, `${settings.name}${typed}🎵;`);
  typed += 1;
}

const tell = (news: Record<string, unknown>) => console.log(JSON.stringify(news));
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const typing = setInterval(type, settings.interval_ms);
client.changed.on(({ you }) => tell({ joined: you }));
client.heard.on((message) => message.kind === "saved" && tell({ acknowledged: message.edits }));

await lines.next();
clearInterval(typing);
await until(client.standing, () => client.where.isConnected && client.where.unsaved === 0);
tell({ saved: typed });

const words = Number((await lines.next()).value);
const text = () => client.replica.text(settings.layer).toString();
await until(client.standing, () => text().split(";").length - 1 >= words);
// A long text fills the pipe more than once, and an exit would cut it off.
process.stdout.write(`${JSON.stringify({ text: text() })}\n`, () => process.exit(0));

/** Resolves when something happened and `isSo`. */
function until<T>(news: Signal<T>, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => isSo() && resolve();
    news.on(look);
    look();
  });
}
