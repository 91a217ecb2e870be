import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { plainEnvironment, readNote, sentinel, sentinelEnded, temporaryFolder, until } from "../support/processes.ts";

test("a daemon that is to listen beyond this machine in the clear ends with 78, and says both ways out", async () => {
  for (const command of ["daemon", "up"]) {
    const data = temporaryFolder();
    const { status, stderr } = await sentinelEnded([command, "--data", data, "--listen", "0.0.0.0:0"]);
    expect([command, status]).toEqual([command, 78]);
    expect(stderr).toMatch(/in the clear.*--tls-cert and --tls-key, or say --insecure-http/);
  }
});

test("`sentinel up` hands the consent on to its daemon", async () => {
  const data = temporaryFolder();
  const up = sentinel(["up", "--data", data, "--listen", "0.0.0.0:0", "--insecure-http"]);
  await until("the daemon", () => readNote(data));
  up.child.kill("SIGTERM");
  expect(await up.ended).toEqual({ status: 0, signal: null });
  expect(readFileSync(path.join(data, "logs", "daemon.log"), "utf8")).toContain("without TLS");
});

test("command line and heartbeats come through the Unix socket, with a token", async () => {
  const data = temporaryFolder();
  const file = path.join(data, "s.sock");
  const env = plainEnvironment({ SENTINEL_SOCKET: file });
  sentinel(["daemon", "--data", data, "--listen", "127.0.0.1:0"], { env });
  await until("daemon.json", () => readNote(data));
  const token = readFileSync(path.join(data, "admin.token"), "utf8").trim();
  const through = ["--url", `unix:${file}`, "--token", token];
  expect(await sentinelEnded(["host", "add", "web01", ...through])).toMatchObject({ status: 0, stderr: "" });
  expect(await sentinelEnded(["heartbeat", "web01", ...through])).toMatchObject({ status: 0, stderr: "" });
  const shown = await sentinelEnded(["host", "show", "web01", "--json", ...through]);
  expect(JSON.parse(shown.stdout)).toMatchObject({ state: "up" });
  const nobody = await sentinelEnded(["host", "list", "--url", `unix:${file}`]);
  expect([nobody.status, nobody.stderr]).toEqual([77, expect.stringContaining("wants a token")]);
  const nowhere = await sentinelEnded(["host", "list", "--url", "unix:/nowhere.sock", "--token", token]);
  expect(nowhere.status).toBe(69);
});
