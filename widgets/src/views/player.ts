// The view of one layer: header, code, problems, picture.

import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import type { Names } from "../editor/completion.js";
import { type EditorOptions, goTo, makeEditor, markProblems, remakeEditor } from "../editor/editor.js";
import { type LitSpan, litSpans, sameSpans, showLit } from "../editor/lit.js";
import { problemSpan } from "../editor/places.js";
import type { Reference } from "../editor/reference.js";
import { bySlider } from "../editor/sliders.js";
import { CodeVersions } from "../editor/versions.js";
import { inlineVisuals, showVisuals, statementAt } from "../editor/visuals.js";
import type { Problem } from "../engine/problem.js";
import { epochNow_ms } from "../page/clock.js";
import type { PageEngine } from "../page/engine.js";
import type { Layer, Started } from "../page/layer.js";
import { animate, wakeAnimation } from "./animation.js";
import { Controls, type Difference } from "./controls.js";
import { element } from "./dom.js";
import { DraftCheck, type Marks } from "./draft_check.js";
import { inlinePictures } from "./inline_picture.js";
import { ProblemList } from "./problem_list.js";
import { styleHome, styleRoot } from "./styles.js";
import { followTheme } from "./theme.js";
import { aloneTransport, type Transport } from "./transport.js";
import { VisualPanel } from "./visual_panel.js";

/** What a player needs besides its engine and layer. */
export interface PlayerOptions {
  code: string;
  cps: number | null;
  /** Problems found before the view was there. */
  problems: Problem[];
  reference: () => Promise<Reference>;
  names: () => Names;
  onChange: ((code: string) => void) | null;
  /** What buttons and keys do; the page's engine alone unless given. */
  transport?: Transport;
  /** The text is one that several people edit: this binds it. All views of the layer show it then. */
  shared?: Extension;
}

/** What is said of a layer of which more is asked than may sound; null while all of it sounds. */
export function thinnedWords(haps_per_s: Layer["thinned"]): string | null {
  if (haps_per_s === null) return null;
  const [asked, played] = [haps_per_s.asked, haps_per_s.played].map((each) => Math.round(each / 10) * 10);
  return `${asked} haps a second are too many at this tempo: ${played} of them sound. Use smaller numbers after * or in fast().`;
}

/** Keys that stay with the host page even when they are pressed in the view: saving the notebook. */
function belongsToHost(event: KeyboardEvent): boolean {
  return (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s";
}

/** The view of one layer in `parent`. */
export class Player {
  readonly element: HTMLElement;
  readonly editor: EditorView;
  readonly #transport: Transport;
  readonly #editorOptions: EditorOptions;
  #controls: Controls;
  #problems: ProblemList;
  #visual: VisualPanel;
  #overlay = element("button", { class: "alg-overlay", type: "button", text: "Click to hear" });
  #tips = element("div", { class: "alg-tips" });
  #versions = new CodeVersions();
  #lit: LitSpan[] = [];
  #early: Problem[];
  /** The text this view showed when it was last submitted, or at first: a layer may have several views. */
  #own: string;
  /** The tempo that was asked for, until it has been: later the controls and the code have the word. */
  #cps: number | null;
  #marked: unknown = null;
  #draft = new DraftCheck(
    () => this.code,
    (code) => this.engine.stage.check(code),
    () => this.update(),
  );
  #ends: (() => void)[] = [];

  constructor(
    parent: HTMLElement,
    readonly engine: PageEngine,
    readonly layer: Layer,
    readonly options: PlayerOptions,
  ) {
    this.#early = options.problems;
    this.#own = options.code;
    this.#cps = options.cps;
    this.#transport = options.transport ?? aloneTransport(engine, layer);
    this.#controls = new Controls(engine, layer, this.#transport, {
      onToggle: () => this.toggle(),
      refused: () => this.#problemsNow().length > 0,
      differs: () => this.#differs(),
    });
    this.#problems = new ProblemList((problem) => this.#goToProblem(problem));
    this.#visual = new VisualPanel(engine, layer);
    const code = element("div", { class: "alg-code" });
    this.element = element("section", {
      class: "alg",
      attributes: { "aria-label": `Layer ${layer.name}` },
      children: [this.#controls.element, code, this.#problems.element, this.#visual.element, this.#overlay],
    });
    const home = styleHome(parent);
    styleRoot(home);
    parent.append(this.element);
    (home instanceof ShadowRoot ? home : document.body).append(this.#tips);
    this.#editorOptions = this.#optionsOf(code, home);
    this.editor = makeEditor(this.#editorOptions);
    this.#connect(code);
    this.#takeOver();
    this.update();
  }

  get code(): string {
    // The header asks before the editor is there.
    return this.editor ? this.editor.state.doc.toString() : this.options.code;
  }

  /** Plays the text as it stands. */
  play(): void {
    this.#early = [];
    const cps = this.#cps;
    this.#cps = null;
    this.#transport.play(this.code, cps);
  }

  /** Stops when the text sounds as it stands, else plays it. */
  toggle(): void {
    if (this.#transport.sounding() === this.code) this.#transport.stop();
    else this.play();
  }

  update(): void {
    const { engine, layer } = this;
    const playing = layer.state === "playing";
    const problems = this.#problemsNow();
    this.#controls.update();
    const warnings = this.#isJudged() ? layer.warnings : [];
    const isAboutSound = layer.judged_code === this.#transport.sounding();
    const author = isAboutSound ? this.#transport.author() : null;
    const fault = problems.length > 0 ? this.#transport.fault() : null;
    const notice = layer.notice ?? thinnedWords(layer.thinned);
    this.#problems.show({ problems, warnings, notice, playing, author, fault });
    this.#visual.update();
    this.#overlay.hidden = !(playing && engine.audio === "suspended");
    this.element.dataset["state"] = layer.state;
    this.#showName();
    this.#mark(this.#draft.marks ?? { problems, warnings });
    if (playing) wakeAnimation();
    else this.#darken();
  }

  /** A layer of a session is named once the session was heard, and may be renamed. */
  #showName(): void {
    const label = `Layer ${this.layer.name}`;
    if (this.element.getAttribute("aria-label") === label) return;
    this.element.setAttribute("aria-label", label);
    this.editor.dispatch({}); // its label is asked for at every change
  }

  /** What is wrong with the text as it was last looked at, here or before the view was there. */
  #problemsNow(): readonly Problem[] {
    const { problems } = this.layer;
    return this.#isJudged() && problems.length > 0 ? problems : this.#early;
  }

  /** Whether what the gate said of the layer is about this view's text. */
  #isJudged(): boolean {
    return this.options.shared !== undefined || this.layer.judged_code === this.#own;
  }

  #differs(): Difference {
    const sounding = this.#transport.sounding();
    if (sounding === null || sounding === this.code) return null;
    const isOther = this.options.shared === undefined && this.code === this.#own;
    return isOther && sounding !== this.#own ? "other" : "edited";
  }

  /** Shows another shared text in place of the one there was. */
  rebind(code: string, shared: Extension): void {
    Object.assign(this.#editorOptions, { code, shared });
    this.#versions = new CodeVersions();
    remakeEditor(this.editor, this.#editorOptions);
    this.#marked = null;
    this.#takeOver();
    this.update();
  }

  dispose(): void {
    for (const end of this.#ends) end();
    this.#draft.forget();
    this.#controls.dispose();
    this.#visual.dispose();
    this.editor.destroy();
    this.element.remove();
    this.#tips.remove();
  }

  #optionsOf(parent: HTMLElement, root: Document | ShadowRoot): EditorOptions {
    const { engine, layer, options } = this;
    const watch: Extension = EditorView.updateListener.of((update) => {
      if (!update.docChanged) return;
      this.#versions.edited(update.changes.desc);
      if (update.transactions.some((each) => each.isUserEvent("input") || each.isUserEvent("delete")))
        this.#draft.typed();
      const slid = update.transactions.some((transaction) => transaction.annotation(bySlider));
      // What a slider writes is heard already: the text is what plays.
      if (slid && layer.playing_code === update.startState.doc.toString()) {
        layer.playing_code = update.state.doc.toString();
        this.#own = layer.playing_code;
      }
      this.#controls.update();
      options.onChange?.(update.state.doc.toString());
    });
    return {
      code: options.code,
      label: () => `Code of ${layer.name}`,
      parent,
      root,
      tips: this.#tips,
      reference: options.reference,
      names: options.names,
      extra: [watch, inlineVisuals(inlinePictures(engine, layer))],
      shared: options.shared ?? null,
      onEvaluate: () => this.play(),
      onHush: () => this.#transport.hush(),
      onCue: () => this.#transport.cue?.set(!this.#transport.cue.isOn()),
      onSlide: (index, value) => this.#transport.slide(index, value),
    };
  }

  #connect(code: HTMLElement): void {
    const { engine, layer } = this;
    this.#overlay.addEventListener("click", () => engine.resume());
    for (const kind of ["keydown", "keyup", "keypress"] as const) {
      this.element.addEventListener(kind, (event) => {
        if (!belongsToHost(event)) event.stopPropagation();
      });
    }
    this.#ends.push(
      engine.attach(layer),
      engine.changed.on(() => this.update()),
      layer.changed.on(() => this.update()),
      layer.submitted.on((text) => {
        if (text !== this.code) return;
        this.#draft.forget();
        this.#own = text;
        this.#versions.submit(text);
      }),
      layer.started.on((news) => this.#started(news)),
      followTheme(this.element, (theme) => {
        this.#tips.dataset["theme"] = theme;
        this.#visual.themed();
      }),
      animate({ element: code, active: () => layer.state === "playing", draw: () => this.#light() }),
    );
  }

  /** The layer was playing before this view came: its haps point into the text that plays. */
  #takeOver(): void {
    const { playing_code } = this.layer;
    if (playing_code === null) return;
    if (playing_code === this.code) this.#versions.submit(playing_code);
    else if (this.options.shared === undefined) return;
    this.#versions.start(playing_code, 0, this.code, this.options.shared !== undefined);
  }

  #started(news: Started): void {
    if (news.code === this.#own) this.#early = [];
    this.#versions.start(news.code, news.from_cycle, this.code, this.options.shared !== undefined);
    const visuals = news.widgets.flatMap((widget) => {
      if (widget.type === "slider" || news.code !== this.code) return [];
      return [
        { type: widget.type, at: widget.offset, statement: statementAt(this.editor.state, widget.offset) },
      ];
    });
    showVisuals(this.editor, visuals);
    if (visuals.length > 0) this.#visual.yieldToInline();
  }

  #light(): void {
    const cycle = this.engine.clock.cycleAt(epochNow_ms());
    if (cycle === null) {
      this.#darken();
      return;
    }
    this.#controls.showTempo(this.engine.clock.cps);
    const spans = litSpans(this.layer.timeline.active(cycle), (hap) => this.#versions.spans(hap));
    if (sameSpans(spans, this.#lit)) return;
    this.#lit = spans;
    showLit(this.editor, spans);
  }

  #darken(): void {
    if (this.#lit.length === 0) return;
    this.#lit = [];
    showLit(this.editor, []);
  }

  /** Squiggles are set once per verdict, so that they move with the text in between. */
  #mark({ problems, warnings }: Marks): void {
    const key = JSON.stringify([problems, warnings]);
    if (key === this.#marked) return;
    if (this.#marked !== null || problems.length + warnings.length > 0) {
      markProblems(this.editor, problems, warnings);
    }
    this.#marked = key;
  }

  #goToProblem(problem: Problem): void {
    const span = problemSpan(this.editor.state.doc, problem);
    if (span) goTo(this.editor, span.from);
  }
}
