// xen.js: microtonal scales and the tune.js archive, added to an engine that is already loaded.
// @ts-expect-error the package ships no types
import * as tune from "@strudel/xen/tune.mjs";
// @ts-expect-error the package ships no types
import * as xen from "@strudel/xen/xen.mjs";

interface Host {
  algoraveEngine: { addXen(names: Record<string, unknown>): void };
}

(globalThis as unknown as Host).algoraveEngine.addXen({ ...xen, ...tune });
