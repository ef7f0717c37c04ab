// Dark or light, as the host is.

/** `dark` or `light`, by what the host says about itself, else by what the reader prefers. */
export function hostTheme(body: HTMLElement, root: HTMLElement, prefersDark: boolean): "dark" | "light" {
  const jupyter = body.dataset["jpThemeLight"];
  if (jupyter !== undefined) return jupyter === "false" ? "dark" : "light";
  if (body.classList.contains("vscode-dark") || body.classList.contains("vscode-high-contrast"))
    return "dark";
  if (body.classList.contains("vscode-light")) return "light";
  const marked = [body, root].map((each) => each.dataset["theme"] ?? each.className);
  if (marked.some((mark) => /(^|\s)dark(\s|$)/.test(mark))) return "dark";
  if (marked.some((mark) => /(^|\s)light(\s|$)/.test(mark))) return "light";
  return prefersDark ? "dark" : "light";
}

/** Keeps `element`'s data-theme as the host's theme is; `onChange` hears every change. */
export function followTheme(element: HTMLElement, onChange: (theme: "dark" | "light") => void): () => void {
  const preference = globalThis.matchMedia("(prefers-color-scheme: dark)");
  const update = () => {
    const theme = hostTheme(document.body, document.documentElement, preference.matches);
    if (element.dataset["theme"] === theme) return;
    element.dataset["theme"] = theme;
    onChange(theme);
  };
  const observer = new MutationObserver(update);
  const filter = ["class", "data-theme", "data-jp-theme-light", "data-jp-theme-name"];
  observer.observe(document.body, { attributes: true, attributeFilter: filter });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: filter });
  preference.addEventListener("change", update);
  update();
  return () => {
    observer.disconnect();
    preference.removeEventListener("change", update);
  };
}
