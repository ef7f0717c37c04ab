// A layer where only widgets are known. A session is not joined from there: such a host is often on another
// site than the session's server. It is said where the session is, and the code plays alone.

import type { Mounted, MountOptions } from "./mount.js";
import { element } from "./views/dom.js";

/** The session that a cell is of, as the kernel says it. */
export interface SessionLink {
  title: string;
  /** The session's page. */
  url: string;
}

/** Draws what a widget shows; `session` comes from the kernel's trait and is null for a cell that plays alone. */
export function drawWidget(
  el: HTMLElement,
  options: MountOptions & { session: SessionLink | null },
  mount: (el: HTMLElement, options: MountOptions) => Mounted,
): { dispose(): void } {
  const { session, ...own } = options;
  if (session === null) return mount(el, own);
  const note = sessionNote(session);
  el.append(note);
  const view = mount(el, { ...own, play: false });
  return {
    dispose: () => {
      view.dispose();
      note.remove();
    },
  };
}

function sessionNote({ title, url }: SessionLink): HTMLElement {
  const link = element("a", { text: "open the session", attributes: { target: "_blank", rel: "noopener" } });
  const isPage = /^https?:\/\//.test(url);
  if (isPage) link.href = url;
  return element("p", {
    attributes: { role: "note", style: "margin: 4px 2px; font: 13px/1.45 system-ui, sans-serif" },
    children: [
      document.createTextNode(
        `This cell is part of the live session “${title}”. To play it with the others, `,
      ),
      isPage ? link : document.createTextNode("open its notebook in JupyterLab"),
      document.createTextNode(". Here the code plays alone, as it was when the cell was run."),
    ],
  });
}
