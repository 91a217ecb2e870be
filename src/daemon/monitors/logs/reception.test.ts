import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createTestEngine } from "../../../../tests/support/engine.ts";
import { temporaryFolder, until } from "../../../../tests/support/processes.ts";
import { createReception } from "./reception.ts";

test("who takes syslog is settled anew when hosts change: once for all changes that come before its turn", async () => {
  const { store, clock, addHost } = createTestEngine();
  let redactors = 0;
  const gate = Promise.withResolvers<void>();
  const reception = createReception({
    store,
    clock,
    folder: join(temporaryFolder(), "spool"),
    async redactorOf() {
      redactors++;
      await gate.promise;
      return (text) => text;
    },
    onFault: (error) => expect.unreachable(String(error)),
  });
  await reception.start();
  onTestFinished(() => reception.stop());
  await addHost("fw", { periodMs: 60_000 });
  const at = clock.now();
  const options = { senders: ["127.0.0.1"] };
  const value = { host: "fw", type: "syslog", options, title: "syslog", paused: false, createdAt: at, updatedAt: at };
  await store.commit(store.state.rev, { at, by: "test", changes: [{ kind: "source", id: "fw", value }] });
  await until("its turn", () => redactors === 1);
  for (let i = 0; i < 50; i++) await addHost(`web${i}`, { periodMs: 60_000 });
  gate.resolve();
  await reception.stop();
  expect(redactors).toBe(2);
});
