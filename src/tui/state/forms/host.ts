import type { ArgsInput } from "../../../shared/api/registry.ts";
import type { Host } from "../../../shared/model.ts";
import { parseDuration, writeDuration } from "../../../shared/time.ts";
import { windowText } from "../../../shared/window-text.ts";
import { lineOf, textOf } from "../form.ts";
import type { Field, FormErrors, FormSpec, FormValues, Reading } from "../form.ts";

type AddArgs = ArgsInput<"host.add">;
type EditArgs = ArgsInput<"host.edit">;

/** What a schema finds wrong, as far as it is put into a person's words here. */
interface Issue {
  code: string;
  path: readonly PropertyKey[];
  message: string;
  origin?: string | undefined;
  minimum?: number | bigint | undefined;
  maximum?: number | bigint | undefined;
}

/** The part of a zod schema that is used: zod itself is loaded when the first form is opened. */
interface Schema {
  safeParse(value: unknown): { data?: unknown; error?: { issues: readonly unknown[] } | undefined };
}

const schedules = { every: "periodMs", cron: "cron", calendar: "calendar" } as const;
const kinds = Object.keys(schedules) as (keyof typeof schedules)[];
const spans = ["periodMs", "graceMs", "firstBeatMs", "earlyMs", "maxRunMs", "minRunMs"] as const;
const lists = ["tags", "parents"] as const;
const isOneOf = <T extends string>(names: readonly T[], name: string): name is T =>
  (names as readonly string[]).includes(name);

const scheduleFields: Record<string, Field> = {
  every: { kind: "text", id: "periodMs", label: "Every", hint: "how often a heartbeat comes: 90s, 5m, 1h30m" },
  cron: { kind: "text", id: "cron", label: "Cron", hint: "minute hour day month weekday: 0 3 * * MON-FRI" },
  calendar: {
    kind: "text",
    id: "calendar",
    label: "Calendar",
    hint: "as after OnCalendar= of systemd: Mon..Fri 08:00",
  },
};
const id: Field = { kind: "text", id: "id", label: "Id", hint: "what it is called by: web01" };
const head: Field[] = [
  { kind: "text", id: "name", label: "Name", unset: "the id", hint: "for people" },
  { kind: "text", id: "tags", label: "Tags", hint: "to filter, silence and tell by: web prod" },
  { kind: "choice", id: "schedule", label: "Expected", choices: kinds, hint: "Space or an arrow for another" },
];
const timetable: Field[] = [
  { kind: "text", id: "zone", label: "Zone", unset: "UTC", hint: "in which the times are: Europe/Berlin" },
  {
    kind: "text",
    id: "earlyMs",
    label: "Early",
    unset: "not at all",
    hint: "how long before its time one counts: 10m",
  },
];
const tail: Field[] = [
  { kind: "text", id: "graceMs", label: "Grace", hint: "how late it may be before the host is down: 2m" },
  {
    kind: "text",
    id: "window",
    label: "Window",
    unset: "as it is",
    hint: "when it is watched: always, business_hours, Mon-Fri 08:00-18:00 Europe/Berlin",
  },
  {
    kind: "text",
    id: "firstBeatMs",
    label: "First within",
    unset: "a day, or its first time",
    hint: "how long the first heartbeat may take",
  },
  { kind: "text", id: "maxRunMs", label: "Longest run", unset: "any", hint: "a run that takes longer takes it down" },
  { kind: "text", id: "minRunMs", label: "Shortest run", unset: "any", hint: "a run that ends sooner has failed" },
  {
    kind: "text",
    id: "parents",
    label: "Behind",
    unset: "nothing",
    hint: "hosts it can't be reached without, or @internet",
  },
  { kind: "text", id: "notes", label: "Notes", unset: "none", hint: "what to know of it; \\n begins a new line" },
];

const fieldsFor = (values: FormValues): Field[] => {
  const kind = textOf(values, "schedule");
  return [
    ...head,
    ...(scheduleFields[kind] ? [scheduleFields[kind]] : []),
    ...(kind === "every" ? [] : timetable),
    ...tail,
  ];
};

const isMissing = "it is needed";

/** One field as its command takes it; what can't be read is refused in words. */
function readField(name: string, text: string): { value?: unknown; error?: string } {
  if (name === "notes") return { value: text.replaceAll("\\n", "\n") };
  if (isOneOf(lists, name)) return { value: text.split(/[\s,]+/).filter(Boolean) };
  if (!isOneOf(spans, name)) return { value: text };
  const spanMs = parseDuration(text);
  return spanMs === undefined ? { error: "write a span such as 90s, 5m or 1h30m" } : { value: spanMs };
}

/** The fields that are shown and filled in, by argument. */
function readAll(
  fields: readonly Field[],
  values: FormValues,
): { args: Record<string, unknown>; errors: Record<string, string> } {
  const args: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const { id: name } of fields) {
    const text = textOf(values, name).trim();
    if (name === "schedule" || text === "") continue;
    const { value, error } = readField(name, text);
    if (error === undefined) args[name] = value;
    else errors[name] = error;
  }
  return { args, errors };
}

/** What a schema found, in words; of a list, which of it. */
function sayIssue({ code, path, message, origin, minimum, maximum }: Issue, args: Record<string, unknown>): string {
  const [name, place] = path;
  const bound = code === "too_small" ? minimum : code === "too_big" ? maximum : undefined;
  const isSpan = isOneOf(spans, String(name));
  if (bound !== undefined) {
    const unit = origin === "string" ? " characters" : "";
    return `at ${code === "too_small" ? "least" : "most"} ${isSpan ? writeDuration(Number(bound)) : `${bound}${unit}`}`;
  }
  const list = args[String(name)];
  return Array.isArray(list) && typeof place === "number" ? `${list[place]}: ${message}` : message;
}

function schemaErrors(schema: Schema, args: Record<string, unknown>): FormErrors {
  const { error } = schema.safeParse(args);
  const issues = (error?.issues ?? []) as readonly Issue[];
  // The first complaint about a field is enough.
  return Object.fromEntries(issues.toReversed().map((issue) => [String(issue.path[0]), sayIssue(issue, args)]));
}

/** Rules about several fields, and about other hosts. */
function otherErrors(
  values: FormValues,
  { minRunMs = 0, maxRunMs = Infinity, parents = [] }: Partial<EditArgs>,
  hosts: ReadonlyMap<string, unknown>,
): Record<string, string> {
  const errors: Record<string, string> = {};
  const kind = kinds.find((one) => one === textOf(values, "schedule")) ?? "every";
  if (textOf(values, schedules[kind]).trim() === "") errors[schedules[kind]] = isMissing;
  if (minRunMs > maxRunMs) errors["minRunMs"] = "longer than the longest run: every run would fail";
  const unknown = parents.find((parent) => parent !== "@internet" && !hosts.has(parent));
  if (unknown !== undefined) errors["parents"] = `there is no host ${unknown}`;
  return errors;
}

const reading = <Args>(args: Record<string, unknown>, errors: FormErrors): Reading<Args> =>
  Object.keys(errors).length === 0 ? { ok: true, args: args as Args } : { ok: false, errors };

/** What the forms need that is loaded with zod. */
export interface HostSchemas {
  add: Schema;
  edit: Schema;
}

/** Loaded when the first form is opened: the console's first frame does without zod. */
export async function loadHostSchemas(): Promise<HostSchemas> {
  const { hostAdd, hostEdit } = await import("../../../shared/api/host.ts");
  return { add: hostAdd.args, edit: hostEdit.args };
}

/** What a form for a new host begins with. */
export const newHostValues: FormValues = {
  ...Object.fromEntries(
    [id, ...head, ...Object.values(scheduleFields), ...timetable, ...tail].map((field) => [field.id, lineOf("")]),
  ),
  schedule: "every",
  periodMs: lineOf("5m"),
  graceMs: lineOf("1m"),
  window: lineOf("always"),
};

/** A new host. `hosts` are those there are, by id. */
export const addHostForm = (schemas: HostSchemas, hosts: ReadonlyMap<string, unknown>): FormSpec<AddArgs> => ({
  title: "Add a host",
  fields: (values) => [id, ...fieldsFor(values)],
  read(values) {
    const { args, errors } = readAll([id, ...fieldsFor(values)], values);
    const given = String(args["id"] ?? "");
    return reading(args, {
      ...schemaErrors(schemas.add, args),
      ...otherErrors(values, args, hosts),
      ...(given === "" ? { id: isMissing } : hosts.has(given) ? { id: `${given} is there already` } : {}),
      ...errors,
    });
  },
});

/** A window in words; none if they can't say all of it. */
function sayWindow(window: Host["window"], { edit }: HostSchemas): string {
  const words = windowText(window);
  const { data } = edit.safeParse({ id: "a", window: words }) as { data?: { window: unknown } };
  return JSON.stringify(data?.window) === JSON.stringify(window) ? words : "";
}

/** A host as its form shows it. A window that words can't say is left empty, and as it is. */
export function hostValues(host: Host, schemas: HostSchemas): FormValues {
  const { name, notes = "", tags, parents = [], cron = "", calendar = "", zone = "" } = host;
  const texts = {
    name,
    notes: notes.replaceAll("\n", "\\n"),
    tags: tags.join(" "),
    parents: parents.join(" "),
    cron,
    calendar,
    zone,
  };
  const spanTexts = spans.map((span) => [span, host[span] === undefined ? "" : writeDuration(host[span])]);
  return {
    ...Object.fromEntries(
      [...Object.entries(texts), ...spanTexts].map(([field = "", text = ""]) => [field, lineOf(text)]),
    ),
    window: lineOf(sayWindow(host.window, schemas)),
    schedule: kinds.find((kind) => host[schedules[kind]] !== undefined) ?? "every",
  };
}

/** What stands for a field that was emptied, and which of them are taken away; `graceMs` and `firstBeatMs` must stay. */
const emptied = (hostId: string): Record<string, unknown> => ({
  name: hostId,
  tags: [],
  zone: "UTC",
  window: "always",
});
const unsettable = ["earlyMs", "maxRunMs", "minRunMs", "parents", "notes"] as const;

/** Changes to a host: only what was written anew is sent. */
export function editHostForm(
  schemas: HostSchemas,
  hostId: string,
  host: Host,
  hosts: ReadonlyMap<string, unknown>,
): FormSpec<EditArgs> {
  const before = hostValues(host, schemas);
  return {
    title: `Edit ${hostId}`,
    fields: fieldsFor,
    read(values) {
      const fields = fieldsFor(values);
      const { args, errors } = readAll(fields, values);
      const isShown = (name: string): boolean => fields.some((field) => field.id === name);
      const isChanged = (name: string): boolean => textOf(values, name).trim() !== textOf(before, name);
      const isEmptied = (name: string): boolean => isChanged(name) && textOf(values, name).trim() === "";
      const unset = unsettable.filter((name) => (isShown(name) ? isEmptied(name) : host[name] !== undefined));
      const kept = Object.entries({ ...emptied(hostId), ...args }).filter(([name]) => isShown(name) && isChanged(name));
      const needed = (["graceMs", "firstBeatMs"] as const).filter(isEmptied);
      const edit = { id: hostId, ...Object.fromEntries(kept), ...(unset.length > 0 && { unset }) };
      return reading(edit, {
        ...schemaErrors(schemas.edit, edit),
        ...otherErrors(values, args, hosts),
        ...Object.fromEntries(needed.map((name) => [name, isMissing])),
        ...errors,
      });
    },
  };
}
