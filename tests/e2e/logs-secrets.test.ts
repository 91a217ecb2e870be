import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startDaemon } from "../support/daemon-process.ts";
import { root, sentinelEnded, until } from "../support/processes.ts";
import { playDiscord, startProvider } from "../support/provider.ts";
import { openTerminal } from "../support/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "sentinel-secrets-"));
const log = `${folder}.log`;
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(log, { force: true });
});

/** Each in a place of its own, in lines that a finding cites. */
const canaries = {
  password: "canaryPw7Qx2",
  bearer: "canaryBearer.9f8e7d6c5b4a",
  url: "canaryUrlPw5k",
  cookie: "canarysession81aa",
  query: "canaryquery77b2",
};
const at = (nth: number): string => new Date(Date.now() - 600_000 + nth * 1_000).toISOString();
const lines = [
  ...Array.from(
    { length: 60 },
    (_, i) =>
      `${at(i)} web01 sshd[${800 + i}]: Failed password for root from 203.0.113.9 port ${30_000 + i} ssh2 (password=${canaries.password})`,
  ),
  `${at(61)} web01 sshd[901]: Accepted password for root from 203.0.113.9 port 41000 ssh2, Authorization: Bearer ${canaries.bearer}`,
  `${at(62)} web01 app[1]: can't reach postgres://app:${canaries.url}@db01/main: Cookie: session=${canaries.cookie}`,
  ...Array.from(
    { length: 20 },
    (_, i) =>
      `203.0.113.9 - - [23/Nov/2026:10:00:${10 + i} +0000] "GET /item?id=${i}%27%20UNION%20SELECT%201,2--&token=${canaries.query} HTTP/1.1" 500 12 "-" "curl/8"`,
  ),
];

const textOf = (bytes: Buffer): string =>
  (bytes.length > 2 && bytes.readUInt16BE(0) === 0x1f8b ? gunzipSync(bytes) : bytes).toString("latin1");

test("what is secret in a log reaches no file, no log line, no feed, no channel, no output and no screen", async () => {
  const { play } = playDiscord("/api/webhooks/1/token");
  const provider = await startProvider(play);
  const daemon = await startDaemon(folder, undefined, { environment: { LOG_LEVEL: "trace" } });
  const heard: string[] = [];
  daemon.child.stderr?.on("data", (chunk: Buffer) => heard.push(chunk.toString()));
  const feed = new WebSocket(`${daemon.url.replace("http", "ws")}/api/v1/ws`, "sentinel.v1");
  feed.on("open", () => {
    feed.send(JSON.stringify({ type: "hello", token: daemon.token, client: "test/1" }));
    feed.send(JSON.stringify({ type: "watch", since: 0 }));
  });
  feed.on("message", (data: Buffer) => heard.push(data.toString()));

  writeFileSync(log, `${lines.join("\n")}\n`);
  await daemon.call("POST", "/api/v1/hosts", { name: "web01", expected_frequency_seconds: 86_400 });
  const secrets = { url: `${provider.origin}/api/webhooks/1/token` };
  await daemon.call("POST", "/api/v1/channels", { id: "ops", type: "discord", secrets });
  const options = { path: log, from: "start" };
  await daemon.call("POST", "/api/v1/log-sources", { id: "auth", host: "web01", type: "file", options });
  await daemon.call("POST", "/api/v1/hosts/web01/analyze");
  await until("the message", () => provider.heard.length > 0);
  heard.push(JSON.stringify(provider.heard));

  const [{ id }] = (await daemon.call("GET", "/api/v1/analyses")).body.items;
  for (const args of [
    ["analysis", "show", id],
    ["analysis", "lines", id],
    ["logs", "findings"],
    ["logs", "preview", "web01"],
    ["alert", "list"],
    ["config", "show"],
  ]) {
    const { stdout, stderr } = await sentinelEnded([...args, "--data", folder]);
    heard.push(stdout, stderr);
  }
  heard.push(await (await fetch(`${daemon.url}/metrics`, { headers: { "x-api-key": daemon.token } })).text());
  const screen = openTerminal(process.execPath, [join(root, "bin/sentinel-tui.cjs"), "--data", folder], {
    columns: 160,
    rows: 50,
  });
  heard.push(await screen.see("203.0.113.9"));
  feed.close();
  expect(await daemon.stop()).toBe(0);

  const all = heard.join("\n");
  expect(all).toContain("203.0.113.9");
  expect(all).toContain("<SECRET:");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const kept = files.map((file) => textOf(readFileSync(join(file.parentPath, file.name))));
  expect(kept.some((one) => one.includes("Failed password"))).toBe(true);
  for (const secret of Object.values(canaries))
    expect([secret, all.includes(secret), kept.some((one) => one.includes(secret))]).toEqual([secret, false, false]);
});
