// The guests' page: `algorave/guest/`.

import { GuestApp } from "./views/session/guest_app.js";
import { baseOf, pageFrame } from "./views/session/page_frame.js";

const shell = document.getElementById("algorave");
if (shell) {
  const base = baseOf(shell);
  const app = new GuestApp(pageFrame(shell), base, async (id, url, who) => {
    const { openSession } = await import("./live_page.js");
    return openSession(id, url, who, null);
  });
  addEventListener("hashchange", () => void app.start());
  void app.start();
}
