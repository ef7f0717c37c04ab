import { describe, expect, it } from "vitest";
import { peopleOf } from "../../src/page/live_people.js";
import type { Participant } from "../../src/protocol.js";
import type { Whereabouts } from "../../src/session/presence.js";
import { NOTHING_YET } from "../../src/session/state.js";

const person = (id: string): Participant => ({
  id,
  name: id,
  colour: "#336699",
  kind: "person",
  role: "co_author",
  connections: 1,
  active: true,
  may_chat: true,
  waiting: false,
  timing: null,
});
const page = (client: number, by: string, layer: string, typing: boolean): Whereabouts => ({
  client,
  by,
  name: by,
  colour: "#336699",
  layer,
  typing,
  cursor: null,
});

describe("the people of a session", () => {
  it("CURS-2: are where they type, else where any of their pages is; those without a cursor are nowhere", () => {
    const state = { ...NOTHING_YET, you: "ana", participants: ["ana", "bo", "cy"].map(person) };
    const others = [
      page(1, "bo", "bass", false),
      page(2, "bo", "drums", true),
      page(3, "stranger", "bass", true),
    ];
    const presence = { others, own: { layer: "bass", typing: true } };
    const where = peopleOf(state, presence).map(({ cursorLayer, typing }) => [cursorLayer, typing]);
    expect(where).toEqual([
      ["bass", true],
      ["drums", true],
      [null, false],
    ]);
  });
});
