import { describe, expect, it } from "vitest";
import type { LivePerson } from "../../src/page/live_session.js";
import type { Participant, Said } from "../../src/protocol.js";
import { ApiError, GuestApi, HostApi, type InviteInfo, xsrfOf } from "../../src/session/api.js";
import { NOTHING_YET } from "../../src/session/state.js";
import { isTogether, unreadIn } from "../../src/views/session/chat.js";
import { isRevocable, sortedInvites, stateWords } from "../../src/views/session/invites.js";
import { nextName } from "../../src/views/session/layer_shelf.js";
import { contrast, inkOn, readableInk, safeColour } from "../../src/views/session/person_colours.js";
import { modulesPath } from "../../src/views/session/qr_code.js";
import { euclid } from "../../src/views/session/ring.js";
import { doingWords, inOrder } from "../../src/views/session/roster.js";
import { screenOf } from "../../src/views/session/session_screen.js";
import {
  agoWords,
  freeName,
  initialsOf,
  layerName,
  leftWords,
  secretIn,
  sessionIn,
  spanWords,
  usesWords,
} from "../../src/views/session/words.js";

const NOW = Date.parse("2026-05-01T20:00:00Z");
const SECRET = "A".repeat(43);

function person(changes: Partial<Participant> = {}, live: Partial<LivePerson> = {}): LivePerson {
  const participant: Participant = {
    id: "1",
    name: "Ana",
    colour: "#1d4ed8",
    kind: "person",
    role: "co_author",
    connections: 1,
    active: true,
    may_chat: true,
    waiting: false,
    timing: null,
    ...changes,
  };
  return { participant, cursorLayer: null, typing: false, ...live };
}

const said = (line: number, by: string, server_ms = 0): Said => ({
  kind: "said",
  line,
  by,
  name: by,
  colour: "#1d4ed8",
  text: "hello",
  server_ms,
});

describe("faces", () => {
  it("VISIT-14: initials are those of the first and last word, whatever the writing", () => {
    const names = ["Ana", "Bo Ångström", "ana maria de souza", "李 小龙", "🎸 Max", "👩‍🎤", "  ", ""];
    expect(names.map(initialsOf)).toEqual(["A", "BÅ", "AS", "李小", "🎸M", "👩‍🎤", "?", "?"]);
  });

  it("VISIT-14: what is no colour becomes a grey, so that nothing else gets into a style", () => {
    for (const odd of ["red", "#fff", "#12345g", "#123456;x:y", "", "url(x)"])
      expect(safeColour(odd)).toBe("#667080");
    expect(safeColour("#ABCDEF")).toBe("#abcdef");
  });

  it("VISIT-14: initials on any colour, and any colour as text on light and dark, can be read", () => {
    for (let step = 0; step < 4096; step += 7) {
      const colour = `#${[...step.toString(16).padStart(3, "0")].map((digit) => digit + digit).join("")}`;
      expect(contrast(colour, inkOn(colour)), colour).toBeGreaterThan(4.2);
      expect(contrast(readableInk(colour, "light"), "#ffffff"), colour).toBeGreaterThanOrEqual(4.5);
      expect(contrast(readableInk(colour, "dark"), "#14161b"), colour).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("VISIT-14: a ring's struck steps are spread evenly", () => {
    const shown = (pulses: number, steps: number) =>
      euclid(pulses, steps)
        .map((struck) => (struck ? "x" : "."))
        .join("");
    expect(shown(3, 8)).toBe("x..x..x.");
    expect(shown(4, 16)).toBe("x...x...x...x...");
    expect(shown(7, 16).match(/x/g)).toHaveLength(7);
  });
});

describe("the roster", () => {
  it("VISIT-15: who waits comes first, then who is here by role and name, then who is away", () => {
    const people = [
      person({ name: "away host", role: "host", connections: 0 }),
      person({ name: "viewer", role: "viewer" }),
      person({ name: "Zoe" }),
      person({ name: "Ana" }),
      person({ name: "host", role: "host" }),
      person({ name: "at the door", role: "viewer", waiting: true }),
    ];
    const names = inOrder(people).map(({ participant }) => participant.name);
    expect(names).toEqual(["at the door", "host", "Ana", "Zoe", "viewer", "away host"]);
  });

  it("VISIT-15: each is told with what they do", () => {
    expect(doingWords(person({ waiting: true, connections: 0 }), null)).toBe("wants to come in");
    expect(doingWords(person({ connections: 0 }, { typing: true }), "bass")).toBe("away");
    expect(doingWords(person({}, { typing: true }), "bass")).toBe("typing in bass");
    expect(doingWords(person({ active: false }), "bass")).toBe("idle");
    expect(doingWords(person(), "bass")).toBe("in bass");
    expect(doingWords(person(), null)).toBe("co-author");
  });

  it("VISIT-4: a session asks for the door, the session or the end of it", () => {
    const where = { isConnected: true, unsaved: 0, keptOverReload: true, trouble: null, comesBack: true };
    const inside = { ...NOTHING_YET, you: "1" };
    expect(screenOf({ state: NOTHING_YET, where })).toBe("joining");
    expect(screenOf({ state: { ...NOTHING_YET, waiting: true }, where })).toBe("waiting");
    expect(screenOf({ state: inside, where })).toBe("session");
    expect(screenOf({ state: inside, where: { ...where, isConnected: false } })).toBe("session");
    expect(screenOf({ state: inside, where: { ...where, isConnected: false, comesBack: false } })).toBe(
      "over",
    );
  });
});

describe("the chat", () => {
  it("VISIT-7: only what others said since it was seen is unread", () => {
    const chat = [said(1, "ana"), said(2, "bo"), said(3, "me"), said(4, "bo")];
    expect(unreadIn(chat, 1, "me")).toBe(2);
    expect(unreadIn(chat, 4, "me")).toBe(0);
  });

  it("VISIT-7: lines of one person soon after each other stand under one name", () => {
    expect(isTogether(undefined, said(1, "ana"))).toBe(false);
    expect(isTogether(said(1, "ana"), said(2, "ana", 60_000))).toBe(true);
    expect(isTogether(said(1, "ana"), said(2, "ana", 600_000))).toBe(false);
    expect(isTogether(said(1, "ana"), said(2, "bo"))).toBe(false);
  });
});

describe("words", () => {
  it("VISIT-17: times are told in their largest unit", () => {
    expect([10, 60, 150, 3600, 7200, 86_400, 1e6].map(spanWords)).toEqual([
      "a moment",
      "1 minute",
      "3 minutes",
      "1 hour",
      "2 hours",
      "1 day",
      "12 days",
    ]);
    expect(agoWords("2026-05-01T19:58:00Z", NOW)).toBe("2 minutes ago");
    expect(agoWords("2026-05-01T20:00:05Z", NOW)).toBe("just now");
    expect(leftWords("2026-05-01T22:00:00Z", NOW)).toBe("2 hours left");
    expect(leftWords("2026-05-01T19:00:00Z", NOW)).toBe("over");
    expect(leftWords(null, NOW)).toBe("until it is lifted");
    expect([usesWords(0, 20), usesWords(3, null)]).toEqual(["0 of 20 came", "3 came"]);
  });

  it("VISIT-17: invites that are good come first, the newest at the top, and say how long they are", () => {
    const invite = (id: string, state: InviteInfo["state"], created_at: string): InviteInfo => ({
      id,
      kind: "person",
      state,
      created_at,
      role: "viewer",
      expires_at: "2026-05-02T20:00:00Z",
      max_uses: null,
      uses: 0,
      came: [],
    });
    const invites = [
      invite("revoked", "revoked", "2026-05-01T19:00:00Z"),
      invite("old", "open", "2026-05-01T18:00:00Z"),
      invite("new", "open", "2026-05-01T19:30:00Z"),
    ];
    expect(sortedInvites(invites).map(({ id }) => id)).toEqual(["new", "old", "revoked"]);
    expect(invites.map((each) => stateWords(each, NOW))).toEqual(["revoked", "1 day left", "1 day left"]);
  });

  it("VISIT-8: a link can be revoked while it lets somebody in, and as long as somebody is in by it", () => {
    const came = [{ participant: "1", name: "Bo", at: "2026-05-01T20:00:00Z" }];
    const states = ["open", "used_up", "expired", "revoked"] as const;
    const revocable = (by: InviteInfo["came"]) =>
      states.filter((state) => isRevocable({ state, came: by } as InviteInfo));
    expect(revocable(came)).toEqual(["open", "used_up", "expired"]);
    expect(revocable([])).toEqual(["open"]);
  });

  it("VISIT-2: a secret is found in a link and alone, and nothing else is taken for one", () => {
    expect(secretIn(`https://jam.example/algorave/guest/#i=${SECRET}`)).toBe(SECRET);
    expect(secretIn(` ${SECRET}\n`)).toBe(SECRET);
    expect(secretIn("https://jam.example/algorave/guest/#i=short")).toBeNull();
    expect(secretIn("hello")).toBeNull();
    expect(sessionIn(`#s=${"0".repeat(32)}`)).toBe("0".repeat(32));
    expect(sessionIn("#s=../../x")).toBeNull();
  });

  it("VISIT-6: what is typed becomes a name that a layer can have, and a new one is not taken", () => {
    expect(["Über drums", "2 bass", "a-b_c", "🎸", " "].map(layerName)).toEqual([
      "Uber_drums",
      "bass",
      "a-b_c",
      null,
      null,
    ]);
    expect(freeName("layer", ["layer", "layer2"])).toBe("layer3");
    expect(nextName(["main", "drums"])).toBe("bass");
    expect(nextName(["drums", "bass", "chords", "lead", "pad", "noise"])).toBe("layer");
  });
});

describe("the API", () => {
  interface Asked {
    url: string;
    init: RequestInit;
  }
  const answering = (status: number, body: unknown, headers: Record<string, string> = {}) => {
    const asked: Asked[] = [];
    const fetcher = (url: string, init: RequestInit) => {
      asked.push({ url, init });
      return Promise.resolve(new Response(JSON.stringify(body), { status, headers }));
    };
    return { asked, fetcher };
  };

  it("VISIT-8: the dark modules of a code become runs of a path", () => {
    const rows = ["xx.", ".x.", "x.x"];
    const path = modulesPath(3, (row, column) => rows[row]?.[column] === "x");
    expect(path).toBe("M0 0h2v1H0zM1 1h1v1H1zM0 2h1v1H0zM2 2h1v1H2z");
  });

  it("VISIT-16: what changes something carries the XSRF token, what only reads does not", async () => {
    const { asked, fetcher } = answering(200, { ok: true });
    const api = new HostApi("https://x/b/algorave/", fetcher, () => "a=1; _xsrf=2%7Cabc; b=2");
    await api.sessions();
    await api.remove("5");
    expect(asked.map(({ url, init }) => [init.method, url, init.headers])).toEqual([
      ["GET", "https://x/b/algorave/api/sessions", {}],
      ["DELETE", "https://x/b/algorave/api/sessions/5", { "X-XSRFToken": "2|abc" }],
    ]);
    expect(xsrfOf("other=1")).toBe("");
    expect(api.socketUrl("5")).toBe("wss://x/b/algorave/ws/5");
  });

  it("VISIT-16: what is refused is a sentence, and no answer is one too", async () => {
    const refused = answering(429, { ok: false, detail: "too many requests; wait" }, { "Retry-After": "7" });
    const error = await new HostApi("/", refused.fetcher, () => "").sessions().catch((why: unknown) => why);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ message: "Too many requests; wait.", status: 429, retryAfter_s: 7 });
    const html = new HostApi(
      "/",
      () => Promise.resolve(new Response("<p>", { status: 502 })),
      () => "",
    );
    await expect(html.sessions()).rejects.toThrow("The server answered 502.");
    const silent = new GuestApi("/", () => Promise.reject(new TypeError("network")));
    await expect(silent.me()).rejects.toThrow("The server does not answer.");
  });

  it("VISIT-2: a dead invite and nobody's cookie are answers, not failures", async () => {
    const dead = new GuestApi("/", answering(404, { ok: false, detail: "no" }).fetcher);
    expect(await dead.look(SECRET)).toBeNull();
    expect(await dead.redeem(SECRET, "Bo", "#1d4ed8")).toBeNull();
    expect(await new GuestApi("/", answering(401, { ok: false }).fetcher).me()).toEqual([]);
  });
});
