import { describe, expect, test } from "vitest";
import { SAMPLE_HOSTS, targetOf, Unreachable } from "../../src/stage/bridge.js";

const OWN = "https://hub.example";
const LOCAL = "https://hub.example/user/ann/algorave/samples/";
const OPTIONS = { hosts: SAMPLE_HOSTS, localSamplesUrl: LOCAL };

describe("the bridge", () => {
  test("STAGE-20: an allowed host is fetched from over https", () => {
    const url = "https://raw.githubusercontent.com/a/b/main/strudel.json";
    expect(targetOf(url, OPTIONS, OWN)).toEqual({ url, isLocal: false });
  });

  test.each([
    "http://raw.githubusercontent.com/a",
    "https://raw.githubusercontent.com:8443/a",
    "https://me:secret@raw.githubusercontent.com/a",
    "https://raw.githubusercontent.com.evil.example/a",
    "https://evil.example/?raw.githubusercontent.com",
    "https://hub.example/api/contents",
    "http://127.0.0.1:8888/api/contents",
    "https://127.0.0.1/api/contents",
    "https://[::1]/",
    "https://localhost/",
    "file:///etc/passwd",
    "data:text/plain,hi",
    "blob:https://hub.example/1",
    "javascript:alert(1)",
    "//raw.githubusercontent.com/a",
    "/api/contents",
    "",
  ])("STAGE-20: %s is refused in words", (url) => {
    expect(() => targetOf(url, OPTIONS, OWN)).toThrow(Unreachable);
  });

  test("STAGE-20: our own origin is refused even when its host is on the list", () => {
    const own = { hosts: ["hub.example"], localSamplesUrl: null };
    expect(() => targetOf("https://hub.example/api/contents", own, OWN)).toThrow(Unreachable);
    expect(targetOf("https://hub.example/a.wav", own, "https://other.example").isLocal).toBe(false);
  });

  test.each([
    ["local:", LOCAL],
    ["local:kick.wav", `${LOCAL}kick.wav`],
    ["local:my%20drums/a%C3%A4.wav", `${LOCAL}my%20drums/a%C3%A4.wav`],
    ["local:piano/C%233.wav", `${LOCAL}piano/C%233.wav`],
  ])("STAGE-21: %s is a local sample", (asked, url) => {
    expect(targetOf(asked, OPTIONS, OWN)).toEqual({ url, isLocal: true });
  });

  test.each([
    "local:../../api/contents",
    "local:..%2f..%2fapi/contents",
    "local:%2e%2e/%2e%2e/api",
    "local:a/../../b",
    "local:/api/contents",
    "local://evil.example/a",
    "local:https://evil.example/",
    "local:a\\..\\b",
    "local:.hidden/a.wav",
    "local:a.wav?token=1",
    "local:a.wav#x",
    "local:a%00.wav",
    "local:%zz",
  ])("STAGE-21: %s leads nowhere", (asked) => {
    expect(() => targetOf(asked, OPTIONS, OWN)).toThrow(Unreachable);
  });

  test("STAGE-21: without a local folder there are no local samples", () => {
    expect(() => targetOf("local:kick.wav", { ...OPTIONS, localSamplesUrl: null }, OWN)).toThrow(Unreachable);
  });
});
