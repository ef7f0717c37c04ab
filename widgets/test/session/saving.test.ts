import { describe, expect, test } from "vitest";
import type { Standing } from "../../src/session/client.js";
import { CONNECTING } from "../../src/session/closing.js";
import { savingOf } from "../../src/session/saving.js";

const fine: Standing = {
  isConnected: true,
  unsaved: 0,
  keptOverReload: true,
  trouble: null,
  comesBack: true,
};
const away: Standing = { ...fine, isConnected: false, trouble: "Not connected." };

describe("what is said about saving", () => {
  test.each([
    [fine, "saved", "ok"],
    [{ ...fine, unsaved: 1 }, "1 edit not saved yet", "busy"],
    [{ ...fine, unsaved: 3 }, "3 edits not saved yet", "busy"],
    [{ ...away, trouble: CONNECTING }, "connecting …", "busy"],
    [away, "offline", "trouble"],
    [{ ...away, unsaved: 2 }, "offline: 2 edits kept in this browser", "trouble"],
    [
      { ...away, unsaved: 2, keptOverReload: false },
      "offline: 2 edits not kept if you close this",
      "trouble",
    ],
    [{ ...away, comesBack: false }, "not connected", "trouble"],
  ] as const)("SAVE-1: the truth in a few words: %o", (standing, text, tone) => {
    expect(savingOf(standing)).toMatchObject({ text, tone });
  });

  test("SAVE-1: why there is no connection is told to who looks closer", () => {
    expect(savingOf({ ...away, trouble: "The session has ended.", comesBack: false }).more).toBe(
      "The session has ended.",
    );
    expect(savingOf(fine).more).toBeNull();
  });
});
