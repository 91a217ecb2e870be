import { afterEach, expect, test } from "vitest";
import { anAlert, entity, hostIn, noon } from "../../../tests/support/console-state.ts";
import { createFakeClock } from "../../../tests/support/fake-clock.ts";
import { startScriptedDaemon } from "../../../tests/support/scripted-daemon.ts";
import { runPlain } from "./plain.ts";
import { timeOfDay } from "../state/time-of-day.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const list = (rev: number, snapshot: boolean, upserts: unknown[]) => ({
  type: "changes",
  rev,
  snapshot,
  more: false,
  removals: [],
  upserts,
});

test("follows a daemon in lines, across a lost connection, until its signal", async () => {
  const daemon = await startScriptedDaemon();
  stops.push(() => daemon.stop());
  const clock = createFakeClock(noon);
  const lines: string[] = [];
  let wake = (): void => {};
  const line = async (index: number): Promise<string> => {
    while (lines.length <= index) await new Promise<void>((resolve) => (wake = resolve));
    return lines[index] ?? "";
  };
  const ending = new AbortController();
  const over = runPlain({
    url: daemon.url,
    clock,
    random: () => 0.5,
    signal: ending.signal,
    write: (text) => void (lines.push(text), wake()),
  });

  const first = await daemon.accept();
  await first.welcome();
  expect(await line(0)).toBe(`${timeOfDay(noon)} connected to ${daemon.url}`);
  first.send(list(3, true, hostIn("web01", "up")));
  expect(await line(1)).toBe(`${timeOfDay(noon)} 1 host (1 up), 0 open alerts`);
  first.send(
    list(4, false, [
      entity("status", "web01", {
        state: "down",
        since: noon,
        reason: "no heartbeat for 7m 12s, due every 5m, grace 2m",
      }),
      entity("alert", "a1", anAlert({ raisedAt: noon })),
    ]),
  );
  expect(await line(2)).toBe(`${timeOfDay(noon)} web01 down: no heartbeat for 7m 12s, due every 5m, grace 2m`);
  expect(await line(3)).toContain("alert raised: critical web01 is down");

  first.ws.close(1012);
  expect(await line(4)).toContain("connection lost: the daemon restarts; trying again");
  clock.advance(150);
  const second = await daemon.accept();
  await second.welcome();
  expect(await line(5)).toContain("connection back");
  second.send(
    list(5, true, [...hostIn("web01", "up"), entity("alert", "a1", anAlert({ state: "resolved", resolvedAt: noon }))]),
  );
  expect(await line(6)).toContain("web01 up");
  expect(await line(7)).toContain("alert resolved: web01 is down");
  ending.abort();
  await over;
});
