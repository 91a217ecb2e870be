import { describe, expect, test } from "vitest";
import type { Result } from "../../../shared/api/registry.ts";
import { kindOf, reportOf, startOf, tellingOf } from "./report.ts";

const health = (components: Result<"health.show">["components"]): Result<"health.show"> => ({
  status: "healthy",
  version: "0",
  uptime_seconds: 1,
  components,
  timestamp: "2026-01-05T12:00:00.000Z",
});
const ok = { status: "ok", detail: "fine" } as const;
const full = { status: "degraded", detail: "the disk is\u001b[31m full" } as const;
const well = reportOf(health({ store: ok }));
const unwell = reportOf(health({ store: full, feed: ok, clock: { status: "degraded", detail: "three gaps" } }));

test("a report names what is wrong, cleaned, a line a component", () => {
  expect(well).toEqual({ healthy: true, lines: ["all is well"] });
  expect(unwell).toEqual({ healthy: false, lines: ["store: the disk is full", "clock: three gaps"] });
});

test("the upstream's own trouble isn't reported to it", () => {
  expect(reportOf(health({ upstream: { status: "degraded", detail: "failed" } })).healthy).toBe(true);
});

test.each([
  ["https://hc-ping.com/0b9d1c3e-2f4a-4b5c-8d6e-000000000001", "healthchecks"],
  ["https://hc-ping.com/key/slug", "healthchecks"],
  ["https://checks.example.org/ping/0b9d1c3e-2f4a-4b5c-8d6e-000000000001", "healthchecks"],
  ["https://kuma.example.org/api/push/Abc123?status=up&msg=OK&ping=", "kuma"],
  ["https://kuma.example.org/status/api/push/Abc123", "kuma"],
  ["https://example.org/ping-me", "url"],
  ["https://hc-ping.com.example.org/x", "url"],
])("%s looks like %s", (url, kind) => expect(kindOf(url)).toBe(kind));

describe("what is sent", () => {
  const url = "https://hc-ping.com/u-u/?a=1";
  const run = "0b9d1c3e-2f4a-4b5c-8d6e-00000000000a";
  const push = "https://kuma.example.org/api/push/T?status=up&msg=OK&ping=";

  test("healthchecks.io gets success, failure and start by address, each with a body", () => {
    expect(tellingOf("healthchecks", url, well)).toEqual({ method: "post", url, body: "all is well" });
    expect(tellingOf("healthchecks", url, unwell)).toEqual({
      method: "post",
      url: "https://hc-ping.com/u-u/fail?a=1",
      body: "store: the disk is full\nclock: three gaps",
    });
    expect(startOf("healthchecks", url, run)).toMatchObject({
      method: "post",
      url: `https://hc-ping.com/u-u/start?a=1&rid=${run}`,
    });
    expect([startOf("kuma", push, run), startOf("url", url, run)]).toEqual([undefined, undefined]);
  });
  test("Uptime Kuma gets status, message and the last answer's time in place of those in its URL", () => {
    const query = (told: ReturnType<typeof tellingOf>) => Object.fromEntries(new URL(told?.url ?? "").searchParams);
    expect(query(tellingOf("kuma", push, well, { tookMs: 12.4 }))).toEqual({
      status: "up",
      msg: "all is well",
      ping: "12",
    });
    expect(query(tellingOf("kuma", push, unwell))).toEqual({
      status: "down",
      msg: "store: the disk is full; clock: three gaps",
      ping: "",
    });
  });
  test("a plain URL is fetched when all is well, and only then", () => {
    expect(tellingOf("url", url, well)).toEqual({ method: "get", url });
    expect(tellingOf("url", url, unwell)).toBeUndefined();
  });
  test("a body has at most 10 kB, and ends with a whole character", () => {
    const long = reportOf(health({ store: { status: "degraded", detail: "💥€".repeat(9_000) } }));
    const body = tellingOf("healthchecks", url, long)?.body ?? "";
    expect(Buffer.byteLength(body)).toBeGreaterThan(5_000);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(10_000);
    expect(body.isWellFormed()).toBe(true);
    expect((tellingOf("kuma", push, long)?.url ?? "").length).toBeLessThan(8_000);
  });
});
