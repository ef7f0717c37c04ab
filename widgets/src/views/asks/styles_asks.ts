// How asks and proposals look, beside a layer and on a page. The agent has a colour of its own, and no person's.

import { addStyle } from "../styles.js";

const ASKS_CSS = `
.alg, .algs { --alg-agent: #0b6f94; --alg-on-agent: #fff; --alg-come: #177245; --alg-go: #b3261e; }
.alg[data-theme="dark"], .algs[data-theme="dark"] { --alg-agent: #6cc9ee; --alg-on-agent: #06202b; --alg-come: #6fd8a0; --alg-go: #ff8a80; }
.alg-credit {
  flex: 0 1 auto; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--alg-agent); font-size: 12px;
}
.alg-ask-list { display: grid; gap: 6px; padding: 2px 10px 8px; }
.algs-shelf > .alg-ask-list { padding: 0 0 0 42px; }
.alg-ask {
  container-type: inline-size; min-width: 0; border: 1px solid color-mix(in srgb, var(--alg-agent) 38%, transparent); border-left-width: 3px; border-radius: 8px;
  background: var(--alg-bg); color: var(--alg-text); font: 13px/1.45 var(--alg-ui);
}
.alg-ask[data-folded] { border-color: var(--alg-line); border-left-color: color-mix(in srgb, var(--alg-agent) 60%, transparent); }
.alg-ask[data-state="over"] { border-color: var(--alg-line); border-left-color: var(--alg-muted); }
.alg-ask p, .alg-ask ul, .alg-ask figure { margin: 0; padding: 0; }
.alg-ask ul { list-style: none; }
.alg-ask-head { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; min-height: 36px; padding: 3px 5px 3px 8px; }
.alg-ask-mark { flex: none; display: grid; place-items: center; width: 22px; height: 22px; border-radius: 7px; background: var(--alg-agent); color: var(--alg-on-agent); font: 700 11px/1 var(--alg-ui); }
.alg-ask-mark::before { content: attr(data-initial); }
.alg-ask-what { flex: 1 1 14ch; min-width: 0; display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 8px; }
.alg-ask-who { font-weight: 600; overflow-wrap: anywhere; }
.alg-ask-title { flex: 0 1 auto; min-width: 0; max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.alg-ask-state { color: var(--alg-muted); font-size: 12.5px; overflow-wrap: anywhere; }
.alg-ask:is([data-state="thinking"], [data-state="streaming"], [data-state="checking"], [data-state="mending"], [data-state="landing"], [data-state="undoing"]) .alg-ask-state { color: var(--alg-agent); }
.alg-ask:is([data-state="thinking"], [data-state="streaming"], [data-state="checking"], [data-state="mending"], [data-state="landing"], [data-state="undoing"]) .alg-ask-mark { animation: alg-busy 900ms ease-in-out infinite alternate; }
.alg-ask-deeds { display: inline-flex; align-items: center; gap: 4px; margin-left: auto; }
:is(.alg, .algs) .alg-ask-deed {
  min-height: 26px; padding: 2px 10px; border: 1px solid var(--alg-line); border-radius: 6px; background: var(--alg-bg); color: var(--alg-text); font: 600 12.5px/1.4 var(--alg-ui); cursor: pointer;
}
:is(.alg, .algs) .alg-ask-deed:hover { border-color: var(--alg-agent); }
:is(.alg, .algs) .alg-ask-deed.alg-ask-main { border-color: transparent; background: var(--alg-agent); color: var(--alg-on-agent); }
:is(.alg, .algs) :is(.alg-ask-fold, .alg-ask-close, .alg-asks-close) { flex: none; display: grid; place-items: center; width: 26px; height: 26px; border-radius: 6px; color: var(--alg-muted); background: none; border: 0; cursor: pointer; }
:is(.alg, .algs) :is(.alg-ask-fold, .alg-ask-close, .alg-asks-close):hover { background: var(--alg-faint); color: var(--alg-text); }
.alg-ask-fold::before { content: ""; width: 7px; height: 7px; border: solid currentColor; border-width: 0 1.6px 1.6px 0; transform: translateY(2px) rotate(-135deg); }
.alg-ask[data-folded] .alg-ask-fold::before { transform: translateY(-2px) rotate(45deg); }
:is(.alg-ask-close, .alg-asks-close)::before { content: "×"; font: 17px/1 var(--alg-ui); }
:is(.alg, .algs) :is(.alg-ask, .alg-asks) :is(button, textarea, select, input, .alg-ask-diff):focus-visible { outline: 2px solid var(--alg-agent); outline-offset: 1px; }
.alg-ask-body { display: grid; gap: 6px; padding: 0 10px 9px; }
.alg-ask .alg-ask-words { color: var(--alg-muted); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 6em; overflow-y: auto; }
.alg-ask-says { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 12em; overflow-y: auto; }
.alg-ask-changes { display: grid; gap: 6px; }
.alg-ask-changes:empty, .alg-ask-caption:empty, .alg-ask-error:empty, .alg-asks-error:empty { display: none; }
.alg-ask-caption { font-size: 12.5px; font-weight: 600; }
.alg-ask-diff { max-height: 13em; overflow: auto; border-radius: 6px; background: var(--alg-faint); font: 12.5px/1.5 var(--alg-mono); }
.alg-ask-line { display: flex; padding-right: 8px; white-space: pre-wrap; overflow-wrap: anywhere; }
.alg-ask-line code { flex: 1; min-width: 0; min-height: 1.5em; padding: 0; background: none; color: inherit; font: inherit; }
.alg-ask-sign { flex: none; width: 2.2ch; text-align: center; user-select: none; }
.alg-ask-before { background: color-mix(in srgb, var(--alg-go) 10%, transparent); }
.alg-ask-after { background: color-mix(in srgb, var(--alg-come) 12%, transparent); }
.alg-ask-before .alg-ask-sign { color: var(--alg-go); }
.alg-ask-after .alg-ask-sign { color: var(--alg-come); }
.alg-ask-line mark { border-radius: 3px; color: inherit; }
.alg-ask-before mark { background: color-mix(in srgb, var(--alg-go) 24%, transparent); }
.alg-ask-after mark { background: color-mix(in srgb, var(--alg-come) 28%, transparent); }
.alg-ask-gap { padding: 0 2.2ch; color: var(--alg-muted); font: 12px/1.6 var(--alg-ui); }
.alg-ask-heard { font-weight: 500; overflow-wrap: anywhere; }
.alg-ask-pictures { display: grid; grid-template-columns: 1fr 1fr; gap: 10px; margin-top: 4px; max-width: 640px; }
.alg-ask-roll { display: block; width: 100%; height: 48px; border-radius: 5px; background: var(--alg-faint); }
.alg-ask-picture figcaption { color: var(--alg-muted); font-size: 11.5px; }
:is(.alg, .algs) .alg-ask-roll path { fill: none; stroke: var(--alg-faint); vector-effect: non-scaling-stroke; }
:is(.alg, .algs) .alg-ask-roll .alg-ask-bar { stroke: var(--alg-line); }
.alg-ask-hap { fill: var(--alg-muted); opacity: 0.55; }
.alg-ask-hap.alg-ask-other { fill: var(--alg-come); opacity: 1; }
.alg-ask-picture:first-child .alg-ask-other { fill: var(--alg-go); }
.alg-ask-problems li { padding-left: 9px; border-left: 2px solid var(--alg-warn); overflow-wrap: anywhere; }
.alg-ask-cost { color: var(--alg-muted); font-size: 12px; }
.alg-ask-reason { overflow-wrap: anywhere; }
.alg-ask .alg-ask-error { padding: 0 10px 8px; color: var(--alg-error); font-weight: 500; overflow-wrap: anywhere; }
@container (max-width: 460px) { .alg-ask-deeds { margin-left: 0; } .alg-ask-roll { height: 38px; } }
.alg-asks { position: relative; padding: 10px 40px 9px 12px; border: 1px solid color-mix(in srgb, var(--alg-agent) 45%, transparent); border-radius: 12px; background: var(--alg-bg); color: var(--alg-text); font: 13px/1.45 var(--alg-ui); }
.alg-asks p { margin: 0; }
:is(.alg, .algs) .alg-asks-close { position: absolute; right: 7px; top: 7px; }
.alg-asks-form { display: flex; flex-wrap: wrap; align-items: flex-end; gap: 6px; margin: 0; }
:is(.alg, .algs) .alg-asks-words {
  box-sizing: border-box; flex: 1 1 22ch; min-width: 0; min-height: 36px; max-height: 160px; padding: 7px 10px; resize: none; border: 1px solid var(--alg-line); border-radius: 8px; background: var(--alg-bg); color: var(--alg-text); font: 14px/1.4 var(--alg-ui);
}
:is(.alg, .algs) .alg-asks-words::placeholder { color: var(--alg-muted); opacity: 1; }
:is(.alg, .algs) .alg-asks-choice { flex: 0 1 auto; min-width: 0; max-width: 16ch; min-height: 36px; padding: 0 8px; border: 1px solid var(--alg-line); border-radius: 8px; background: var(--alg-bg); color: var(--alg-text); font: 13px/1.4 var(--alg-ui); }
:is(.alg, .algs) .alg-asks-send { flex: none; min-height: 36px; padding: 0 16px; border: 0; border-radius: 8px; background: var(--alg-agent); color: var(--alg-on-agent); font: 600 13.5px/1.4 var(--alg-ui); cursor: pointer; }
:is(.alg, .algs) .alg-asks-send:disabled { opacity: 0.5; }
.alg-asks-foot { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; }
.alg-asks-form:not([hidden]) + .alg-asks-foot { margin-top: 7px; }
.alg-asks .alg-asks-note { flex: 1 1 24ch; color: var(--alg-muted); font-size: 12.5px; overflow-wrap: anywhere; }
.alg-asks-switches { display: flex; flex-wrap: wrap; gap: 4px 14px; }
.alg-asks-switch { display: inline-flex; align-items: center; gap: 6px; min-height: 26px; font-size: 12.5px; font-weight: 600; cursor: pointer; }
:is(.alg, .algs) .alg-asks-switch input { width: 16px; height: 16px; margin: 0; accent-color: var(--alg-agent); }
:is(.alg, .algs) .alg-asks-command { min-height: 28px; padding: 2px 10px; border: 1px solid var(--alg-line); border-radius: 6px; background: none; color: var(--alg-text); font: 600 12.5px/1.4 var(--alg-ui); cursor: pointer; }
.alg-asks .alg-asks-error { margin-top: 6px; color: var(--alg-error); font-weight: 500; overflow-wrap: anywhere; }
.alg > .alg-asks-drawer:not(:empty) { padding: 2px 10px 10px; }
.algs-panel .alg-asks-drawer:not(:empty), .algs-panel > .alg-ask-list { padding: 0 10px 10px; }
.algs-main > .alg-asks-drawer { position: sticky; bottom: 0; z-index: 6; max-width: 980px; margin: 12px auto 0; }
.algs-main > .alg-asks-drawer:not(:empty) { padding: 0 0 14px 42px; }
.algs-main .alg-asks { box-shadow: 0 8px 30px rgba(0, 0, 0, 0.16); }
.alg .alg-asks-button { min-height: 26px; padding: 2px 9px; border-radius: 5px; color: var(--alg-muted); font: 600 12px/1.4 var(--alg-ui); }
.alg .alg-asks-button:hover, .alg .alg-asks-button[aria-expanded="true"] { background: var(--alg-faint); color: var(--alg-text); }
.algs .algs-bar-button[aria-expanded="true"] { background: var(--alg-faint); }
.algs-avatar.algs-agent { background: var(--alg-agent); color: var(--alg-on-agent); }
@media (max-width: 899px) {
  .algs-main > .alg-asks-drawer { position: static; flex: none; width: 100%; margin: 0; }
  .algs-main > .alg-asks-drawer:not(:empty) { padding: 6px 10px; }
}
@media (max-width: 640px) { .algs-shelf > .alg-ask-list { padding-left: 0; } }
@media (pointer: coarse), (max-width: 640px) {
  :is(.alg, .algs) :is(.alg-ask-deed, .alg-asks-words, .alg-asks-choice, .alg-asks-send, .alg-asks-command) { min-height: 44px; }
  :is(.alg, .algs) :is(.alg-asks-words, .alg-asks-choice) { font-size: 16px; }
  :is(.alg, .algs) :is(.alg-ask-fold, .alg-ask-close, .alg-asks-close) { width: 44px; height: 44px; }
  .alg-asks { padding-right: 12px; }
  :is(.alg, .algs) .alg-asks-words { margin-right: 42px; }
  .alg-asks-switch { min-height: 44px; }
  /* A finger's width to touch, with a box of the usual size in the middle. */
  :is(.alg, .algs) .alg-asks-switch input { appearance: none; display: grid; place-items: center; width: 44px; height: 44px; margin: 0 -10px 0 -13px; }
  .alg-asks-switch input::before { content: ""; display: grid; place-items: center; width: 18px; height: 18px; border: 2px solid var(--alg-muted); border-radius: 4px; color: var(--alg-on-agent); font: 700 14px/1 var(--alg-ui); }
  .alg-asks-switch input:checked::before { content: "✓"; border-color: var(--alg-agent); background: var(--alg-agent); }
  .alg-asks-switch input:disabled::before { opacity: 0.45; }
  :is(.alg, .algs) .alg-asks-words { flex-basis: calc(100% - 42px); }
  :is(.alg, .algs) .alg-asks-choice { flex: 1 1 0; max-width: none; padding: 0 4px; }
}
@media (prefers-reduced-motion: reduce) { .alg-ask-mark { animation: none !important; } }
`;

/** Puts the styles into a document or shadow root, once. Before those of a session, which build on them. */
export function styleAsks(root: Document | ShadowRoot): void {
  addStyle(root, "asks", ASKS_CSS);
}
