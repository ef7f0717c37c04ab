// How the code looks: the editor inside a layer.

export const CODE_CSS = `
.alg .cm-editor { background: none; color: var(--alg-text); font: 13.5px/1.55 var(--alg-mono); }
.alg .cm-editor.cm-focused { outline: none; }
.alg .alg-code { padding: 2px 4px 6px 0; }
.alg .alg-code:focus-within { box-shadow: inset 2px 0 0 var(--alg-accent); }
.alg .cm-editor .cm-scroller { font: inherit; max-height: 70vh; }
.alg .cm-editor .cm-content { padding: 4px 0; caret-color: var(--alg-accent); }
.alg .cm-editor .cm-line { padding: 0 10px 0 2px; }
.alg .cm-editor .cm-gutters { background: none; border: 0; color: var(--alg-muted); }
.alg .cm-editor .cm-gutter-lint { width: 12px; }
.alg .cm-editor .cm-gutter-lint .cm-gutterElement { padding: 0 1px; }
.alg .cm-editor .cm-lint-marker { width: 8px; height: 8px; content: none; border-radius: 50%; background: var(--alg-warn); margin-top: 6px; }
.alg .cm-editor .cm-lint-marker-error { background: var(--alg-error); }
.alg .cm-editor .cm-cursor { border-left: 2px solid var(--alg-accent); }
.alg .cm-editor .cm-selectionBackground, .alg .cm-editor.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground {
  background: color-mix(in srgb, var(--alg-accent) 22%, transparent);
}
.alg .cm-editor .cm-matchingBracket { background: var(--alg-faint); outline: 1px solid var(--alg-line); color: inherit; }
.alg .cm-editor .cm-placeholder { color: var(--alg-muted); }
.alg .cm-lintRange { background-image: none; text-decoration: underline wavy 1px; text-underline-offset: 3px; text-decoration-skip-ink: none; }
.alg .cm-lintRange-error { text-decoration-color: var(--alg-error); }
.alg .cm-lintRange-warning { text-decoration-color: var(--alg-warn); }
.alg .alg-mini-step { color: var(--alg-step); }
.alg .alg-mini-number { color: var(--alg-number); }
.alg .alg-mini-rest, .alg .alg-mini-bracket, .alg .alg-mini-operator { color: var(--alg-punctuation); }
.alg .alg-lit {
  --alg-hap: var(--alg-accent);
  border-radius: 3px;
  background: color-mix(in srgb, var(--alg-hap) 22%, transparent);
  box-shadow: 0 0 0 1px color-mix(in srgb, var(--alg-hap) 75%, transparent);
}
.alg .alg-slider { width: 72px; height: 12px; margin: 0 5px 0 1px; vertical-align: -1px; accent-color: var(--alg-accent); cursor: pointer; }
/* Tooltips live outside of the view, so that no cell output cuts them off. */
.alg-tips { position: absolute; top: 0; left: 0; z-index: 10000; }
.alg-tips .cm-tooltip {
  background: var(--alg-bg); color: var(--alg-text); border: 1px solid var(--alg-line); border-radius: 7px;
  box-shadow: 0 6px 24px rgba(0, 0, 0, 0.18); overflow: hidden; z-index: 20;
}
.alg-tips .cm-tooltip.cm-tooltip-autocomplete > ul { font: 12.5px/1.5 var(--alg-mono); max-height: 15em; }
.alg-tips .cm-tooltip.cm-tooltip-autocomplete > ul > li { padding: 2px 8px; }
.alg-tips .cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected] { background: var(--alg-accent); color: var(--alg-on-accent); }
.alg-tips .cm-completionDetail { color: var(--alg-muted); font-style: normal; font-size: 11.5px; }
.alg-tips li[aria-selected] .cm-completionDetail { color: inherit; opacity: 0.8; }
.alg-tips .cm-tooltip.cm-completionInfo { padding: 0; max-width: 380px; }
.alg-tips .cm-diagnostic { padding: 6px 10px; border-left-width: 3px; font: 12.5px/1.4 var(--alg-ui); }
.alg-tips .cm-diagnostic-error { border-left-color: var(--alg-error); }
.alg-tips .cm-diagnostic-warning { border-left-color: var(--alg-warn); }
.alg-help { padding: 8px 11px; max-width: 400px; font: 12.5px/1.45 var(--alg-ui); white-space: normal; }
.alg-help-name { font: 600 12.5px var(--alg-mono); color: var(--alg-function); }
.alg-help-also, .alg-help-param { color: var(--alg-muted); font-size: 12px; }
.alg-help p { margin: 4px 0; }
.alg-tips .alg-help-example { margin: 6px 0 0; padding: 5px 7px; border-radius: 5px; background: var(--alg-faint); color: var(--alg-text); font: 12px/1.45 var(--alg-mono); white-space: pre-wrap; }
`;
