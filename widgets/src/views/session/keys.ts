// Keys pressed in a view are the view's: a notebook around it must not take them for its commands.

/** Keeps key presses inside `view`, but for saving the notebook. */
export function keepKeys(view: HTMLElement): void {
  for (const kind of ["keydown", "keyup", "keypress"] as const)
    view.addEventListener(kind, (event) => {
      const saves = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s";
      if (!saves) event.stopPropagation();
    });
}
