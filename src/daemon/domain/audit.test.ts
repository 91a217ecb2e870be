import { describe, expect, test } from "vitest";
import { auditItem } from "./audit.ts";
import type { Change, Commit } from "./state.ts";

const AT = 1_800_000_000_000;
const silence: Change = { kind: "silence", id: "s1", removed: true };
const status: Change = { kind: "status", id: "web01", value: { state: "paused", since: AT, reason: "" } };
const finding = { kind: "finding", id: "f1", value: { host: "web01" } } as Change;
const commit = (more: Partial<Commit> = {}): Commit => ({
  rev: 7,
  at: AT,
  by: "ada",
  via: { command: "silence.remove", from: "192.0.2.7", token: "t-1" },
  changes: [silence],
  ...more,
});

describe("a command in the audit", () => {
  test("says who changed what, when, from where and by which command, and no value", () => {
    const changes = [silence, status, { kind: "receipt", id: "r", value: { at: AT, args: "", value: null } } as Change];
    expect(auditItem(commit({ changes }), {})).toEqual({
      rev: 7,
      at: AT,
      by: "ada",
      token: "t-1",
      from: "192.0.2.7",
      command: "silence.remove",
      changes: [
        { kind: "silence", id: "s1", action: "removed" },
        { kind: "status", id: "web01", action: "set" },
      ],
    });
  });
  test("that touched much names the first of it and counts the rest", () => {
    const changes = Array.from({ length: 25 }, (_, i): Change => ({ kind: "silence", id: `s${i}`, removed: true }));
    const item = auditItem(commit({ changes }), {});
    expect([item?.changes.length, item?.more]).toEqual([20, 5]);
  });
  test.each([
    [{}, true],
    [{ from: AT }, true],
    [{ from: AT + 1 }, false],
    [{ to: AT + 1 }, true],
    [{ to: AT }, false],
    [{ by: "ada" }, true],
    [{ by: "t-1" }, true],
    [{ by: "bob" }, false],
    [{ command: "silence.remove" }, true],
    [{ command: "silence.add" }, false],
    [{ about: "s1" }, true],
    [{ about: "web01" }, true],
    [{ about: "db01" }, false],
  ])("is found by %o: %s", (asked, isFound) => {
    expect(auditItem(commit({ changes: [silence, finding] }), asked) !== undefined).toBe(isFound);
  });
});

test.each([
  ["a heartbeat", [{ kind: "beat", id: "web01", value: { at: AT, dueAt: AT, status: "ok" } }, status], false],
  ["a record", [{ kind: "beat", id: "web01", record: { status: "log" } }], false],
  ["a start", [{ kind: "run", id: "web01/-", value: { host: "web01", rid: "-", startedAt: AT, dueAt: AT } }], false],
  ["a pause", [status, { kind: "beat", id: "web01", value: { at: AT - 1, dueAt: AT, status: "ok" } }], true],
  ["a removal", [status, { kind: "run", id: "web01/-", removed: true }], true],
  ["an edit", [{ kind: "run", id: "r", value: { host: "web01", rid: "-", startedAt: AT - 1, dueAt: AT } }], true],
] satisfies [string, Change[], boolean][])(
  "of what the journal kept before it kept the command, %s is one: %s",
  (_what, changes, isOne) => {
    const { via: _none, ...old } = commit({ changes });
    expect(auditItem(old, {}) !== undefined).toBe(isOne);
    expect(auditItem(old, { command: "host.pause" })).toBeUndefined();
    expect(auditItem(old, { by: "t-1" })).toBeUndefined();
  },
);
