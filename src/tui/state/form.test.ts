import { describe, expect, test } from "vitest";
import { fc } from "../../../tests/support/property.ts";
import {
  fieldsOf,
  focusedField,
  lineOf,
  moveFocus,
  openForm,
  refuseForm,
  shownErrors,
  submit,
  textOf,
  typeInto,
} from "./form.ts";
import type { Field, FormSpec } from "./form.ts";
import { emptyLine } from "./line-editor.ts";
import type { Edit } from "./line-editor.ts";

const fields: Field[] = [
  { kind: "text", id: "id", label: "Id" },
  { kind: "choice", id: "schedule", label: "Expected", choices: ["every", "cron"] },
  { kind: "text", id: "cron", label: "Cron" },
  { kind: "toggle", id: "paused", label: "Paused" },
];
const spec: FormSpec<{ id: string }> = {
  title: "A host",
  fields: (values) => fields.filter(({ id }) => id !== "cron" || values["schedule"] === "cron"),
  read: (values) =>
    textOf(values, "id") === ""
      ? { ok: false, errors: { id: "give it a name" } }
      : { ok: true, args: { id: textOf(values, "id") } },
};
const opened = openForm(spec, { id: emptyLine, schedule: "every", cron: emptyLine, paused: false });
const insert = (text: string): Edit => ({ kind: "insert", text });
const right: Edit = { kind: "caret", by: 1 };

describe("the focus", () => {
  test("goes through the fields that matter, round and round", () => {
    const places = [1, 1, 1, -1].map((_by, i, moves) =>
      moves.slice(0, i + 1).reduce(moveFocus<{ id: string }>, opened),
    );
    expect(places.map(({ focus }) => focus)).toEqual(["schedule", "paused", "id", "paused"]);
  });
  test("reaches a field that another one's choice brought", () => {
    const chosen = moveFocus(typeInto(moveFocus(opened, 1), right), 1);
    expect(focusedField(chosen)?.id).toBe("cron");
  });
});

describe("keys", () => {
  test("text is edited where the caret is", () => {
    const form = [insert("wb"), { kind: "caret", by: -1 } as const, insert("e")].reduce(typeInto, opened);
    expect(form.values["id"]).toEqual({ text: "web", caret: 2 });
  });
  test.each<[string, Edit, unknown]>([
    ["Space", insert(" "), "cron"],
    ["an arrow", right, "cron"],
    ["an arrow past the first", { kind: "caret", by: -1 }, "cron"],
    ["its first letter", insert("c"), "cron"],
    ["another letter", insert("x"), "every"],
  ])("%s goes through choices", (_key, change, value) => {
    expect(typeInto(moveFocus(opened, 1), change).values["schedule"]).toBe(value);
  });
  test.each<[Edit, boolean]>([
    [insert(" "), true],
    [right, true],
    [insert("y"), true],
    [insert("n"), false],
    [insert("x"), false],
  ])("%j on a toggle", (change, value) => {
    expect(typeInto(moveFocus(opened, -1), change).values["paused"]).toBe(value);
  });
});

describe("what is wrong", () => {
  test("isn't told before a field was written to or left", () => {
    expect(shownErrors(opened)).toEqual({});
    expect(shownErrors(moveFocus(opened, 1))).toEqual({ id: "give it a name" });
    expect(shownErrors(typeInto(typeInto(opened, insert("a")), { kind: "backspace" }))).toEqual({
      id: "give it a name",
    });
  });
  test("keeps it from being sent, and has the focus", () => {
    const { form, args } = submit(moveFocus(moveFocus(opened, 1), 1));
    expect({ args, focus: form.focus, errors: shownErrors(form) }).toEqual({
      args: undefined,
      focus: "id",
      errors: { id: "give it a name" },
    });
    expect(submit(typeInto(form, insert("web01"))).args).toEqual({ id: "web01" });
  });
  test("is said where the daemon refused it, until that field changes", () => {
    const sent = typeInto(opened, insert("web01"));
    const refused = refuseForm(moveFocus(sent, 1), { message: "no", errors: [{ field: "id.0", message: "taken" }] });
    expect([refused.focus, shownErrors(refused)]).toEqual(["id", { id: "taken" }]);
    expect(shownErrors(typeInto(refused, right))).toEqual({ id: "taken" });
    expect(shownErrors(typeInto(refused, insert("b")))).toEqual({});
  });
  test("is said of all of it where the daemon named no field of the form", () => {
    const refused = refuseForm(opened, { message: "the disk is full", errors: [{ field: "other", message: "?" }] });
    expect(shownErrors(refused)).toEqual({ form: "the disk is full" });
    expect(shownErrors(typeInto(refused, insert("a")))).toEqual({});
  });
});

test("whatever is typed, one field that matters has the keys, and what was written is sent", () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.constantFrom<Edit | number>(1, -1, right, { kind: "backspace" }, { kind: "clear" }),
          fc.string({ maxLength: 3 }).map(insert),
        ),
      ),
      (keys) => {
        const form = keys.reduce(
          (one, key) => (typeof key === "number" ? moveFocus(one, key) : typeInto(one, key)),
          opened,
        );
        expect(fieldsOf(form).map(({ id }) => id)).toContain(form.focus);
        const id = textOf(form.values, "id");
        expect(submit(form).args).toEqual(id === "" ? undefined : { id });
      },
    ),
  ));

test("a line that begins with text has its caret at the end", () => {
  expect(lineOf("a😀")).toEqual({ text: "a😀", caret: 2 });
});
