// Our icon, in JupyterLab's way: it takes the theme's colours.

import { type ShareScope, sharedModule } from "./scope.js";

/** An icon of JupyterLab's; only handed on. */
export type LabIcon = { readonly name: string };
type LabIconClass = new (options: { name: string; svgstr: string }) => LabIcon;

// Three bars of a level meter between two people's arcs: sound, together.
const SHAPE = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
<g class="jp-icon3 jp-icon-selectable" fill="#616161"><rect x="7" y="9" width="2.4" height="6" rx="1.2"/>
<rect x="10.8" y="5" width="2.4" height="14" rx="1.2"/><rect x="14.6" y="8" width="2.4" height="8" rx="1.2"/>
<path d="M4.6 6.2a1.2 1.2 0 0 0-1.9-1.4 12 12 0 0 0 0 14.4 1.2 1.2 0 0 0 1.9-1.4 9.6 9.6 0 0 1 0-11.6Z"/>
<path d="M19.4 6.2a1.2 1.2 0 0 1 1.9-1.4 12 12 0 0 1 0 14.4 1.2 1.2 0 0 1-1.9-1.4 9.6 9.6 0 0 0 0-11.6Z"/></g></svg>`;

let icon: LabIcon | null = null;

/** The icon; JupyterLab knows one by its name, so it is made once. */
export async function sessionsIcon(scope: ShareScope): Promise<LabIcon> {
  const shared = (await sharedModule(scope, "@jupyterlab/ui-components")) as { LabIcon: LabIconClass };
  icon ??= new shared.LabIcon({ name: "algorave:sessions", svgstr: SHAPE });
  return icon;
}
