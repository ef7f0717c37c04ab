// The loader that each widget carries: small, because every model brings its own copy. It fetches the app once per
// page, from the server when there is one, else over the kernel's comm.

interface Model {
  get(name: string): unknown;
  send(content: unknown): void;
  on(name: string, listener: (content: { kind?: string }, buffers: DataView[]) => void): void;
  off(name: string, listener: unknown): void;
}
interface App {
  mountWidget(el: HTMLElement, options: object): { dispose(): void };
  isFreshRun(payload: object, now_ms: number, memory: Storage): boolean;
}

const page = globalThis as {
  [KEY]?: Promise<App> | undefined;
  [YJS_IS_HERE]?: boolean;
  algorave?: App;
};
const YJS_IS_HERE = "__ $YJS$ __";
const KEY = Symbol.for("algorave.app");

async function fromServer(): Promise<App> {
  const config = document.getElementById("jupyter-config-data")?.textContent;
  const base = new URL(`${JSON.parse(config ?? "{}").baseUrl}algorave/static/`, location.href);
  const { app } = await (await fetch(new URL("manifest.json", base))).json();
  page[YJS_IS_HERE] = false; // ours and the host's never meet but in bytes
  return import(new URL(app, base).href);
}

function fromKernel(model: Model): Promise<App> {
  return new Promise((resolve) => {
    const listener = async (content: { kind?: string }, buffers: DataView[]) => {
      if (content.kind !== "standalone") return;
      model.off("msg:custom", listener);
      const packed = new Blob(buffers as BlobPart[]).stream().pipeThrough(new DecompressionStream("gzip"));
      const text = await new Response(packed).text();
      await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
      resolve(page.algorave as App);
    };
    model.on("msg:custom", listener);
    model.send({ kind: "standalone" });
  });
}

export default {
  // Returns at once: what takes long here would make the host drop the widget's messages.
  render({ model, el }: { model: Model; el: HTMLElement }): () => void {
    const names = ["layer", "code", "cps", "play", "problems", "run_id", "issued_at_ms", "session", "action"];
    const options = Object.fromEntries(names.map((name) => [name, model.get(name)]));
    let view: { dispose(): void } | null = null;
    let gone = false;
    page[KEY] ??= fromServer().catch(() => fromKernel(model));
    page[KEY].then(
      (app) => {
        if (gone) return;
        const play = options["play"] && app.isFreshRun(options, Date.now(), sessionStorage);
        view = app.mountWidget(el, { ...options, play });
      },
      (error) => {
        page[KEY] = undefined;
        el.textContent = `The player could not be loaded: ${error}`;
      },
    );
    return () => {
      gone = true;
      view?.dispose();
    };
  },
};
