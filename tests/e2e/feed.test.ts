import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ChangeList, createSocket } from "../../src/shared/client/socket.ts";
import { systemClock } from "../../src/shared/system-clock.ts";
import { type DaemonProcess, startDaemon } from "../support/daemon-process.ts";
import { until } from "../support/processes.ts";

let folder: string;
let daemon: DaemonProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-feed-"));
  daemon = await startDaemon(folder);
});
afterEach(async () => {
  await daemon.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** What a console that was at `since` of `instance` is given first. */
async function watch(since = 0, instance?: string): Promise<ChangeList> {
  const lists: ChangeList[] = [];
  const { url, token } = daemon;
  const socket = createSocket({ url, token, client: "test/1", clock: systemClock, random: Math.random });
  socket.watch({ since, instance, kinds: ["host", "beat"], onChanges: (list) => void lists.push(list) });
  await until("a list", () => lists.length > 0);
  socket.close();
  return lists[0] ?? expect.unreachable();
}
const names = ({ upserts }: ChangeList) => upserts.map(({ kind, id }) => `${kind}/${id}`).toSorted();

test.each(["stop", "kill"] as const)(
  "a console goes on where it was after the daemon's %s, and gets all after a restore",
  async (end) => {
    for (const name of ["web01", "db01", "old"]) await daemon.call("POST", "/api/v1/hosts", { name });
    const before = await watch();
    expect(names(before)).toEqual(["host/db01", "host/old", "host/web01"]);
    await daemon.call("POST", "/api/v1/heartbeat/web01", {});
    await daemon.call("DELETE", "/api/v1/hosts/old");
    await daemon[end]();
    daemon = await startDaemon(folder);
    const after = await watch(before.rev, before.instance);
    expect(after).toMatchObject({ instance: before.instance, snapshot: false });
    expect(names(after)).toEqual(["beat/web01"]);
    expect(after.removals).toMatchObject([{ kind: "host", id: "old" }]);
    expect(await watch(before.rev, "another")).toMatchObject({ snapshot: true });
  },
);
