// engine.js: the evaluator for a bare JavaScript engine, reached through one global: `algoraveEngine`.
import * as core from "@strudel/core";
import { addNames } from "./names.js";
import { answer, prepare, state } from "./requests.js";
import { xenHasCome } from "./xen_names.js";

Object.defineProperty(globalThis, "algoraveEngine", {
  value: Object.freeze({
    prepare,
    answer,
    state,
    /** xen.js registers against this core and adds its names. */
    core,
    addXen(names: Record<string, unknown>) {
      addNames(names);
      xenHasCome();
    },
  }),
});
