import { describe, expect, it } from "vitest";
import { enterSession } from "../../src/lab/entry.js";
import { readPayload, type SessionRef } from "../../src/payload.js";
import { HostApi } from "../../src/session/api.js";

const ID = "0123456789abcdef0123456789abcdef";
const BASE = "https://music.example/base/algorave/";
const REF: SessionRef = { id: ID, layer: "b1", title: "Friday jam" };

const answering = (status: number, body: object, asked: string[] = []) =>
  new HostApi(
    BASE,
    async (url, init) => {
      asked.push(`${init.method} ${url} ${new Headers(init.headers).get("X-XSRFToken")}`);
      return new Response(JSON.stringify(body), { status });
    },
    () => "_xsrf=secret",
  );
const refused = (status: number) => answering(status, { ok: false, reason: "x", detail: "no" });

describe("entering a session from an output", () => {
  it("INLAB-2: the page's own server says who one is, and where the session is", async () => {
    const asked: string[] = [];
    const outcome = await enterSession(REF, BASE, answering(200, { you: "p1" }, asked));
    expect(outcome).toEqual({ id: ID, url: `wss://music.example/base/algorave/ws/${ID}`, who: "p1" });
    expect(asked).toEqual([`POST ${BASE}api/sessions/${ID}/enter secret`]);
  });

  it("INLAB-3: what keeps one out is said in words, with what can be done", async () => {
    const words = async (status: number) => enterSession(REF, BASE, refused(status));
    expect(await words(404)).toMatchObject({
      words: expect.stringContaining("there is no session “Friday jam”"),
      again: false,
    });
    expect(await words(410)).toMatchObject({
      words: expect.stringMatching(/“Friday jam” has ended.*plays here alone/),
      again: false,
    });
    for (const status of [401, 403])
      expect(await words(status)).toMatchObject({ words: expect.stringContaining("log in"), again: true });
    expect(await words(503)).toMatchObject({ words: expect.stringMatching(/^No\./), again: true });
    const offline = new HostApi(
      BASE,
      () => Promise.reject(new TypeError("x")),
      () => "",
    );
    expect(await enterSession(REF, BASE, offline)).toMatchObject({
      words: expect.stringContaining("does not answer"),
      again: true,
    });
  });

  it("INLAB-3: a session as a whole has no saved code, and may have no title", async () => {
    const whole = { ...REF, layer: null, title: "" };
    const outcome = await enterSession(whole, BASE, refused(404));
    expect(outcome).toMatchObject({ words: expect.stringContaining("no such session") });
    expect(outcome).toMatchObject({ words: expect.not.stringContaining("code") });
  });
});

describe("a session in the data of an output", () => {
  const read = (session: unknown, conflict: unknown = null) =>
    readPayload({ version: 1, layer: "bass", code: "x", session, conflict });

  it("INLAB-4: only what is exactly an id goes on; the rest is no session", () => {
    expect(read(REF)?.session).toEqual(REF);
    expect(read({ ...REF, layer: null })?.session?.layer).toBeNull();
    for (const id of ["", "../../api/kernels", ID.toUpperCase(), `${ID}0`, `${ID}\n`, 5, null, [ID]])
      expect(read({ ...REF, id })?.session).toBeNull();
    for (const session of [null, undefined, "x", 5, [], true]) expect(read(session)?.session).toBeNull();
    for (const layer of ["layer:x", "A", "", {}, "x".repeat(33)])
      expect(read({ ...REF, layer })?.session?.layer).toBeNull();
    expect(read({ ...REF, title: "x".repeat(9_999) })?.session?.title).toHaveLength(120);
    expect(read({ ...REF, title: { toString: () => "x" } })?.session?.title).toBe("");
  });

  it("INLAB-4: a conflict is a text, or none", () => {
    expect(read(REF, { cell: "s('bd')" })?.conflict).toEqual({ cell: "s('bd')" });
    for (const conflict of [null, {}, { cell: 5 }, "x"]) expect(read(REF, conflict)?.conflict).toBeNull();
  });
});
