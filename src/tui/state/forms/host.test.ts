import { describe, expect, test } from "vitest";
import { aHost } from "../../../../tests/support/console-state.ts";
import { fc } from "../../../../tests/support/property.ts";
import type { Host } from "../../../shared/model.ts";
import { hostSchema } from "../../../shared/model.ts";
import { DAY, HOUR, MINUTE, parseDuration, SECOND, writeDuration } from "../../../shared/time.ts";
import { lineOf } from "../form.ts";
import type { FormValues } from "../form.ts";
import { addHostForm, editHostForm, hostValues, loadHostSchemas, newHostValues } from "./host.ts";

const schemas = await loadHostSchemas();
const hosts = new Map<string, unknown>([["db01", {}]]);
const add = addHostForm(schemas, hosts);
const written = (texts: Record<string, string>): FormValues =>
  Object.fromEntries(Object.entries(texts).map(([id, text]) => [id, id === "schedule" ? text : lineOf(text)]));
const adding = (texts: Record<string, string>) => add.read({ ...newHostValues, ...written(texts) });

describe("a new host", () => {
  test("needs an id alone", () => {
    const args = { id: "web01", periodMs: 5 * MINUTE, graceMs: MINUTE, window: "always" };
    expect(adding({ id: "web01" })).toEqual({ ok: true, args });
  });
  test("is read as people write it", () => {
    const texts = {
      id: " web01 ",
      name: "Shop",
      tags: "web, prod",
      schedule: "cron",
      cron: "0 3 * * *",
      zone: "Europe/Berlin",
      earlyMs: "10m",
      graceMs: "1h30m",
      window: "Mon-Fri 08:00-18:00",
      firstBeatMs: "2d",
      maxRunMs: "90",
      minRunMs: "5s",
      parents: "db01 @internet",
    };
    expect(adding(texts)).toEqual({
      ok: true,
      args: {
        id: "web01",
        name: "Shop",
        tags: ["web", "prod"],
        cron: "0 3 * * *",
        zone: "Europe/Berlin",
        earlyMs: 10 * MINUTE,
        graceMs: 90 * MINUTE,
        window: "Mon-Fri 08:00-18:00",
        firstBeatMs: 2 * DAY,
        maxRunMs: 90 * SECOND,
        minRunMs: 5 * SECOND,
        parents: ["db01", "@internet"],
      },
    });
  });
  test("is asked for what goes with its schedule only", () => {
    const shown = (schedule: string) => add.fields({ ...newHostValues, schedule }).map(({ id }) => id);
    expect(shown("every")).toEqual(expect.arrayContaining(["periodMs"]));
    expect(shown("every")).not.toEqual(expect.arrayContaining(["zone"]));
    expect(shown("calendar")).toEqual(expect.arrayContaining(["calendar", "zone", "earlyMs"]));
    expect(adding({ id: "a", schedule: "calendar", calendar: "daily", periodMs: "x" })).toMatchObject({ ok: true });
  });
});

test.each<[string, Record<string, string>, string]>([
  ["id", { id: "" }, "it is needed"],
  ["id", { id: "Web 01" }, "use 1 to 64 of a-z 0-9 . _ -, starting with a letter or digit"],
  ["id", { id: "db01" }, "db01 is there already"],
  ["tags", { tags: "web Prod" }, "Prod: use 1 to 64 of a-z 0-9 . _ -, starting with a letter or digit"],
  ["name", { name: "x".repeat(129) }, "at most 128 characters"],
  ["periodMs", { periodMs: "often" }, "write a span such as 90s, 5m or 1h30m"],
  ["periodMs", { periodMs: "10ms" }, "at least 1s"],
  ["graceMs", { graceMs: "400d" }, "at most 366d"],
  ["periodMs", { periodMs: " " }, "it is needed"],
  ["cron", { schedule: "cron" }, "it is needed"],
  ["calendar", { schedule: "calendar", calendar: "Someday" }, `"Someday" isn't a`],
  ["cron", { schedule: "cron", cron: "0 3 31 2 *" }, "this never comes"],
  ["zone", { schedule: "cron", cron: "@daily", zone: "Berlin" }, "use the name of a time zone"],
  ["window", { window: "sometimes" }, 'write "always"'],
  ["minRunMs", { minRunMs: "2m", maxRunMs: "1m" }, "longer than the longest run"],
  ["notes", { notes: "x".repeat(2_001) }, "at most 2000 characters"],
  ["parents", { parents: "db01 gone" }, "there is no host gone"],
])("%s is refused: %j", (field, texts, message) => {
  const reading = adding({ id: "web01", ...texts });
  expect(reading.ok ? {} : reading.errors).toEqual({ [field]: expect.stringContaining(message) });
});

describe("an edit", () => {
  const cron = aHost({ name: "Shop", cron: "0 3 * * *", zone: "Europe/Berlin", earlyMs: MINUTE, parents: ["db01"] });
  const { periodMs: _period, ...timed } = cron;
  const editing = (host: Host, texts: Record<string, string>) => {
    const { read } = editHostForm(schemas, "web01", host, hosts);
    return read({ ...hostValues(host, schemas), ...written(texts) });
  };
  const args = (rest: object) => ({ ok: true, args: { id: "web01", ...rest } });

  test("sends what is written anew", () => {
    expect(editing(timed, { graceMs: "3m" })).toEqual(args({ graceMs: 3 * MINUTE }));
    expect(editing(timed, { tags: "prod", cron: "@daily" })).toEqual(args({ tags: ["prod"], cron: "@daily" }));
  });
  test("takes away what is emptied, or puts in its place what goes without saying", () => {
    const emptied = { name: "", tags: "", zone: "", earlyMs: "", parents: "" };
    expect(editing({ ...timed, tags: ["web"] }, emptied)).toEqual(
      args({ name: "web01", tags: [], zone: "UTC", unset: ["earlyMs", "parents"] }),
    );
    expect(editing(timed, { graceMs: "" })).toEqual({ ok: false, errors: { graceMs: "it is needed" } });
  });
  test("of the schedule takes away what doesn't go with the new one", () => {
    expect(editing(timed, { schedule: "every", periodMs: "1h" })).toEqual(args({ periodMs: HOUR, unset: ["earlyMs"] }));
    expect(editing(timed, { schedule: "every" })).toMatchObject({ errors: { periodMs: "it is needed" } });
  });
  test("has notes on one line, where \\\\n begins a new one", () => {
    const noted = aHost({ notes: "shop\ncall ada" });
    expect(hostValues(noted, schemas)["notes"]).toEqual(lineOf("shop\\ncall ada"));
    expect(editing(noted, {})).toEqual(args({}));
    expect(editing(noted, { notes: "shop\\n\\ncall bob" })).toEqual(args({ notes: "shop\n\ncall bob" }));
    expect(editing(noted, { notes: "" })).toEqual(args({ unset: ["notes"] }));
  });
  test("leaves a window alone that words can't say", () => {
    const range = { days: [1], start: "08:00", end: "18:00" };
    const cronned = { expression: "0 3 * * *", durationMs: HOUR };
    const host = aHost({ window: { kind: "custom", zone: "UTC", ranges: [range], cron: [cronned] } });
    expect(hostValues(host, schemas)["window"]).toEqual(lineOf(""));
    expect(editing(host, {})).toEqual(args({}));
    expect(editing(host, { window: "always" })).toEqual(args({ window: "always" }));
  });
});

const spanMs = fc.integer({ min: 0, max: 366 * DAY });

test("a span is read as it is written", () =>
  fc.assert(
    fc.property(spanMs, (ms) => {
      expect(parseDuration(writeDuration(ms))).toBe(ms);
    }),
  ));

test("a host that is opened and sent again stays as it is", () =>
  fc.assert(
    fc.property(
      fc.record({
        graceMs: spanMs,
        maxRunMs: fc.option(
          spanMs.filter((ms) => ms >= SECOND),
          { nil: undefined },
        ),
        minRunMs: fc.constantFrom(undefined, 0, 500),
        tags: fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,8}$/), { maxLength: 4 }),
        window: fc.constantFrom<Host["window"]>({ kind: "always" }, { kind: "business_hours" }),
      }),
      (values) => {
        const host = hostSchema.parse({ ...aHost(), ...values });
        const form = editHostForm(schemas, "web01", host, hosts);
        expect(form.read(hostValues(host, schemas))).toEqual({ ok: true, args: { id: "web01" } });
      },
    ),
  ));
