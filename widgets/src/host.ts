// The hosts' page: `algorave/`.

import { HostApp } from "./views/session/host_app.js";
import { baseOf, pageFrame } from "./views/session/page_frame.js";

const shell = document.getElementById("algorave");
if (shell) {
  const base = baseOf(shell);
  const givesLoginLinks = shell.dataset["loginLinks"] === "true";
  const join = async (id: string, url: string, who: string) => {
    const { openSession } = await import("./live_page.js");
    return openSession(id, url, who, `${base}samples/`);
  };
  const app = new HostApp(pageFrame(shell), base, join, givesLoginLinks);
  addEventListener("hashchange", () => void app.start());
  void app.start();
}
