import type { FieldError } from "../../shared/errors.ts";
import { edit, emptyLine } from "./line-editor.ts";
import type { Edit, Line } from "./line-editor.ts";

interface About {
  /** The argument of the command that it becomes, so that a refusal finds its field. */
  id: string;
  label: string;
  /** How it is written, and what it does. */
  hint?: string | undefined;
}

export type Field = About &
  (
    | {
        kind: "text";
        /** What holds while nothing is written. */
        unset?: string | undefined;
      }
    | { kind: "choice"; choices: readonly string[] }
    | { kind: "toggle" }
  );

/** What was given: text as a line with its caret, one of the choices, on or off. */
export type FormValues = Readonly<Record<string, Line | string | boolean>>;

/** What is wrong, by field; under `form` what is about all of it. */
export type FormErrors = Readonly<Record<string, string>>;

export type Reading<Args> = { ok: true; args: Args } | { ok: false; errors: FormErrors };

/** What is asked, and how the answers become a command's arguments. */
export interface FormSpec<Args = unknown> {
  title: string;
  /** The fields that matter, given what is chosen. */
  fields(values: FormValues): readonly Field[];
  read(values: FormValues): Reading<Args>;
}

export interface Form<Args = unknown> {
  spec: FormSpec<Args>;
  values: FormValues;
  /** The id of the field that has the keys. */
  focus: string;
  /** Fields that were written to or left: only of these is told what is wrong. */
  touched: ReadonlySet<string>;
  /** What the daemon refused, each until its field changes. */
  refused: FormErrors;
}

export const textOf = (values: FormValues, id: string): string => {
  const value = values[id];
  return typeof value === "object" ? value.text : typeof value === "string" ? value : "";
};

export const lineOf = (text: string): Line => ({ text, caret: [...text].length });

/** A form that begins with these values, its first field in focus. */
export function openForm<Args>(spec: FormSpec<Args>, values: FormValues): Form<Args> {
  return { spec, values, focus: spec.fields(values)[0]?.id ?? "", touched: new Set(), refused: {} };
}

export const fieldsOf = ({ spec, values }: Form): readonly Field[] => spec.fields(values);

export const focusedField = (form: Form): Field | undefined => fieldsOf(form).find(({ id }) => id === form.focus);

const touch = <Args>(form: Form<Args>, ...ids: string[]): Form<Args> => ({
  ...form,
  touched: new Set([...form.touched, ...ids]),
});

/** To the next field, or to the one before (`by` -1); past the end it begins anew. */
export function moveFocus<Args>(form: Form<Args>, by: number): Form<Args> {
  const ids = fieldsOf(form).map(({ id }) => id);
  const next = ids[(ids.indexOf(form.focus) + by + ids.length) % ids.length];
  return next === undefined ? form : { ...touch(form, form.focus), focus: next };
}

const without = (errors: FormErrors, id: string): FormErrors =>
  Object.fromEntries(Object.entries(errors).filter(([name]) => name !== id && name !== "form"));

function choose(choices: readonly string[], value: string, change: Edit): string {
  if (change.kind === "caret" || (change.kind === "insert" && change.text === " ")) {
    const by = change.kind === "caret" ? Math.sign(change.by) : 1;
    return choices[(choices.indexOf(value) + by + choices.length) % choices.length] ?? value;
  }
  const typed = change.kind === "insert" ? change.text.toLowerCase() : undefined;
  return choices.find((choice) => typed && choice.startsWith(typed)) ?? value;
}

function changed(field: Field, value: FormValues[string] | undefined, change: Edit): FormValues[string] {
  switch (field.kind) {
    case "text":
      return edit(typeof value === "object" ? value : emptyLine, change);
    case "choice":
      return choose(field.choices, String(value), change);
    case "toggle": {
      if (change.kind === "insert" && /^[yn]$/i.test(change.text)) return /y/i.test(change.text);
      return change.kind === "caret" || (change.kind === "insert" && change.text === " ")
        ? value !== true
        : value === true;
    }
  }
}

/** What a key does to the field in focus: text is edited, Space and the arrows go through choices. */
export function typeInto<Args>(form: Form<Args>, change: Edit): Form<Args> {
  const field = focusedField(form);
  if (!field) return form;
  const value = changed(field, form.values[field.id], change);
  const values = { ...form.values, [field.id]: value };
  const isOnlyCaret = field.kind === "text" && change.kind === "caret";
  if (isOnlyCaret) return { ...form, values };
  return { ...touch(form, field.id), values, refused: without(form.refused, field.id) };
}

/** What is wrong and may be told: of what was touched, and what the daemon refused. */
export function shownErrors({ spec, values, touched, refused }: Form): FormErrors {
  const reading = spec.read(values);
  const own = reading.ok ? [] : Object.entries(reading.errors).filter(([id]) => id === "form" || touched.has(id));
  return { ...refused, ...Object.fromEntries(own) };
}

/** The arguments if all is well, else the form with every complaint shown and the first of them in focus. */
export function submit<Args>(form: Form<Args>): { form: Form<Args>; args?: Args } {
  const reading = form.spec.read(form.values);
  if (reading.ok) return { form: { ...form, refused: {} }, args: reading.args };
  const ids = fieldsOf(form).map(({ id }) => id);
  return { form: toFirst(touch(form, ...ids), reading.errors) };
}

const toFirst = <Args>(form: Form<Args>, errors: FormErrors): Form<Args> => ({
  ...form,
  focus: fieldsOf(form).find(({ id }) => errors[id] !== undefined)?.id ?? form.focus,
});

/** The form again, with what the daemon refused beside the fields that it named. */
export function refuseForm<Args>(
  form: Form<Args>,
  { message, errors = [] }: { message: string; errors?: readonly FieldError[] | undefined },
): Form<Args> {
  const ids = new Set(fieldsOf(form).map(({ id }) => id));
  const named = errors.map(({ field, message: why }) => [field.split(".")[0] ?? field, why] as const);
  const found = named.filter(([id]) => ids.has(id));
  const refused = Object.fromEntries(found.length > 0 ? found : [["form", message]]);
  return toFirst({ ...form, refused }, refused);
}
