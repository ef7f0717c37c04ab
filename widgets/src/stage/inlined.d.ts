// Texts that the build puts inside the stage page.

declare module "stage:limiter" {
  const source: string;
  export default source;
}

declare module "stage:worker" {
  const source: string;
  export default source;
}
