import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startHonest } from "../support/abuse/honest.ts";
import { startDaemon } from "../support/daemon-process.ts";
import { readExposition } from "../support/exposition.ts";
import { root, temporaryFolder, until } from "../support/processes.ts";

const HOSTS = 100;
const SEED = "7";
/** So many heartbeats are answered while the daemon is misused. */
const ENOUGH = 600;

test(
  "no host is called down while others of its address misuse the daemon in every way at once",
  { timeout: 60_000 },
  async () => {
    const folder = temporaryFolder();
    const config = path.join(folder, "limits.yaml");
    writeFileSync(config, "settings: { limits: { unprovenPerAddress: 200, publicPerMinute: 50 } }");
    const daemon = await startDaemon(folder, "127.0.0.1:0", { environment: { SENTINEL_CONFIG: config } });
    onTestFinished(() => daemon.kill());
    const hosts = [];
    for (let i = 0; i < HOSTS; i++) {
      const args = { name: `host-${i}`, expected_frequency_seconds: 2, grace_period_seconds: 3 };
      const { body } = await daemon.call("POST", "/api/v1/hosts", args);
      hosts.push({ id: `host-${i}`, token: body.token as string });
    }
    const abuser = path.join(root, "tests", "support", "abuse", "abuser.ts");
    const { port } = new URL(daemon.url);
    const child = spawn(process.execPath, [abuser, port, SEED, "40", "loris", "idle", "flood", "huge"]);
    onTestFinished(async () => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    });
    const honest = startHonest({ url: daemon.url, hosts, periodMs: 2_000 });
    onTestFinished(honest.stop);
    const sent: ReturnType<typeof honest.take> = [];
    await until("the heartbeats", () => sent.push(...honest.take()) >= ENOUGH, 40_000);
    honest.stop();

    expect(sent.filter(({ ok }) => !ok).length / sent.length).toBeLessThan(0.01);
    expect((await daemon.call("GET", "/api/v1/alerts")).body.items).toEqual([]);
    const metrics = await fetch(`${daemon.url}/metrics`, { headers: { "x-api-key": daemon.token } });
    const counted = readExposition(await metrics.text()).get("sentinel_limited_total")?.samples;
    for (const what of ["wrong", "public", "connection"]) {
      const one = counted?.find(({ labels }) => labels["what"] === what);
      expect([what, Number(one?.value) > 0]).toEqual([what, true]);
    }
    expect(child.exitCode).toBeNull();
    expect(await daemon.stop()).toBe(0);
  },
);
