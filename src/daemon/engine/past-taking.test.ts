import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createFakeClock } from "../../../tests/support/fake-clock.ts";
import { admin, createTestEngine } from "../../../tests/support/engine.ts";
import { DAY, HOUR } from "../../shared/time.ts";
import { openJsonStore } from "../store/json/json-store.ts";
import { createEngine, type Engine } from "./engine.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const today = Math.floor(NOW / DAY);
const clock = createFakeClock(NOW);
let folder: string;
let engine: Engine;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-past-"));
  const store = await openJsonStore({ folder, clock, newInstance: () => "one", onFatal: () => {} });
  const mint = () => ({ secrets: { token: "t" }, hashes: [] }) as never;
  engine = createEngine({ store, clock, mint, publicUrl: () => "", health: () => ({}) as never });
  for (const id of ["web01", "db01"])
    await store.commit(store.state.rev, {
      at: NOW,
      by: "test",
      changes: [{ kind: "host", id, value: { name: id, tags: [] } as never }],
    });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
});
const take = async (args: object) => engine.execute("past.take", args, admin);
const taken = (taken: number, there: number) => ({ ok: true, value: { taken, there } });
const beats = (day: number, ...hosts: string[]) => ({
  heartbeats: { day, hosts: hosts.map((host) => ({ host, ok: [HOUR, 2 * HOUR], fail: [] })) },
});
const alert = { at: NOW - 3 * DAY, nth: 0, type: "down", severity: "critical", title: "t", reason: "" };
const analysis = { host: "web01", at: NOW - 3 * DAY, severity: "info", text: "all quiet" };

describe("another monitor's past is taken", () => {
  test("once: a host's day that is there stays, and others come beside it", async () => {
    expect(await take(beats(today - 2, "web01"))).toEqual(taken(1, 0));
    expect(await take(beats(today - 2, "web01", "db01"))).toEqual(taken(1, 1));
    const { value } = (await engine.execute("host.history", { id: "db01" }, admin)) as { value: { ok: number } };
    expect(value.ok).toBe(2);
  });

  test("alerts and analyses once, and lists page into them", async () => {
    const more = Array.from({ length: 3 }, (_, nth) => ({ ...alert, nth }));
    expect(await take({ alerts: more.slice(1), analyses: [analysis] })).toEqual(taken(3, 0));
    expect(await take({ alerts: more, analyses: [analysis, { ...analysis, host: "db01" }] })).toEqual(taken(2, 3));
    expect(await engine.execute("alert.list", { limit: 2 }, admin)).toMatchObject({
      value: { items: [{ state: "resolved" }, {}], next: expect.any(String) },
    });
    const { value } = (await engine.execute("logs.list", {}, admin)) as { value: { items: { id: string }[] } };
    expect(value.items.map(({ id }) => id)).toEqual(["20261120t120000000-web01", "20261120t120000000-db01"]);
    expect(await engine.execute("logs.show", { id: value.items[0]?.id }, admin)).toMatchObject({
      value: { found: [{ why: "all quiet" }] },
    });
  });

  test("and the days that are our own go on from their own commits", async () => {
    await take(beats(today - 1, "web01"));
    const file = join(folder, "history", `${new Date(NOW - DAY).toISOString().slice(0, 10)}.ndjson`);
    const written = readFileSync(file, "utf8");
    await engine.store.history?.follow(NOW + DAY);
    expect(await engine.store.history?.firstDay(NOW + 5 * DAY)).toBe(today);
    expect(readFileSync(file, "utf8")).toBe(written);
  });

  test("but a damaged day stays as it is", async () => {
    await take(beats(today - 1, "web01"));
    const file = join(folder, "history", `${new Date(NOW - DAY).toISOString().slice(0, 10)}.ndjson`);
    writeFileSync(file, "damaged");
    expect(await take(beats(today - 1, "web01", "db01"))).toEqual(taken(0, 2));
    expect(readFileSync(file, "utf8")).toBe("damaged");
  });

  test.each([
    [beats(today, "web01"), /heartbeats\.day/],
    [beats(today - 401, "web01"), /heartbeats\.day/],
    [beats(today - 1, "nobody"), /nobody/],
    [{ alerts: [{ ...alert, host: "nobody" }] }, /nobody/],
    [{ alerts: [{ ...alert, at: NOW - 91 * DAY }] }, /alerts/],
    [{ alerts: [{ ...alert, at: NOW + 1 }] }, /alerts/],
    [{ alerts: [{ ...alert, resolvedAt: alert.at - 1 }] }, /alerts/],
    [{ analyses: [{ ...analysis, at: NOW - 61 * DAY }] }, /analyses/],
    [{ analyses: [{ ...analysis, at: NOW + 1 }] }, /analyses/],
    [{ heartbeats: { day: 1, hosts: [{ host: "web01", ok: [DAY], fail: [] }] } }, /ok/],
  ])("not %j", async (args, message) => {
    expect(await take(args)).toMatchObject({ ok: false, message: expect.stringMatching(message) as string });
  });

  test("nor where no history is kept", async () => {
    const { engine: forgetful } = createTestEngine();
    expect(await forgetful.execute("past.limits", {}, admin)).toMatchObject({ code: "unavailable" });
    expect(await forgetful.execute("past.take", {}, admin)).toMatchObject({ code: "unavailable" });
  });
});
