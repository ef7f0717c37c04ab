// Modal dialogs: one frame for all of them, a question, and a line of text that is asked for.

import { element } from "../dom.js";
import { symbol } from "./symbols.js";

/** A dialog that is open. */
export interface Dialog {
  readonly element: HTMLDialogElement;
  readonly body: HTMLElement;
  close(): void;
}

let opened = 0;

/** Opens a dialog inside `home`, from which it has its colours; `onClose` hears that it went, however. */
export function openDialog(home: HTMLElement, title: string, onClose?: () => void): Dialog {
  const id = `algs-dialog-${++opened}`;
  const close = element("button", { class: "algs-icon-button", type: "button", title: "Close" });
  close.setAttribute("aria-label", "Close");
  close.append(symbol("close"));
  const body = element("div", { class: "algs-dialog-body" });
  const heading = element("h2", { text: title, attributes: { id } });
  const dialog = element("dialog", {
    class: "algs-dialog",
    attributes: { "aria-labelledby": id },
    children: [element("header", { children: [heading, close] }), body],
  });
  close.addEventListener("click", () => dialog.close());
  // A press on the backdrop is a press on the dialog's own edge.
  dialog.addEventListener("pointerdown", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    onClose?.();
  });
  home.append(dialog);
  dialog.showModal();
  return { element: dialog, body, close: () => dialog.close() };
}

/** A question with two answers; true when the action was chosen. */
export function confirmed(
  home: HTMLElement,
  question: { title: string; text: string; action: string; dangerous?: boolean },
): Promise<boolean> {
  return new Promise((resolve) => {
    const dialog = openDialog(home, question.title, () => resolve(false));
    const cancel = element("button", { class: "algs-button", type: "button", text: "Cancel" });
    const action = element("button", {
      class: `algs-button ${question.dangerous ? "algs-danger" : "algs-primary"}`,
      type: "button",
      text: question.action,
    });
    cancel.addEventListener("click", dialog.close);
    action.addEventListener("click", () => {
      resolve(true);
      dialog.close();
    });
    dialog.body.append(
      element("p", { text: question.text }),
      element("div", { class: "algs-actions", children: [cancel, action] }),
    );
    cancel.focus();
  });
}

/** What a dialog for one line of text asks. */
export interface TextQuestion {
  title: string;
  label: string;
  value: string;
  action: string;
  maxLength: number;
  hint?: string;
  /** Does what is asked for; what it throws is shown, and the dialog stays. */
  submit(text: string): Promise<void>;
}

/** Asks for a line of text until it is taken or the dialog is closed. */
export function askForText(home: HTMLElement, question: TextQuestion): void {
  const dialog = openDialog(home, question.title);
  const input = element("input", { class: "algs-input", type: "text" });
  input.value = question.value;
  input.maxLength = question.maxLength;
  input.required = true;
  const button = element("button", {
    class: "algs-button algs-primary",
    type: "submit",
    text: question.action,
  });
  const error = element("p", { class: "algs-error", attributes: { role: "alert" } });
  const form = element("form", {
    children: [
      element("label", { class: "algs-field", children: [element("span", { text: question.label }), input] }),
      question.hint ? element("p", { class: "algs-hint", text: question.hint }) : null,
      error,
      element("div", { class: "algs-actions", children: [button] }),
    ],
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    question.submit(input.value.trim()).then(dialog.close, (why: unknown) => {
      button.disabled = false;
      error.textContent = wordsOf(why);
    });
  });
  dialog.body.append(form);
  input.select();
}

/** What went wrong, in the words it came with. */
export function wordsOf(why: unknown): string {
  return why instanceof Error ? why.message : String(why);
}
