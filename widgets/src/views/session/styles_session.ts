// How a session looks, in a notebook as on a page: bar, people, chat, menus, dialogs.

import { addStyle } from "../styles.js";

const GROUND_CSS = `
.algs {
  --alg-bg: var(--jp-layout-color1, #fff);
  --alg-raised: var(--jp-layout-color2, #f4f3f0);
  --alg-text: var(--jp-content-font-color1, #1d2129);
  --alg-muted: #5f6876;
  --alg-line: rgba(30, 35, 50, 0.14);
  --alg-faint: rgba(30, 35, 50, 0.06);
  --alg-accent: #6246ea;
  --alg-on-accent: #fff;
  --alg-error: #b3261e;
  --alg-warn: #8a5300;
  --alg-good: #177245;
  --alg-ui: var(--jp-ui-font-family, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
  --alg-mono: var(--jp-code-font-family, ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace);
  --person-ink: var(--person-on-light);
  box-sizing: border-box; color: var(--alg-text); background: var(--alg-bg); font: 14px/1.45 var(--alg-ui);
}
.algs[data-theme="dark"] {
  color-scheme: dark;
  --alg-bg: var(--jp-layout-color1, #14161b);
  --alg-raised: var(--jp-layout-color2, #20232b);
  --alg-text: var(--jp-content-font-color1, #e8eaf0);
  --alg-muted: #9aa3b2;
  --alg-line: rgba(220, 225, 245, 0.17);
  --alg-faint: rgba(220, 225, 245, 0.07);
  --alg-accent: #a99bff;
  --alg-on-accent: #17132b;
  --alg-error: #ff8a80;
  --alg-warn: #f2b25c;
  --alg-good: #6fd8a0;
}
.algs[data-theme="light"] { color-scheme: light; }
.algs *, .algs *::before, .algs *::after { box-sizing: border-box; }
.algs [hidden] { display: none !important; }
.algs button, .algs input, .algs textarea, .algs select { font: inherit; color: inherit; margin: 0; }
.algs button { background: none; border: 0; padding: 0; cursor: pointer; touch-action: manipulation; }
.algs button:disabled { cursor: default; }
.algs :is(h1, h2, h3, p, ul, ol, fieldset) { margin: 0; padding: 0; border: 0; min-width: 0; }
.algs :is(ul, ol) { list-style: none; }
.algs :is(button, input, textarea, select, [tabindex]):focus-visible { outline: 2px solid var(--alg-accent); outline-offset: 2px; border-radius: 8px; }
.algs-symbol { width: 20px; height: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; }
.algs-symbol[data-name="more"] { stroke-width: 2.6; }
.algs-space { flex: 1; }
.algs-muted, .algs-hint { color: var(--alg-muted); }
.algs-hint { font-size: 12.5px; }
.algs-error:empty, .algs-note:empty, .algs-made:empty { display: none; }
.algs-error { color: var(--alg-error); font-weight: 500; overflow-wrap: anywhere; }
.algs-note { color: var(--alg-warn); font-size: 12.5px; overflow-wrap: anywhere; }
.algs .algs-button {
  display: inline-flex; align-items: center; justify-content: center; gap: 7px; min-height: 36px; font-weight: 600; white-space: nowrap; padding: 0 14px; border-radius: 9px; background: var(--alg-faint); transition: background 120ms, filter 120ms, transform 120ms;
}
.algs .algs-button:not(.algs-primary, .algs-danger):hover:not(:disabled) { background: var(--alg-line); }
.algs .algs-button:active:not(:disabled) { transform: scale(0.98); }
.algs .algs-button:disabled { opacity: 0.45; }
.algs .algs-button.algs-primary { background: var(--alg-accent); color: var(--alg-on-accent); }
.algs .algs-button.algs-danger { background: var(--alg-error); color: var(--alg-bg); }
.algs .algs-button:is(.algs-primary, .algs-danger):hover:not(:disabled) { filter: brightness(1.08); }
.algs .algs-button.algs-small { min-height: 30px; padding: 0 10px; font-size: 12.5px; }
.algs .algs-button.algs-large { min-height: 48px; width: 100%; font-size: 16px; border-radius: 12px; }
.algs .algs-icon-button { flex: none; display: grid; place-items: center; width: 32px; height: 32px; border-radius: 8px; color: var(--alg-muted); }
.algs .algs-icon-button:hover:not(:disabled) { background: var(--alg-faint); color: var(--alg-text); }
.algs .algs-icon-button[aria-pressed="true"] { background: var(--alg-accent); color: var(--alg-on-accent); }
.algs .algs-icon-button:disabled { opacity: 0.4; }
.algs .algs-text-button { align-self: flex-start; padding: 4px 2px; color: var(--alg-muted); font-size: 13px; text-decoration: underline; text-underline-offset: 3px; }
.algs .algs-text-button:hover { color: var(--alg-text); }
.algs .algs-input {
  width: 100%; min-height: 38px; padding: 7px 11px; border: 1px solid var(--alg-line); border-radius: 9px;
  background: var(--alg-bg); color: var(--alg-text);
}
.algs .algs-input::placeholder { color: var(--alg-muted); opacity: 1; }
.algs .algs-input.algs-large { min-height: 48px; font-size: 16px; border-radius: 12px; padding: 10px 14px; }
.algs .algs-input:focus { border-color: var(--alg-accent); outline: none; box-shadow: 0 0 0 3px color-mix(in srgb, var(--alg-accent) 25%, transparent); }
.algs-field { display: grid; gap: 5px; }
.algs-field > span, .algs legend { font-size: 12.5px; font-weight: 600; color: var(--alg-muted); }
.algs-tag { padding: 0 7px; border-radius: 99px; background: var(--alg-faint); color: var(--alg-muted); font-size: 11.5px; line-height: 18px; font-weight: 500; white-space: nowrap; }`;

const PEOPLE_CSS = `
.algs-avatar {
  position: relative; flex: none; display: grid; place-items: center; width: 30px; height: 30px; border-radius: 50%;
  background: var(--person); color: var(--on-person); font: 600 11.5px/1 var(--alg-ui); letter-spacing: 0.01em; user-select: none;
}
.algs-avatar::before { content: attr(data-initials); }
.algs-avatar.algs-agent { border-radius: 9px; }
.algs-avatar[data-presence]::after {
  content: ""; position: absolute; right: -2px; bottom: -2px; width: 10px; height: 10px; border-radius: 50%;
  border: 2px solid var(--algs-under, var(--alg-bg)); background: #22a05a;
}
.algs-avatar[data-presence="idle"]::after { background: #d99a1c; }
.algs-avatar[data-presence="away"] { filter: grayscale(0.9); opacity: 0.6; }
.algs-avatar[data-presence="away"]::after { background: #8b93a1; }
.algs-avatar[data-typing] { animation: algs-typing 900ms ease-in-out infinite alternate; }
@keyframes algs-typing { from { box-shadow: 0 0 0 0 var(--person); } to { box-shadow: 0 0 0 3px color-mix(in srgb, var(--person) 45%, transparent); } }
.algs-rows { display: grid; gap: 2px; }
.algs-row { display: flex; align-items: center; gap: 10px; min-height: 44px; padding: 4px 6px; border-radius: 10px; }
.algs-people .algs-row:hover { background: var(--alg-faint); }
.algs-row-face { flex: none; display: grid; place-items: center; width: 30px; color: var(--alg-muted); }
.algs-row-words { flex: 1; min-width: 0; display: grid; }
.algs-row-name { display: flex; align-items: center; gap: 6px; min-width: 0; }
.algs-name { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.algs-tags { display: inline-flex; gap: 4px; }
.algs-row-about { display: flex; align-items: baseline; gap: 8px; min-width: 0; }
.algs-doing { min-width: 0; color: var(--alg-muted); font-size: 12.5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.algs-doing.algs-wraps { white-space: normal; overflow-wrap: anywhere; }
.algs-row[data-typing] .algs-doing { color: var(--person-on-light); }
.algs[data-theme="dark"] .algs-row[data-typing] .algs-doing { color: var(--person-on-dark); }
.algs-timing { flex: none; margin-left: auto; color: var(--alg-muted); font-size: 11.5px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.algs-timing[data-late] { color: var(--alg-error); font-weight: 600; }
.algs-row-buttons { display: inline-flex; gap: 4px; }
.algs-past { opacity: 0.65; }
.algs-people > header, .algs-chat > header { display: flex; align-items: baseline; gap: 10px; padding: 0 6px 6px; }
.algs h2 { font-size: 14px; font-weight: 700; letter-spacing: -0.005em; }
.algs h3 { font-size: 13px; font-weight: 700; margin-top: 4px; }
.algs-people > header .algs-muted { font-size: 12.5px; margin-left: auto; }
.algs-chat { display: flex; flex-direction: column; min-height: 0; }
.algs .algs-log { flex: 1; min-height: 0; overflow-y: auto; padding: 0 6px 6px; overscroll-behavior: contain; }
.algs-log[data-empty]::before { content: "Say hello: everybody in the session reads it."; color: var(--alg-muted); }
.algs-line { position: relative; display: flex; gap: 10px; padding-top: 10px; }
.algs-line > .algs-avatar { width: 26px; height: 26px; font-size: 10px; margin-top: 2px; }
.algs-line > div { flex: 1; min-width: 0; }
.algs-line-head { display: flex; align-items: baseline; gap: 8px; }
.algs-line-head time { color: var(--alg-muted); font-size: 11.5px; }
.algs-ink { color: var(--person-on-light); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.algs[data-theme="dark"] .algs-ink { color: var(--person-on-dark); }
.algs-line-text { white-space: pre-wrap; overflow-wrap: anywhere; }
.algs-line.algs-together { padding-top: 1px; }
.algs-line.algs-together > .algs-avatar { visibility: hidden; height: 0; }
.algs-line.algs-together .algs-line-head { display: none; }
.algs .algs-unsay { position: absolute; right: 0; top: 4px; width: 26px; height: 26px; background: var(--alg-bg); opacity: 0; }
.algs-line:hover .algs-unsay, .algs .algs-unsay:focus-visible { opacity: 1; }
.algs .algs-unsay .algs-symbol { width: 14px; height: 14px; }
.algs-say { display: flex; align-items: flex-end; gap: 6px; padding: 6px; }
.algs .algs-say textarea { resize: none; max-height: 8em; line-height: 1.4; }
.algs .algs-send { width: 38px; height: 38px; background: var(--alg-accent); color: var(--alg-on-accent); }
.algs .algs-send:hover:not(:disabled) { background: var(--alg-accent); color: var(--alg-on-accent); filter: brightness(1.08); }`;

const BAR_CSS = `
.algs-bar { display: flex; align-items: center; gap: 8px 12px; min-height: 52px; padding: 6px 14px 6px 10px; }
.algs-bar-title { min-width: 0; flex: 0 1 auto; font-size: 16px; font-weight: 700; letter-spacing: -0.01em; }
.algs .algs-title { display: block; max-width: 100%; font-weight: inherit; text-align: left; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; padding: 4px 6px; border-radius: 7px; }
.algs .algs-title:hover:not(:disabled) { background: var(--alg-faint); }
.algs .algs-title:disabled { color: inherit; opacity: 1; }
.algs-saved { display: inline-flex; align-items: center; gap: 6px; min-width: 0; color: var(--alg-muted); font-size: 12.5px; }
.algs-saved::before { content: ""; flex: none; width: 8px; height: 8px; border-radius: 50%; background: var(--alg-good); }
.algs-saved[data-tone="busy"]::before { background: none; border: 2px solid var(--alg-accent); animation: algs-pulse 700ms ease-in-out infinite alternate; }
.algs-saved[data-tone="trouble"] { color: var(--alg-error); font-weight: 600; }
.algs-saved[data-tone="trouble"]::before { background: var(--alg-error); }
@keyframes algs-pulse { from { opacity: 1; } to { opacity: 0.35; } }
.algs .algs-faces { display: inline-flex; align-items: center; padding: 3px; border-radius: 99px; }
.algs button.algs-faces:hover { background: var(--alg-faint); }
.algs-faces .algs-avatar { width: 28px; height: 28px; margin-left: -6px; border: 2px solid var(--alg-bg); }
.algs-faces .algs-avatar:first-child { margin-left: 0; }
.algs-more { margin-left: 4px; color: var(--alg-muted); font-size: 12.5px; font-weight: 600; }
.algs-more::before { content: attr(data-more); }
.algs .algs-waiting { min-height: 30px; padding: 0 12px; border-radius: 99px; background: var(--alg-accent); color: var(--alg-on-accent); font-weight: 600; font-size: 12.5px; white-space: nowrap; }
.algs-listening { color: var(--alg-muted); font-size: 12.5px; white-space: nowrap; font-variant-numeric: tabular-nums; }
.algs .algs-bar-button { position: relative; display: inline-flex; align-items: center; gap: 6px; min-height: 36px; padding: 0 10px; border-radius: 9px; font-weight: 600; color: var(--alg-text); }
.algs .algs-bar-button:hover { background: var(--alg-faint); }
.algs-badge { position: absolute; left: 20px; top: 0; min-width: 17px; padding: 0 4px; border-radius: 99px; background: var(--alg-accent); color: var(--alg-on-accent); font: 700 10.5px/17px var(--alg-ui); text-align: center; }
.algs-monitor { display: inline-flex; margin: 0; padding: 2px; border: 0; border-radius: 9px; background: var(--alg-faint); }
.algs-monitor label { position: relative; display: grid; cursor: pointer; }
.algs-monitor input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
.algs-monitor span { display: grid; place-items: center; min-height: 28px; padding: 0 11px; border-radius: 7px; font-size: 12.5px; font-weight: 600; color: var(--alg-muted); }
.algs-monitor input:checked + span { background: var(--alg-bg); color: var(--alg-text); box-shadow: 0 1px 2px rgba(0, 0, 0, 0.18); }
.algs[data-theme="dark"] .algs-monitor[data-mode="all"] input:checked + span { background: var(--alg-line); }
.algs-monitor:not([data-mode="all"]) input:checked + span { background: var(--alg-accent); color: var(--alg-on-accent); }
.algs-monitor input:focus-visible + span { outline: 2px solid var(--alg-accent); outline-offset: 1px; }
.algs-unseen { position: absolute; width: 1px; height: 1px; padding: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.algs-heard { flex: 1 0 100%; margin: 0; color: var(--alg-muted); font-size: 12.5px; }
.algs-heard strong { color: var(--alg-error); font-weight: 600; }
.algs-heard span:not(:empty) + strong { margin-left: 6px; }
.algs-hearing { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; padding: 0 10px 6px; }
.algs-hearing:has(> .algs-monitor[hidden]) { display: none; }
.algs-hearing .algs-heard { flex: 1 1 220px; }
.algs-panel { container-type: inline-size; margin: 4px 2px; border: 1px solid var(--alg-line); border-radius: 10px; overflow: clip; }
.algs-panel .algs-side { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; height: 300px; padding: 10px 8px 4px; border-top: 1px solid var(--alg-line); }
.algs-panel .algs-people { overflow-y: auto; min-height: 0; }
@container (max-width: 640px) {
  .algs-panel .algs-side { grid-template-columns: 1fr; grid-template-rows: auto 260px; height: auto; }
  .algs-panel .algs-people { max-height: 200px; }
  .algs-panel .algs-bar { flex-wrap: wrap; }
  .algs-panel .algs-bar-words { display: none; }
}`;

const OVERLAY_CSS = `
.algs-dialog {
  width: min(480px, calc(100vw - 24px)); max-height: min(720px, calc(100dvh - 24px)); padding: 0; border: 1px solid var(--alg-line); border-radius: 16px;
  background: var(--alg-bg); color: var(--alg-text); font: 14px/1.45 var(--alg-ui); box-shadow: 0 24px 80px rgba(0, 0, 0, 0.3); overflow: auto;
}
.algs-dialog::backdrop { background: rgba(10, 11, 16, 0.5); }
.algs-dialog > header { position: sticky; top: 0; z-index: 1; display: flex; align-items: center; justify-content: space-between; gap: 12px; padding: 12px 12px 8px 20px; background: var(--alg-bg); }
.algs-dialog > header h2 { font-size: 17px; overflow-wrap: anywhere; }
.algs-dialog-body, .algs-dialog-body form { display: grid; gap: 14px; }
.algs-dialog-body { padding: 4px 20px 20px; }
.algs-actions { display: flex; justify-content: flex-end; flex-wrap: wrap; gap: 8px; }
.algs-choices { display: flex; flex-wrap: wrap; gap: 8px; }
.algs-swatches { display: grid; grid-template-columns: repeat(8, 1fr); justify-items: center; }
.algs-swatches legend { justify-self: start; }
@media (max-width: 560px) { .algs .algs-bar-devices { display: none; } }
.algs-devices, .algs-devices-set { display: grid; gap: 10px; justify-items: start; }
.algs-devices-set, .algs-channels, .algs-devices .algs-field { width: 100%; }
.algs-channels { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 10px; }
.algs .algs-devices legend { padding: 0; margin-bottom: 8px; font-size: 14px; color: var(--alg-text); }
.algs-channels span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.algs-check { display: flex; align-items: center; gap: 8px; min-height: 32px; }
.algs-choices legend, .algs-swatches legend { margin-bottom: 5px; padding: 0; }
.algs-choice, .algs-switch { display: flex; gap: 10px; padding: 10px 12px; border: 1px solid var(--alg-line); border-radius: 11px; cursor: pointer; }
.algs-choice { flex: 1 1 180px; }
.algs-choice:has(:checked) { border-color: var(--alg-accent); background: color-mix(in srgb, var(--alg-accent) 8%, transparent); }
.algs-choice input, .algs-switch input { flex: none; width: 17px; height: 17px; margin: 2px 0 0; accent-color: var(--alg-accent); }
.algs :is(.algs-choice, .algs-switch, .algs-menu-item, .algs-choice-row, .algs-session-row) small { display: block; color: var(--alg-muted); font-size: 12.5px; font-weight: 400; }
.algs-invite-form { grid-template-columns: 1fr 1fr; }
.algs-invite-form > .algs-choices, .algs-invite-form > .algs-button { grid-column: 1 / -1; }
.algs-made { display: grid; gap: 8px; padding: 12px; border-radius: 11px; background: color-mix(in srgb, var(--alg-accent) 10%, transparent); }
.algs-copy { display: flex; gap: 8px; }
.algs-scan summary { cursor: pointer; font-weight: 600; font-size: 13px; padding: 4px 0; }
.algs-qr { display: block; width: min(100%, 320px); margin: 8px auto 0; border-radius: 10px; background: #fff; }
.algs .algs-qr path { fill: #000; }
.algs .algs-link { font: 12.5px var(--alg-mono); text-overflow: ellipsis; }
.algs-swatch { position: relative; display: grid; width: 44px; height: 44px; border-radius: 50%; cursor: pointer; }
.algs-swatch input { appearance: none; width: 100%; height: 100%; border-radius: 50%; background: var(--person); background-clip: content-box; padding: 6px !important; cursor: pointer; transition: padding 120ms; }
.algs .algs-swatch input:checked { padding: 9px !important; box-shadow: inset 0 0 0 3px var(--person); }
.algs .algs-swatch input:focus-visible { border-radius: 50%; }
.algs-inline-form { grid-template-columns: 1fr auto; align-items: end; }
.algs-menu {
  position: fixed; inset: auto; top: var(--menu-top); left: var(--menu-left); margin: 0; width: max-content; max-width: min(300px, calc(100vw - 16px)); padding: 5px; border: 1px solid var(--alg-line); border-radius: 12px;
  background: var(--alg-bg); color: var(--alg-text); font: 14px/1.4 var(--alg-ui); box-shadow: 0 12px 40px rgba(0, 0, 0, 0.22);
}
.algs .algs-menu-item { display: block; width: 100%; min-height: 36px; padding: 7px 12px; border-radius: 8px; text-align: left; }
.algs .algs-menu-item:is(:hover, :focus-visible):not(:disabled) { background: var(--alg-faint); outline-offset: -2px; }
.algs .algs-menu-item:disabled > span { opacity: 0.5; }
.algs .algs-danger-text { color: var(--alg-error); }
@media (max-width: 640px) {
  .algs-menu { inset: auto 8px 8px; top: auto; left: 8px; width: auto; max-width: none; padding: 8px; border-radius: 18px; }
  .algs .algs-menu-item { min-height: 48px; }
  .algs-dialog { margin: auto auto 8px; border-radius: 20px; }
  .algs-invite-form { grid-template-columns: 1fr; }
  .algs-swatches { grid-template-columns: repeat(4, 1fr); }
}
@media (pointer: coarse), (max-width: 640px) {
  .algs .algs-button { min-height: 44px; }
  .algs .algs-icon-button { width: 44px; height: 44px; }
  .algs .algs-input { min-height: 44px; font-size: 16px; }
  .algs .algs-send { width: 44px; height: 44px; }
  .algs .algs-unsay { opacity: 0.7; width: 44px; height: 44px; background: none; }
  .algs .algs-text-button { min-height: 44px; }
  .algs-scan summary { min-height: 44px; line-height: 36px; }
}
@media (prefers-reduced-motion: reduce) { .algs, .algs * { transition: none !important; animation: none !important; } }`;

/** Puts the styles into a document or shadow root, once. */
export function styleSession(root: Document | ShadowRoot): void {
  addStyle(root, "session", GROUND_CSS + PEOPLE_CSS + BAR_CSS + OVERLAY_CSS);
}
