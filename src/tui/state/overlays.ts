import { refuseForm, submit as submitted, typeInto } from "./form.ts";
import type { Form } from "./form.ts";
import { edit, emptyLine } from "./line-editor.ts";
import type { Edit, Line } from "./line-editor.ts";
import type { ConsoleState } from "./state.ts";

/** Asks for a line at the foot of the screen. */
export interface Prompt {
  kind: "prompt";
  label: string;
  /** What may be typed, as long as nothing is. */
  about: string;
  line: Line;
  submit(state: ConsoleState, text: string, newKey: () => string): ConsoleState;
  /** As it is typed. */
  typing?(state: ConsoleState, text: string): ConsoleState;
  cancel?(state: ConsoleState): ConsoleState;
}

/** Asks before something that can't be taken back. */
export interface Confirm {
  kind: "confirm";
  question: string;
  yes(state: ConsoleState, newKey: () => string): ConsoleState;
}

export interface Help {
  kind: "help";
  top: number;
  /** Only lines that hold this. */
  filter: string;
}

/** Everything that can be done, by its name. */
export interface Palette {
  kind: "palette";
  line: Line;
  index: number;
}

/** Asks for several things at once. */
export interface FormSheet {
  kind: "form";
  form: Form;
  /** What becomes of it once it is sent: the arguments are what its `read` makes. */
  submit(state: ConsoleState, sheet: FormSheet, args: unknown, key: string): ConsoleState;
}

/** Something to read and to copy, a part at a time, that is shown this once. */
export interface Sheet {
  kind: "sheet";
  title: string;
  /** Over each part. */
  about: string;
  parts: readonly { title: string; text: string }[];
  index: number;
  top: number;
}

export type Overlay = Prompt | Confirm | Help | Palette | FormSheet | Sheet;

export const topOverlay = ({ overlays }: Pick<ConsoleState, "overlays">): Overlay | undefined => overlays.at(-1);

export const withOverlay = (state: ConsoleState, overlay: Overlay): ConsoleState => ({
  ...state,
  overlays: [...state.overlays, overlay],
});

export const withoutOverlay = (state: ConsoleState): ConsoleState => ({
  ...state,
  overlays: state.overlays.slice(0, -1),
});

/** Puts another in the innermost one's place. */
export const changeOverlay = (state: ConsoleState, overlay: Overlay): ConsoleState => ({
  ...state,
  overlays: [...state.overlays.slice(0, -1), overlay],
});

/** Opens a prompt, with what is there already. */
export const ask = (state: ConsoleState, prompt: Omit<Prompt, "kind" | "line">, text = ""): ConsoleState =>
  withOverlay(state, { kind: "prompt", ...prompt, line: text ? { text, caret: [...text].length } : emptyLine });

/** What a key does to the line that is being typed. */
export function editLine(state: ConsoleState, change: Edit): ConsoleState {
  const overlay = topOverlay(state);
  if (overlay?.kind === "form") return changeOverlay(state, { ...overlay, form: typeInto(overlay.form, change) });
  if (!overlay || !("line" in overlay)) return state;
  const line = edit(overlay.line, change);
  if (overlay.kind === "palette") return changeOverlay(state, { ...overlay, line, index: 0 });
  const edited = changeOverlay(state, { ...overlay, line });
  return line.text === overlay.line.text ? edited : (overlay.typing?.(edited, line.text) ?? edited);
}

export function submitPrompt(state: ConsoleState, newKey: () => string): ConsoleState {
  const overlay = topOverlay(state);
  return overlay?.kind === "prompt" ? overlay.submit(withoutOverlay(state), overlay.line.text.trim(), newKey) : state;
}

export function cancelOverlay(state: ConsoleState): ConsoleState {
  const overlay = topOverlay(state);
  const without = withoutOverlay(state);
  return overlay?.kind === "prompt" ? (overlay.cancel?.(without) ?? without) : without;
}

/** Whether keys are text now. */
export const isTyping = (state: Pick<ConsoleState, "overlays">): boolean => {
  const overlay = topOverlay(state);
  return overlay !== undefined && (overlay.kind === "form" || "line" in overlay);
};

/** Changes the form that is open. */
export function withForm(state: ConsoleState, change: (form: Form) => Form): ConsoleState {
  const overlay = topOverlay(state);
  return overlay?.kind === "form" ? changeOverlay(state, { ...overlay, form: change(overlay.form) }) : state;
}

/** Sends the form, or shows what is wrong in it. */
export function submitForm(state: ConsoleState, newKey: () => string): ConsoleState {
  const overlay = topOverlay(state);
  if (overlay?.kind !== "form") return state;
  const { form, args } = submitted(overlay.form);
  if (args === undefined) return changeOverlay(state, { ...overlay, form });
  return overlay.submit(withoutOverlay(state), { ...overlay, form }, args, newKey());
}

/** The form again, with what the daemon refused; nothing over whatever the person does meanwhile. */
export const reopenForm = (
  state: ConsoleState,
  sheet: FormSheet,
  refusal: Parameters<typeof refuseForm>[1],
): ConsoleState =>
  state.overlays.length > 0 ? state : withOverlay(state, { ...sheet, form: refuseForm(sheet.form, refusal) });
