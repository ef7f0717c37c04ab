// Stands for @strudel/core inside xen.js: the core that engine.js has already loaded, so that there is only one.
interface SharedCore {
  register: unknown;
  _mod: unknown;
  parseNumeral: unknown;
}

const { core } = (globalThis as unknown as { algoraveEngine: { core: SharedCore } }).algoraveEngine;

export const { register, _mod, parseNumeral } = core;
