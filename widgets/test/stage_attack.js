// What hostile pattern code would try, in one function; the tests run the same text as pattern code, inside the
// stage's frame, and in the page itself. It knocks at addresses that name the channel, and returns what it could read.
(where, base, other, udpPort) => {
  const found = [];
  const knock = (channel, root = base) => `${root}probe/${where}/${channel}`;
  const attempt = (channel, work) => {
    try {
      const done = work();
      if (done instanceof Promise) done.catch(() => undefined);
    } catch (error) {
      found.push(`${channel}: ${error?.name}`);
    }
  };
  const read = (what, work) => {
    try {
      found.push(`READ ${what}: ${String(work()).slice(0, 200)}`);
    } catch (error) {
      found.push(`${what}: ${error?.name}`);
    }
  };

  for (const root of [base, other]) {
    const at = root === base ? "" : "other-";
    attempt("fetch", () => fetch(knock(`${at}fetch`, root), { credentials: "include", mode: "no-cors" }));
    attempt("xhr", () => {
      const request = new XMLHttpRequest();
      request.open("GET", knock(`${at}xhr`, root));
      request.withCredentials = true;
      request.send();
    });
    attempt("websocket", () => new WebSocket(knock(`${at}websocket`, root).replace("http", "ws")));
    attempt("eventsource", () => new EventSource(knock(`${at}eventsource`, root)));
    attempt("beacon", () => navigator.sendBeacon(knock(`${at}beacon`, root), "x"));
    attempt("import", () => import(knock(`${at}import`, root)));
    attempt("worker", () => new Worker(knock(`${at}worker`, root)));
    attempt("nested", () => {
      const text = `fetch("${knock(`${at}nested`, root)}", {mode: "no-cors"})`;
      new Worker(URL.createObjectURL(new Blob([text])));
    });
    attempt("importscripts", () => importScripts(knock(`${at}importscripts`, root)));
    attempt("eval", () => new Function("url", 'fetch(url, {mode: "no-cors"})')(knock(`${at}eval`, root)));
    attempt("font", () => new FontFace("x", `url(${knock(`${at}font`, root)})`).load());
    attempt("image", () => {
      new Image().src = knock(`${at}image`, root);
    });
    for (const [tag, attribute, more] of [
      ["script", "src", {}],
      ["link", "href", { rel: "stylesheet" }],
      ["link", "href", { rel: "prefetch" }],
      ["iframe", "src", {}],
      ["object", "data", {}],
      ["video", "src", {}],
    ]) {
      attempt(tag, () => {
        const element = document.createElement(tag);
        Object.assign(element, more);
        element.setAttribute(attribute, knock(`${at}${more.rel ?? tag}`, root));
        document.body.append(element);
      });
    }
    attempt("form", () => {
      const form = document.createElement("form");
      const target = document.createElement("iframe");
      target.name = `form-${at}`;
      Object.assign(form, { method: "post", action: knock(`${at}form`, root), target: target.name });
      document.body.append(target, form);
      form.submit();
    });
  }

  // Jupyter's own doors.
  const token = /_xsrf=([^;]+)/.exec(globalThis.document?.domain === "" ? "" : safeCookie())?.[1] ?? "";
  attempt("kernels", () =>
    fetch(`${base}api/kernels`, {
      method: "POST",
      headers: { "X-XSRFToken": token },
      credentials: "include",
    }),
  );
  attempt("contents", () => fetch(`${base}api/contents?probe=${where}`, { credentials: "include" }));

  function safeCookie() {
    try {
      return document.cookie;
    } catch {
      return "";
    }
  }

  read("cookie", () => document.cookie);
  read("localStorage", () => localStorage.length);
  read("sessionStorage", () => sessionStorage.length);
  read("indexedDB", () => indexedDB.open("x"));
  read("caches", () => caches.keys());
  read("parent", () => parent.document.title);
  read("top", () => top.location.href);
  read("popup", () => open(knock("popup")).closed);

  attempt("webrtc", () => {
    const inner = () => {
      const frame = document.createElement("iframe");
      document.body.append(frame);
      return frame.contentWindow.RTCPeerConnection;
    };
    const Connection = globalThis.RTCPeerConnection ?? globalThis.webkitRTCPeerConnection ?? inner();
    const connection = new Connection({ iceServers: [{ urls: `stun:127.0.0.1:${udpPort}` }] });
    connection.createDataChannel("x");
    return connection.createOffer().then((offer) => connection.setLocalDescription(offer));
  });
  return found;
};
