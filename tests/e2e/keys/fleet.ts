import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Fleet } from "../../support/fleet-console.ts";
import { launcher } from "../../support/processes.ts";

/** Brings about what keys act on: hosts that are down, one of them behind another, a probe, and a log with findings. */
export async function prepareFleet({ daemon: { call }, folder, home }: Fleet): Promise<void> {
  const done = async (method: string, path: string, body?: object): Promise<void> => {
    const { status, body: said } = await call(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(said)}`);
  };
  const edit = ["host", "edit", "host-9", "--parent", "host-7", "--data", folder];
  await promisify(execFile)(process.execPath, [launcher, ...edit]);
  for (const host of ["host-3", "host-5", "host-7", "host-9"])
    await done("POST", `/api/v1/heartbeat/${host}`, { status: "fail" });
  await done("POST", "/api/v1/probes", {
    id: "shop",
    type: "tcp",
    failures: 1,
    options: { host: "127.0.0.1", port: 9 },
  });
  await done("POST", "/api/v1/probes/shop/run");
  await done("POST", "/api/v1/silences", { id: "known", tags: ["none"], durationMs: 3_600_000, comment: "a test" });
  await done("POST", "/api/v1/maintenance", { hosts: ["host-80"], durationMs: 3_600_000, comment: "a test" });
  const log = join(home, "auth.log");
  const lines = Array.from({ length: 300 }, (_, nth) => {
    const at = new Date(Date.now() - 600_000 + nth * 1_000).toISOString();
    const said = nth === 280 ? "Accepted" : "Failed";
    return `${at} host-3 sshd[${800 + nth}]: ${said} password for root from 203.0.113.9 port ${30_000 + nth} ssh2`;
  });
  const wrong = `${new Date(Date.now() - 500_000).toISOString()} host-3 app[1]: ERROR the pool has no connection left`;
  lines.splice(150, 0, wrong);
  writeFileSync(log, `${lines.join("\n")}\n`);
  const options = { path: log, from: "start" };
  await done("POST", "/api/v1/log-sources", { id: "host-3-auth", host: "host-3", type: "file", options });
  await done("POST", "/api/v1/hosts/host-3/analyze");
}
