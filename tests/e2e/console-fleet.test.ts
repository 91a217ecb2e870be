import { expect, test } from "vitest";
import { startDaemon } from "../support/daemon-process.ts";
import { fleetOf, openConsole } from "../support/fleet-console.ts";

const hosts = 10_000;
const firstLine = (screen: string): string => screen.split("\n")[0] ?? "";

test("a terminal that nobody reads stops neither the console nor what it knows", async () => {
  const { daemon } = await fleetOf(hosts);
  const screen = await openConsole({ hosts, columns: 80, rows: 24 });
  await screen.see(/10,?000 up/);
  screen.stall();
  // More than any pipe holds: each key is a paint.
  for (let i = 0; i < 400; i++) screen.type(i % 2 === 0 ? "j" : "k");
  await daemon.call("POST", "/api/v1/heartbeat/host-7", { status: "fail" });
  screen.type("jjj");
  screen.resume();
  await screen.see(/host-7\b.*DOWN|DOWN.*host-7\b/);
  screen.type("q");
  expect(await screen.ended).toMatchObject({ status: 0 });
});

test("a daemon that is killed and back is followed again, with each host once", async () => {
  const fleet = await fleetOf(hosts);
  const screen = await openConsole({ hosts, columns: 100, rows: 30 });
  await screen.see(/9,?999 up/);
  const { host } = new URL(fleet.daemon.url);
  await fleet.daemon.kill();
  await screen.see("reconnecting");
  fleet.daemon = await startDaemon(fleet.folder, host);
  await screen.see("live");
  await fleet.daemon.call("POST", "/api/v1/heartbeat/host-7", { status: "ok" });
  expect(firstLine(await screen.see(/10,?000 up/))).not.toContain("down");
  screen.type("q");
  expect(await screen.ended).toMatchObject({ status: 0 });
});
