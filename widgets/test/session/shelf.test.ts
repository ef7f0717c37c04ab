import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EMPTY_STATE_VECTOR, join, TestLocks, TestStorage } from "./joined.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Lets what was asked of locks be answered. */
const settled = () => vi.advanceTimersByTimeAsync(0);

const textOf = ({ client }: ReturnType<typeof join>) => client.replica.text("l1").toString();

describe("unsaved edits on the shelf", () => {
  test("SYNC-3: unsaved edits outlive the page and are sent by the next one", async () => {
    const before = join();
    before.client.replica.text("l1").insert(0, "🎛 bd");
    before.stop.abort();
    const after = join(before.storage);
    await settled();
    expect(textOf(after)).toBe("🎛 bd");
    expect(after.client.where).toMatchObject({ unsaved: 1, keptOverReload: true });
    after.socket().open();
    after.socket().give(0, EMPTY_STATE_VECTOR);
    after.socket().say({ kind: "saved", edits: 1 });
    expect(after.storage.length).toBe(0);
    after.stop.abort();
  });

  test("SYNC-3: nothing is left on the shelf once all is saved", () => {
    const { client, socket, stop, storage } = join();
    socket().open();
    socket().give(0, EMPTY_STATE_VECTOR);
    client.replica.text("l1").insert(0, "bd");
    vi.advanceTimersByTime(250);
    expect(storage.length).toBe(1);
    socket().say({ kind: "saved", edits: 2 });
    expect(storage.length).toBe(0);
    stop.abort();
  });

  test("SYNC-11: two tabs keep their edits apart, and what one saves takes nothing from the other", async () => {
    const locks = new TestLocks();
    const one = join(undefined, locks);
    one.client.replica.text("l1").insert(0, "one");
    vi.advanceTimersByTime(250);
    const two = join(one.storage, locks);
    await settled();
    expect(textOf(two)).toBe("");
    two.client.replica.text("l1").insert(0, "two");
    two.socket().open();
    two.socket().give(0, EMPTY_STATE_VECTOR);
    vi.advanceTimersByTime(250);
    expect(one.storage.length).toBe(2);
    two.socket().say({ kind: "saved", edits: 1 });
    expect(one.storage.length).toBe(1);
    two.stop.abort();
    one.stop.abort();
    await settled();
    const three = join(one.storage, locks);
    await settled();
    expect(textOf(three)).toBe("one");
    three.stop.abort();
  });

  test("SYNC-11: what dead tabs left is sent even when the server was heard first, and stays until it is saved", async () => {
    const dead = ["bd ", "sd "].map((words) => {
      const tab = join();
      tab.client.replica.text("l1").insert(0, words);
      tab.stop.abort();
      return tab.storage;
    });
    const storage = new TestStorage();
    for (const each of dead) for (const [key, value] of each.kept) storage.setItem(key, value);
    const next = join(storage);
    next.socket().open();
    next.socket().give(0, EMPTY_STATE_VECTOR);
    await settled();
    expect(textOf(next).split(" ").sort()).toEqual(["", "bd", "sd"]);
    expect(next.socket().edits).toHaveLength(2);
    vi.advanceTimersByTime(250);
    expect(storage.length).toBe(1);
    next.socket().say({ kind: "saved", edits: 2 });
    expect(storage.length).toBe(0);
    next.stop.abort();
  });

  test("SYNC-11: when a tab closes, one that is open takes over what it left", async () => {
    const locks = new TestLocks();
    const one = join(undefined, locks);
    one.client.replica.text("l1").insert(0, "one");
    vi.advanceTimersByTime(250);
    const two = join(one.storage, locks);
    await settled();
    expect(textOf(two)).toBe("");
    one.client.replica.text("l1").insert(3, " more");
    one.stop.abort();
    await settled();
    expect(textOf(two)).toBe("one more");
    two.stop.abort();
    await settled();
    expect(one.storage.length).toBe(1);
  });

  test("SYNC-11: nobody else's edits are taken over", async () => {
    const ana = join();
    ana.client.replica.text("l1").insert(0, "ana's");
    ana.stop.abort();
    const bob = join(ana.storage, null, "bob");
    await settled();
    expect(textOf(bob)).toBe("");
    bob.stop.abort();
    const again = join(ana.storage);
    await settled();
    expect(textOf(again)).toBe("ana's");
    again.stop.abort();
  });

  test("SYNC-14: a full shelf breaks no typing and is told; with room again it is told too", () => {
    const { client, stop, storage } = join();
    const told: boolean[] = [];
    client.standing.on(({ keptOverReload }) => told.push(keptOverReload));
    storage.limit = 10;
    client.replica.text("l1").insert(0, "a long line of drums");
    vi.advanceTimersByTime(250);
    expect(textOf({ client } as ReturnType<typeof join>)).toBe("a long line of drums");
    expect(told.at(-1)).toBe(false);
    storage.limit = 1_000;
    client.replica.text("l1").insert(0, "b");
    vi.advanceTimersByTime(250);
    expect(told.at(-1)).toBe(true);
    expect(storage.length).toBe(1);
    stop.abort();
  });

  test("SYNC-14: on a full shelf what a dead tab left stays where it is until it is saved", async () => {
    const before = join();
    before.client.replica.text("l1").insert(0, "bd");
    before.stop.abort();
    before.storage.limit = 10;
    const keys = [...before.storage.kept.keys()];
    const after = join(before.storage);
    await vi.advanceTimersByTimeAsync(250);
    expect([...before.storage.kept.keys()]).toEqual(keys);
    after.socket().open();
    after.socket().give(0, EMPTY_STATE_VECTOR);
    after.socket().say({ kind: "saved", edits: 1 });
    expect(before.storage.length).toBe(0);
    after.stop.abort();
  });

  test.each(["%%%", btoa("no update at all"), "", btoa("\x01\x02\x03")])(
    "SYNC-14: what cannot be read (%j) is dropped, and the rest is taken over",
    async (rubbish) => {
      const before = join();
      before.client.replica.text("l1").insert(0, "bd");
      before.stop.abort();
      const key = `${[...before.storage.kept.keys()][0]}9`;
      before.storage.setItem(key, rubbish);
      const after = join(before.storage);
      await settled();
      expect(textOf(after)).toBe("bd");
      expect(before.storage.getItem(key)).toBeNull();
      after.stop.abort();
    },
  );

  test("SYNC-14: a browser that forbids its storage keeps edits in memory", async () => {
    const storage = new TestStorage();
    const forbid = () => {
      throw new DOMException("no", "SecurityError");
    };
    Object.assign(storage, { key: forbid, getItem: forbid, setItem: forbid, removeItem: forbid });
    Object.defineProperty(storage, "length", { get: forbid });
    const { client, stop } = join(storage);
    await settled();
    client.replica.text("l1").insert(0, "bd");
    vi.advanceTimersByTime(250);
    expect(client.where).toMatchObject({ unsaved: 1, keptOverReload: false });
    stop.abort();
  });

  test("SYNC-15: a thousand edits offline are written once, merged, and counted all the same", async () => {
    const { client, stop, storage } = join();
    for (let i = 0; i < 1_000; i += 1) client.replica.text("l1").insert(i, "x");
    expect(storage.writes).toBe(0);
    vi.advanceTimersByTime(250);
    expect(storage.writes).toBe(1);
    expect(client.where.unsaved).toBe(1_000);
    stop.abort();
    const after = join(storage);
    await settled();
    expect(textOf(after)).toBe("x".repeat(1_000));
    after.stop.abort();
  });

  test("SYNC-15: a page that is hidden for good writes at once", () => {
    const page = new EventTarget();
    vi.stubGlobal("window", page);
    const { client, stop, storage } = join();
    client.replica.text("l1").insert(0, "bd");
    expect(storage.length).toBe(0);
    page.dispatchEvent(new Event("pagehide"));
    expect(storage.length).toBe(1);
    stop.abort();
  });
});
