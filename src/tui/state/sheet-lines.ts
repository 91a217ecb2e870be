import { fit, measured } from "./cells.ts";
import { fieldsOf, focusedField, shownErrors } from "./form.ts";
import type { Field, Form } from "./form.ts";
import { glyphs } from "./glyphs.ts";
import { emptyLine } from "./line-editor.ts";
import type { Sheet } from "./overlays.ts";
import type { Part, StyledLine } from "./part.ts";
import { widthOf } from "./rule.ts";
import type { ConsoleState } from "./state.ts";
import { wrap } from "./wrap.ts";

const labelWidth = 14;
/** What there is to say of the field in focus. */
const noteRows = 2;

/** A line of text with its caret in view, if it has the keys. */
function typedParts(text: string, caret: number, room: number): Part[] {
  const points = [...text];
  const before = points.slice(0, caret).slice(-room);
  while (measured(before.join("")).width > room - 2) before.shift();
  const at = points[caret] ?? " ";
  const rest = Math.max(0, room - measured(before.join("") + at).width);
  const after = points.slice(caret + 1).join("");
  return [
    { text: before.join("") },
    { text: at, tone: "invert" },
    { text: fit(after, Math.min(rest, measured(after).width)) },
  ];
}

function valueParts(field: Field, { values, focus }: Form, room: number): Part[] {
  const value = values[field.id];
  const hasKeys = field.id === focus;
  if (field.kind === "choice")
    return field.choices.map((choice): Part => {
      const isChosen = choice === value;
      return { text: isChosen ? `[${choice}] ` : ` ${choice}  `, tone: isChosen ? "strong" : "dim" };
    });
  if (field.kind === "toggle") return [{ text: value === true ? "[x]" : "[ ]" }];
  const { text, caret } = typeof value === "object" ? value : emptyLine;
  const unset: Part[] = text === "" && field.unset !== undefined ? [{ text: `(${field.unset})`, tone: "dim" }] : [];
  return hasKeys ? [...typedParts(text, caret, room), ...unset] : [{ text }, ...unset];
}

function fieldLine(state: ConsoleState, field: Field, form: Form, error: string | undefined): StyledLine {
  const { marker, ellipsis } = glyphs(state);
  const hasKeys = field.id === form.focus;
  const room = state.size.columns - labelWidth - 4;
  const value = valueParts(field, form, room);
  const left = room - widthOf(value);
  const said: Part[] =
    error !== undefined && left > 4
      ? [{ text: `  ! ${fit(error, Math.min(left - 4, measured(error).width), { ellipsis })}`, tone: "bad" }]
      : [];
  return [
    { text: ` ${hasKeys ? marker : error === undefined ? " " : "!"} `, tone: error === undefined ? "accent" : "bad" },
    { text: fit(field.label, labelWidth), tone: hasKeys ? "strong" : "dim" },
    ...value,
    ...said,
  ];
}

/** A form in exactly so many lines, the field in focus in view; under it how that is written, or what is wrong with it. */
export function formLines(state: ConsoleState, form: Form, height: number): StyledLine[] {
  const fields = fieldsOf(form);
  const errors = shownErrors(form);
  const room = Math.max(1, height - noteRows - 1);
  const at = fields.findIndex(({ id }) => id === form.focus);
  const top = Math.max(0, Math.min(at - Math.floor(room / 2), fields.length - room));
  const lines = fields.slice(top, top + room).map((field) => fieldLine(state, field, form, errors[field.id]));
  const wrong = errors[form.focus] ?? errors["form"];
  const below = fields.length > top + room ? ` ${fields.length - top - room} more below ` : "";
  const note = wrap(wrong ?? focusedField(form)?.hint ?? "", state.size.columns - 4);
  return [
    ...Array.from({ length: room }, (_, row) => lines[row] ?? []),
    [{ text: below, tone: "dim" }],
    ...Array.from({ length: noteRows }, (_, row): StyledLine => [
      { text: `   ${note[row] ?? ""}`, tone: wrong === undefined ? "dim" : "bad" },
    ]),
  ];
}

/** Which of its parts is shown, by name. */
const tabs = ({ parts, index }: Sheet): StyledLine => [
  { text: "  " },
  ...parts.map(({ title }, i): Part => {
    const isShown = i === index;
    return { text: isShown ? `[${title}] ` : ` ${title}  `, tone: isShown ? "strong" : "dim" };
  }),
];

/** The shown part's text, each of its lines on as many as it takes. */
export const sheetText = ({ size }: Pick<ConsoleState, "size">, { parts, index }: Sheet): string[] =>
  (parts[index]?.text ?? "")
    .split("\n")
    .flatMap((line) => (line.trim() === "" ? [""] : wrapWhole(line, size.columns - 4)));

/** Broken where the screen ends, as what is copied from it must be the same. */
function wrapWhole(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const char of text) {
    if (measured(line + char).width > width) {
      lines.push(line);
      line = "";
    }
    line += char;
  }
  return [...lines, line];
}

/** Lines of a sheet's text, of so many in all. */
export const sheetRows = (height: number): number => Math.max(1, height - 4);

/** Something to read and to copy. */
export function sheetLines(state: ConsoleState, sheet: Sheet, height: number): StyledLine[] {
  const text = sheetText(state, sheet).slice(sheet.top, sheet.top + sheetRows(height));
  return [[], tabs(sheet), [], ...text.map((line): StyledLine => [{ text: `  ${line}` }])];
}
