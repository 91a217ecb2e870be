import { beforeEach, describe, expect, test } from "vitest";
import { createFakeClock } from "../../tests/support/fake-clock.ts";
import type { Alert, ChannelEntity } from "../shared/model.ts";
import { createHealth } from "./health.ts";
import { createJobs } from "./jobs.ts";
import { createMemoryStore } from "./store/memory/memory-store.ts";

const channel = (values: Partial<ChannelEntity> = {}): ChannelEntity => ({
  type: "discord",
  options: {},
  edits: true,
  createdAt: 0,
  ...values,
});
const trouble = (id: string, state: Alert["state"] = "firing"): Alert => ({
  key: `channel:${id}`,
  type: "system",
  severity: "critical",
  state,
  title: `Notices don't go through ${id}`,
  reason: "Discord answered 500",
  raisedAt: 0,
  lastAt: 0,
  count: 1,
});

describe("health tells whether notices get out", () => {
  let store: ReturnType<typeof createMemoryStore>;
  beforeEach(() => void (store = createMemoryStore()));

  function set(kind: "channel" | "alert", id: string, value: ChannelEntity | Alert): void {
    void store.commit(store.state.rev, { at: 0, by: "ada", changes: [{ kind, id, value } as never] });
  }
  const health = () =>
    createHealth({
      store,
      clock: createFakeClock(),
      version: "0",
      feed: () => ({ watchers: 0 }) as never,
      refusing: () => undefined,
      upstream: () => ({ status: "ok", detail: "off" }),
      observed: () => ({}),
      backup: () => ({ status: "ok", detail: "off" }),
      retention: () => ({ status: "ok", detail: "no clean-up yet" }),
      jobs: createJobs({ all: () => [], now: () => 0 }),
      line: () => ({ status: "ok", detail: "off" }),
      logs: () => ({ status: "ok", detail: "off" }),
    })();
  const shown = () => {
    const { status, components } = health();
    return { overall: status, ...components["notify"] };
  };

  test("beside how many hosts there are", () => {
    expect(health().components["heartbeat"]).toEqual({ status: "ok", detail: "hosts: 0" });
  });
  test("with no channel all is well, and it says how to make one", () => {
    expect(shown()).toEqual({
      overall: "healthy",
      status: "ok",
      detail: "no channel: nobody is told; `sentinel channel add` makes one",
    });
  });
  test("while one works it counts, and names the others", () => {
    set("channel", "ops", channel());
    expect(shown()).toMatchObject({ overall: "healthy", detail: "1 of 1 channels work" });
    set("channel", "gone", channel({ disabled: "its webhook is no more" }));
    expect(shown()).toMatchObject({ status: "ok", detail: "1 of 2 channels work; not gone" });
  });
  test("once none works it is degraded and says what to do, but not to everybody what a provider answered", () => {
    set("channel", "gone", channel({ disabled: "its webhook is no more" }));
    set("channel", "ops", channel());
    set("alert", "a1", trouble("ops"));
    expect(shown()).toMatchObject({ overall: "degraded", status: "degraded" });
    expect(shown().detail).toMatch(/^no channel works, nobody is told \(gone, ops\): `sentinel channel test`/);
    expect(shown().detail).not.toContain("Discord answered");
    set("alert", "a1", trouble("ops", "resolved"));
    expect(shown()).toMatchObject({ overall: "healthy", detail: "1 of 2 channels work; not gone" });
  });
});
