import { expect, test } from "vitest";
import { alertShow } from "../shared/api/alert.ts";
import { HOUR, MINUTE } from "../shared/time.ts";
import { sayAlert } from "./alert.ts";

const at = Date.UTC(2026, 10, 22, 12);
const alert = {
  id: "a42",
  key: "heartbeat:web01",
  type: "heartbeat",
  severity: "critical",
  state: "firing",
  title: "web01 is down",
  reason: "no heartbeat for \u001b[31m7m",
  raisedAt: at,
  lastAt: at,
  count: 1,
  deliveries: [],
};
const say = (value: object, now = at + HOUR): string => sayAlert(alertShow, value, now);

test("an alert is said with what holds it back, what happened, and to whom it was told", () => {
  const held = { heldBy: "snoozed by ada", heldUntil: at + 2 * HOUR, hiddenBy: "a41" };
  const deeds = [{ at: at + MINUTE, by: "ada", did: "snoozed it for 2h", comment: "later" }];
  const told = { alert: "a42", event: "raised", createdAt: at, attempts: 2 };
  const deliveries = [
    { ...told, id: "a42/ops/raised", channel: "ops", state: "sent", sentAt: at + 5_000 },
    { ...told, id: "a42/mail/raised", channel: "mail", state: "failed", error: "refused the connection" },
  ];
  expect(say({ ...alert, ...held, host: "web01", count: 3, hides: 2, assignee: "ada", deeds, deliveries })).toBe(
    [
      "alert      a42, critical, firing",
      "title      web01 is down",
      "host       web01",
      "reason     no heartbeat for 7m",
      "since      2026-11-22 12:00:00 UTC, 1h ago, 3 times",
      "taken by   ada",
      "held back  snoozed by ada until 2026-11-22 14:00:00 UTC (a41)",
      "explains   2 others",
      "",
      "WHEN                     WHAT",
      '2026-11-22 12:01:00 UTC  ada snoozed it for 2h: "later"',
      "2026-11-22 12:00:00 UTC  raised",
      "2026-11-22 12:00:00 UTC  again, 3 times by now: no heartbeat for 7m",
      "",
      "TOLD                     CHANNEL  OF      RESULT  TRIES  ERROR",
      "2026-11-22 12:00:05 UTC  ops      raised  sent    2",
      "2026-11-22 12:00:00 UTC  mail     raised  failed  2      refused the connection",
    ].join("\n"),
  );
});

test("one that is over says how long it took, and nothing of what had held it back", () => {
  const over = {
    state: "resolved",
    heldBy: "quiet hours",
    resolvedAt: at + 90 * MINUTE,
    resolution: "heartbeat in time",
  };
  const said = say({ ...alert, ...over });
  expect(said).toContain("over after 1h 30m");
  expect(said).toContain("resolved: heartbeat in time");
  expect(said).not.toContain("quiet hours");
  expect(said).toMatch(/\n\nNobody was told of it\.$/);
});

test("a hold whose end nobody knows is said without one", () =>
  expect(say({ ...alert, heldBy: "told once the line is back" })).toContain("held back  told once the line is back\n"));
