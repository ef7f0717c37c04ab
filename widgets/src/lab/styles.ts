// How our parts of JupyterLab look: its colours, type and spacing.

const CSS = `
.algorave-note {
  display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; margin: 4px 2px; padding: 8px 12px;
  border-left: 3px solid var(--jp-warn-color1); border-radius: 2px; background: var(--jp-layout-color2);
  color: var(--jp-ui-font-color1); font: 13px/1.45 var(--jp-ui-font-family);
}
.algorave-note span { flex: 1 1 24ch; }
.algorave-panel { display: flex; flex-direction: column; min-width: 220px; overflow: hidden auto;
  background: var(--jp-layout-color1); color: var(--jp-ui-font-color1); font-family: var(--jp-ui-font-family); font-size: var(--jp-ui-font-size1); }
.algorave-panel [hidden] { display: none !important; }
.algorave-panel header { display: flex; align-items: center; gap: 4px; padding: 8px 8px 8px 12px; border-bottom: 1px solid var(--jp-border-color2); }
.algorave-panel h2 { flex: 1; margin: 0; font-size: var(--jp-ui-font-size0); font-weight: 600; letter-spacing: 0.1em; text-transform: uppercase; }
.algorave-panel button { font: inherit; color: inherit; background: none; border: 0; border-radius: var(--jp-border-radius); cursor: pointer; }
.algorave-panel button:focus-visible, .algorave-panel input:focus-visible { outline: 2px solid var(--jp-brand-color1); outline-offset: 1px; }
.algorave-panel header button { width: 26px; height: 26px; font-size: 17px; line-height: 1; }
.algorave-panel header button:hover { background: var(--jp-layout-color2); }
.algorave-new { display: flex; gap: 6px; padding: 10px 12px; border-bottom: 1px solid var(--jp-border-color2); background: var(--jp-layout-color2); }
.algorave-new input {
  flex: 1; min-width: 0; height: 28px; padding: 0 8px; box-sizing: border-box; font: inherit; color: inherit;
  border: 1px solid var(--jp-border-color1); border-radius: var(--jp-border-radius); background: var(--jp-input-background, var(--jp-layout-color1));
}
.algorave-panel .algorave-strong { padding: 0 12px; height: 28px; font-weight: 600; color: var(--jp-ui-inverse-font-color1); background: var(--jp-brand-color1); }
.algorave-panel .algorave-strong:hover { background: var(--jp-brand-color0); }
.algorave-sessions { list-style: none; margin: 0; padding: 0; }
.algorave-sessions li { padding: 10px 12px 8px; border-bottom: 1px solid var(--jp-border-color3); }
.algorave-sessions li:hover { background: var(--jp-layout-color2); }
.algorave-title { display: flex; align-items: baseline; gap: 8px; width: 100%; padding: 0; text-align: left; }
.algorave-panel button.algorave-title { font-weight: 600; }
.algorave-title span:first-child { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.algorave-role { font-weight: 400; font-size: var(--jp-ui-font-size0); color: var(--jp-ui-font-color2); }
.algorave-people { display: flex; align-items: center; flex-wrap: wrap; gap: 2px 10px; margin: 4px 0 0; color: var(--jp-ui-font-color2); overflow-wrap: anywhere; }
.algorave-people i { display: inline-block; width: 8px; height: 8px; margin-right: 5px; border-radius: 50%; }
.algorave-actions { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 4px; margin: 4px 0 0; color: var(--jp-ui-font-color2); }
.algorave-actions button { padding: 2px 5px; text-decoration: underline; text-underline-offset: 2px; color: var(--jp-content-link-color); }
.algorave-actions button:hover { background: var(--jp-layout-color3); }
.algorave-link { width: 100%; box-sizing: border-box; margin-top: 6px; font: 12px var(--jp-code-font-family); color: inherit;
  border: 1px solid var(--jp-border-color1); background: var(--jp-layout-color1); padding: 4px 6px; }
.algorave-said { margin: 0; padding: 10px 12px; color: var(--jp-ui-font-color2); line-height: 1.45; }
.algorave-said:empty { display: none; }
.algorave-session-tab { overflow: auto; background: var(--jp-layout-color1); color: var(--jp-ui-font-color1); }
`;

/** Puts the styles into the page, once. */
export function styleLab(): void {
  if (document.querySelector("style[data-algorave-lab]")) return;
  const style = document.createElement("style");
  style.dataset["algoraveLab"] = "";
  style.textContent = CSS;
  document.head.append(style);
}
