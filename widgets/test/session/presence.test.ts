import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from "y-protocols/awareness";
import * as Y from "yjs";
import { inkOn } from "../../src/editor/remote_cursors.js";
import type { FromServer, Role } from "../../src/protocol.js";
import { offsetIn, Presence, readWhereabouts } from "../../src/session/presence.js";
import { EMPTY_STATE_VECTOR, join, welcome } from "./joined.js";

const ROOT = "layer:l1";
const user = { id: "bo", name: "Bo", color: "#aa3366" };

let people: ReturnType<typeof join>;
let presence: Presence;

beforeEach(() => {
  vi.useFakeTimers();
  people = join();
  presence = new Presence(people.client);
});

afterEach(() => {
  presence.dispose();
  people.stop.abort();
  vi.useRealTimers();
});

function come(role: Role = "co_author"): void {
  people.socket().openSilently();
  people.socket().say({ ...welcome(), role } as FromServer);
  people.socket().give(0, EMPTY_STATE_VECTOR);
  people.client.replica.text("l1").insert(0, "bd 🎵 hh");
}

/** What Bo's page says of itself arrives. */
function hear(state: Record<string, unknown>): void {
  const theirs = new Awareness(new Y.Doc());
  theirs.setLocalState({ user, ...state });
  applyAwarenessUpdate(
    people.client.replica.awareness,
    encodeAwarenessUpdate(theirs, [theirs.clientID]),
    "wire",
  );
  theirs.destroy();
}

const at = (offset: number) =>
  Y.relativePositionToJSON(
    Y.createRelativePositionFromTypeIndex(people.client.replica.text("l1"), offset, -1),
  );
const shown = () => people.client.replica.awareness.getLocalState();
const sentCursors = () =>
  people.socket().sent.filter((each) => typeof each !== "string" && each[0] === 1).length;

describe("others' cursors", () => {
  test("CURS-1: stand at their letters, whatever is typed before them", () => {
    come();
    hear({ layer: "l1", typing: true, cursor: { anchor: at(0), head: at(5) } });
    expect(presence.cursorsIn("l1")).toMatchObject([
      { by: "bo", name: "Bo", typing: true, anchor: 0, head: 5 },
    ]);
    people.client.replica.text("l1").insert(2, "👍");
    expect(presence.cursorsIn("l1")).toMatchObject([{ anchor: 0, head: 7 }]);
    expect(presence.cursorsIn("l2")).toEqual([]);
  });

  test.each([
    null,
    7,
    { tname: "layer:other" },
    { tname: ROOT, item: { client: 1, clock: 99 } },
    { tname: ROOT, item: { client: "x", clock: {} } },
    { tname: ROOT, item: { client: -1, clock: -1 } },
    { type: { client: 1, clock: 1 }, item: null },
  ])("CURS-1: a position that is none is left out, and makes nothing in the document: %j", (position) => {
    const doc = new Y.Doc();
    const text = doc.getText(ROOT);
    text.insert(0, "bd");
    expect(offsetIn(text, ROOT, position)).toBeNull();
    expect([...doc.share.keys()]).toEqual([ROOT]);
  });

  test.each([
    { user: { ...user, color: "red; background: url(x)" } },
    { user: { ...user, id: 7 } },
    {},
    "text",
  ])("CURS-1: who has no name and colour from the server is not shown: %j", (state) => {
    expect(readWhereabouts(1, state)).toBeNull();
  });

  test("CURS-3: can be hidden, and then following still knows where they are", () => {
    come();
    hear({ layer: "l1", cursor: { anchor: at(1), head: at(1) } });
    const moved = vi.fn();
    presence.changed.on(moved);
    presence.hidden = true;
    expect(moved).toHaveBeenCalledOnce();
    expect([presence.hidden, presence.cursorsIn("l1").length]).toEqual([true, 1]);
  });

  test("CURS-4: a name is written in black or white, whichever is easier to read on its colour", () => {
    expect(["#ffffff", "#ffe066", "#000000", "#1d4ed8", "#7e22ce"].map(inkOn)).toEqual([
      "#000",
      "#000",
      "#fff",
      "#fff",
      "#fff",
    ]);
  });
});

describe("the own cursor", () => {
  test("CURS-2: is told at most ten times a second, and typing for two seconds after a key", () => {
    come();
    const before = sentCursors();
    for (let offset = 0; offset < 8; offset++) presence.point("l1", offset, offset);
    vi.advanceTimersByTime(99);
    expect(sentCursors() - before).toBe(0);
    vi.advanceTimersByTime(1);
    expect(sentCursors() - before).toBe(1);
    presence.typed();
    vi.advanceTimersByTime(1_500);
    presence.typed();
    vi.advanceTimersByTime(1_900);
    expect(shown()).toMatchObject({ layer: "l1", typing: true });
    vi.advanceTimersByTime(200);
    expect(shown()).toMatchObject({ layer: "l1", typing: false });
  });

  test("CURS-2: a viewer's is shown to nobody", () => {
    come("viewer");
    presence.point("l1", 1, 1);
    presence.typed();
    vi.advanceTimersByTime(500);
    expect([shown(), sentCursors()]).toEqual([null, 0]);
  });

  test("CURS-2: an older one that comes back from the server does not stay", () => {
    come();
    presence.point("l1", 3, 3);
    const { awareness } = people.client.replica;
    const old = new Awareness(new Y.Doc());
    old.clientID = awareness.clientID;
    for (let n = 0; n < 9; n++) old.setLocalState({ user, layer: "l1", typing: true, cursor: null });
    applyAwarenessUpdate(awareness, encodeAwarenessUpdate(old, [old.clientID]), "wire");
    expect(shown()).toMatchObject({ typing: false, cursor: { head: at(3) } });
    old.destroy();
  });
});
