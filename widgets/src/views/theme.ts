// Dark or light, as the host is.

type Theme = "dark" | "light";

/** Whether a CSS colour as the browser computes it (`rgb(…)`) is dark; null for one that can be seen through. */
export function isDark(color: string): boolean | null {
  const [red = 0, green = 0, blue = 0, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
  if (!color.startsWith("rgb") || alpha < 0.5) return null;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
}

/** `dark` or `light`, by what the host says about itself, else by `otherwise`. */
export function hostTheme(body: HTMLElement, root: HTMLElement, otherwise: Theme): Theme {
  const jupyter = body.dataset["jpThemeLight"];
  if (jupyter !== undefined) return jupyter === "false" ? "dark" : "light";
  if (body.classList.contains("vscode-dark") || body.classList.contains("vscode-high-contrast"))
    return "dark";
  if (body.classList.contains("vscode-light")) return "light";
  const marked = [body, root].map((each) => each.dataset["theme"] ?? each.className);
  if (marked.some((mark) => /(^|\s)dark(\s|$)/.test(mark))) return "dark";
  if (marked.some((mark) => /(^|\s)light(\s|$)/.test(mark))) return "light";
  return otherwise;
}

/** What a page that says nothing looks like: its own ground, else what the browser paints for the reader. */
function paintedTheme(prefersDark: boolean): Theme {
  for (const element of [document.body, document.documentElement]) {
    const dark = isDark(getComputedStyle(element).backgroundColor);
    if (dark !== null) return dark ? "dark" : "light";
  }
  const schemes = getComputedStyle(document.documentElement).colorScheme;
  return schemes.includes("dark") && (prefersDark || !schemes.includes("light")) ? "dark" : "light";
}

/** Keeps `element`'s data-theme as the host's theme is; `onChange` hears every change. */
export function followTheme(element: HTMLElement, onChange: (theme: Theme) => void): () => void {
  const preference = globalThis.matchMedia("(prefers-color-scheme: dark)");
  const update = () => {
    const theme = hostTheme(document.body, document.documentElement, paintedTheme(preference.matches));
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
