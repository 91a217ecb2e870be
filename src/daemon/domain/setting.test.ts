import { beforeEach, describe, expect, test } from "vitest";
import { createWorld, person } from "../../../tests/support/world.ts";
import { HOUR, MINUTE } from "../../shared/time.ts";
import { type Configured, configure, listSettings, resetSetting, setSetting, setUpstream } from "./setting.ts";
import { defaultSettings, settingOf } from "./surroundings.ts";

const monday = Date.UTC(2026, 0, 5);
const at = (hours: number, minutes = 0): number => monday + hours * HOUR + minutes * MINUTE;
let world: ReturnType<typeof createWorld>;
const start = (configured: Configured) => world.run((state, context) => configure(state, configured, context));
const set = (name: "businessHours" | "pingBody", value: unknown) =>
  world.run((state, context) => setSetting(state, { name, value: value as never }, context));
const reset = (name: "businessHours" | "pingBody" | "upstream") =>
  world.run((state, context) => resetSetting(state, { name }, context));
const hours = () => settingOf(world.state, "businessHours");
const due = () => world.state.get("beat", "web01")?.value.dueAt;

beforeEach(() => {
  world = createWorld(at(17, 55));
  world.add({ id: "web01", periodMs: 10 * MINUTE, window: { kind: "business_hours" } });
  world.beat({ host: "web01" });
});

describe("what the daemon is configured with", () => {
  test("rules over the default, and what is set at run time over that; each falls back to the one below", () => {
    start({ businessHours: { end: "20:00" } });
    expect(hours()).toEqual({ ...defaultSettings.businessHours, end: "20:00" });
    set("businessHours", { ...defaultSettings.businessHours, end: "22:00" });
    expect(hours().end).toBe("22:00");
    start({ businessHours: { end: "21:00" } });
    expect(hours().end).toBe("22:00");
    expect(reset("businessHours")).toMatchObject({ value: { value: { end: "21:00" }, isDefault: false } });
    expect(hours().end).toBe("21:00");
    start({});
    expect(hours()).toEqual(defaultSettings.businessHours);
  });
  test("moves deadlines in the same commit, there and back", () => {
    expect(due()).toBe(at(24 + 8, 10));
    const { rev } = world.state;
    start({ businessHours: { end: "20:00" } });
    expect([due(), world.state.rev]).toEqual([at(18, 5), rev + 1]);
    start({ businessHours: { end: "20:00" }, holidays: [{ date: "01-06", name: "Epiphany" }] });
    start({ holidays: [{ date: "01-06", name: "Epiphany" }] });
    expect(due()).toBe(at(48 + 8, 10));
    start({});
    expect(due()).toBe(at(24 + 8, 10));
  });
  test("moves nothing under a setting of the run time", () => {
    set("businessHours", defaultSettings.businessHours);
    start({ businessHours: { end: "20:00" } });
    expect(due()).toBe(at(24 + 8, 10));
    reset("businessHours");
    expect(due()).toBe(at(18, 5));
  });
  test("is kept only where it differs from the start before", () => {
    const said: Configured = { pingBody: { keep: "last" }, upstream: { enabled: false, kind: undefined } };
    start(said);
    const { rev } = world.state;
    start(said);
    expect(world.state.rev).toBe(rev);
    expect(settingOf(world.state, "upstream")).toEqual(defaultSettings.upstream);
    expect(listSettings(world.state).items.map(({ name, isDefault }) => [name, isDefault])).toEqual([
      ["businessHours", true],
      ["holidays", true],
      ["pingBody", false],
      ["upstream", false],
      ["backup", true],
      ["retention", true],
      ["line", true],
      ["logs", true],
      ["model", true],
      ["limits", true],
    ]);
  });
  test("is refused by name if a host would never be due", () => {
    world.add({ id: "noon", cron: "0 12 * * *", window: { kind: "business_hours" } });
    const { rev } = world.state;
    expect(start({ businessHours: { start: "16:00" }, pingBody: { keep: "last" } })).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^businessHours.*: no heartbeat of noon would ever be due/),
    });
    expect(world.state.rev).toBe(rev);
  });
  test("bars the way back from a setting of the run time if a host would never be due by it", () => {
    start({ businessHours: { start: "16:00" } });
    set("businessHours", defaultSettings.businessHours);
    world.add({ id: "noon", cron: "0 12 * * *", window: { kind: "business_hours" } });
    expect(reset("businessHours")).toMatchObject({ ok: false, errors: [{ field: "value" }] });
  });
});

test("an upstream is changed in what is given, and shows what its URL may show", () => {
  const change = (args: object, url?: string) =>
    world.run((state, { now }) => setUpstream(state, args, { now, by: person, ...(url ? { url } : {}) }));
  expect(change({ url: "https://a.example/s3cret", enabled: true }, "https://a.example/…")).toMatchObject({
    value: { enabled: true, periodMs: 5 * MINUTE, url: "https://a.example/…" },
  });
  expect(change({ periodMs: MINUTE, enabled: undefined })).toMatchObject({
    value: { enabled: true, periodMs: MINUTE, url: null },
  });
  expect(settingOf(world.state, "upstream")).toEqual({ enabled: true, periodMs: MINUTE });
  expect(reset("upstream")).toMatchObject({ value: { value: defaultSettings.upstream, isDefault: true } });
});
