// JupyterLab's shared modules, as its module federation hands them to a container.

interface Shared {
  get(): Promise<() => unknown> | (() => unknown);
  loaded?: unknown;
}

/** The share scope: package → version → module. */
export type ShareScope = Record<string, Record<string, Shared>>;

const newestFirst = (a: string, b: string): number => b.localeCompare(a, undefined, { numeric: true });

/** A module that the page shares; the one it has loaded already, else the newest. */
export async function sharedModule(scope: ShareScope, name: string): Promise<unknown> {
  const versions = scope[name] ?? {};
  const order = Object.keys(versions).sort(newestFirst);
  const version = order.find((each) => versions[each]?.loaded) ?? order[0];
  const shared = version === undefined ? undefined : versions[version];
  if (!shared) throw new Error(`this JupyterLab shares no ${name}`);
  const factory = await shared.get();
  return factory();
}
