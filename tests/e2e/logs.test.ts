import { createSocket } from "node:dgram";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DaemonProcess, startDaemon } from "../support/daemon-process.ts";
import { freePort, sentinelEnded, until } from "../support/processes.ts";
import { sshdIsThere, startSshd, withSshd } from "../support/sshd.ts";
import { playDiscord, startProvider } from "../support/provider.ts";

const CANARY = "canary-4f7b19d2e8";

let folder: string;
let log: string;
let daemon: DaemonProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-logs-"));
  log = join(folder, "..", `${folder.split("/").at(-1)}.log`);
  writeFileSync(log, "");
  daemon = await startDaemon(folder);
  await daemon.call("POST", "/api/v1/hosts", { name: "web01", expected_frequency_seconds: 86_400 });
});
afterEach(async () => {
  await daemon.kill();
  rmSync(folder, { recursive: true, force: true });
  rmSync(log, { force: true });
});

const isoAt = (nth: number): string => new Date(Date.now() - 600_000 + nth * 100).toISOString();
/** Somebody tries passwords, and gets in. */
function attack(count = 300): string {
  const tries = Array.from(
    { length: count },
    (_, i) => `${isoAt(i)} web01 sshd[${800 + i}]: Failed password for root from 203.0.113.9 port ${30_000 + i} ssh2`,
  );
  tries.push(`${isoAt(count)} web01 sshd[9000]: Accepted password for root from 203.0.113.9 port 41000 ssh2`);
  tries.push(`${isoAt(count + 1)} web01 app[1]: connecting with password=${CANARY} to db01`);
  return `${tries.join("\n")}\n`;
}
const quiet = (from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => `${isoAt(from + i)} web01 app[1]: job ${from + i} took ${i % 40} ms\n`).join(
    "",
  );

const addSource = () =>
  daemon.call("POST", "/api/v1/log-sources", {
    id: "auth",
    host: "web01",
    type: "file",
    options: { path: log, from: "start" },
  });
const analyze = () => daemon.call("POST", "/api/v1/hosts/web01/analyze");
const analyses = async () =>
  (await daemon.call("GET", "/api/v1/analyses")).body.items as { id: string; lines: number }[];
const linesRead = async () => (await analyses()).reduce((sum, { lines }) => sum + lines, 0);
const findings = async () => (await daemon.call("GET", "/api/v1/findings")).body.items;
/** That the monitor was killed again and again is one, too. */
const alerts = async () =>
  (await daemon.call("GET", "/api/v1/alerts?state=open")).body.items.filter(
    (one: { type: string }) => one.type === "logs",
  );

test("lines that are written become a finding with its evidence, an alert and a message; and a restart keeps all", async () => {
  const { play } = playDiscord("/api/webhooks/1/token");
  const provider = await startProvider(play);
  const secrets = { url: `${provider.origin}/api/webhooks/1/token` };
  await daemon.call("POST", "/api/v1/channels", { id: "ops", type: "discord", secrets });
  writeFileSync(log, quiet(0, 50) + attack());
  expect((await addSource()).status).toBe(201);

  const ran = await analyze();
  expect(ran).toMatchObject({ status: 200 });
  // It may have been read on its schedule just before.
  expect(await linesRead()).toBe(352);
  const critical = (await findings()).filter((one: { severity: string }) => one.severity === "critical");
  expect(critical).toMatchObject([
    { rule: "login-after-failures", source: "203.0.113.9", state: "open", host: "web01" },
  ]);
  const [{ analysis }] = critical;
  const shown = (await daemon.call("GET", `/api/v1/analyses/${analysis}`)).body;
  const found = shown.found.find((one: { rule: string }) => one.rule === "login-after-failures");
  const { items } = (await daemon.call("GET", `/api/v1/analyses/${analysis}/lines?limit=1000`)).body;
  const cited = items.filter((one: { line: number }) => found.evidence.includes(one.line));
  expect(cited.map((one: { text: string }) => one.text).join("\n")).toContain(
    "Accepted password for root from 203.0.113.9",
  );
  const [alert] = await alerts();
  expect(alert).toMatchObject({ type: "logs", host: "web01", severity: "critical", count: 1 });
  await until("the message", () => provider.heard.length > 0);
  expect(provider.heard[0]?.body).toContain("203.0.113.9");

  expect(await daemon.stop()).toBe(0);
  daemon = await startDaemon(folder);
  await analyze();
  expect([await linesRead(), (await alerts()).map(({ id }: { id: string }) => id)]).toEqual([352, [alert.id]]);
  expect((await daemon.call("GET", `/api/v1/analyses/${analysis}/lines`)).body.items.length).toBeGreaterThan(10);
  expect(JSON.stringify(await daemon.call("GET", `/api/v1/analyses/${analysis}/lines?limit=1000`))).not.toContain(
    CANARY,
  );
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.map((file) => readFileSync(join(file.parentPath, file.name)));
  expect(bytes.filter((one) => one.includes(CANARY) || one.includes("Failed password"))).toEqual([]);
});

test("killed again and again in the middle of it, each line is counted once, and there is one alert", async () => {
  await addSource();
  let written = 0;
  for (let round = 0; round < 5; round++) {
    appendFileSync(log, quiet(written, 4_000) + (round === 2 ? attack() : ""));
    written += 4_000 + (round === 2 ? 302 : 0);
    const answer = analyze().catch(() => undefined);
    // Somewhere between the first line that is read and the commit.
    await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 15 * round))]);
    await daemon.kill();
    await answer;
    daemon = await startDaemon(folder);
  }
  expect((await analyze()).status).toBe(200);
  expect(await linesRead()).toBe(written);
  const keys = (await alerts()).map(({ key }: { key: string }) => key);
  expect([keys.length, new Set(keys).size]).toEqual([1, 1]);
  const kept = readdirSync(join(folder, "blobs/baselines/web01"));
  expect(kept).toHaveLength(1);
});

/** A model that has nothing to add. */
const playModel = () =>
  startProvider(({ body }) => {
    const content = JSON.stringify({ findings: [], summary: "" });
    const asked = JSON.parse(body) as { model: string; stream?: boolean };
    const usage = { prompt_tokens: 700, completion_tokens: 20, total_tokens: 720 };
    const common = { id: "1", created: 1, model: asked.model };
    if (!asked.stream) {
      const choices = [{ index: 0, finish_reason: "stop", message: { role: "assistant", content } }];
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...common, object: "chat.completion", choices, usage }),
      };
    }
    const piece = (choices: object[], more: object = {}): string =>
      `data: ${JSON.stringify({ ...common, object: "chat.completion.chunk", choices, ...more })}\n\n`;
    const text = piece([{ index: 0, delta: { role: "assistant", content }, finish_reason: null }]);
    const end = piece([{ index: 0, delta: {}, finish_reason: "stop" }]) + piece([], { usage });
    return { status: 200, headers: { "content-type": "text/event-stream" }, body: `${text}${end}data: [DONE]\n\n` };
  });

test("a model is told of it without what is secret, and what it takes is counted", async () => {
  const model = await playModel();
  const settings = { enabled: true, url: `${model.origin}/v1`, name: "small", priceIn: 1_000, priceOut: 0 };
  expect((await daemon.call("PUT", "/api/v1/settings/model", settings)).status).toBe(200);
  writeFileSync(log, attack());
  await addSource();
  const preview = (await daemon.call("POST", "/api/v1/hosts/web01/logs/preview")).body;
  await analyze();
  expect(model.heard.length).toBe(1);
  const { body = "", url } = model.heard[0] ?? {};
  expect([url?.pathname, body.includes("203.0.113.9"), body.includes(CANARY)]).toEqual([
    "/v1/chat/completions",
    true,
    false,
  ]);
  expect(preview.records).toBeGreaterThan(0);
  expect(JSON.stringify(preview.body)).not.toContain(CANARY);
  const asked = (await daemon.call("GET", "/api/v1/analyses")).body.items.find((one: { model?: object }) => one.model);
  expect(asked.model).toMatchObject({ name: "small", tokensIn: 700, tokensOut: 20, cost: 0.7 });
  expect(asked.sent).toBeGreaterThan(0);
});

test("syslog that is sent here is read like any other log, once a port is set", async () => {
  const port = await freePort();
  await daemon.call("PUT", "/api/v1/settings/logs", { syslog: { address: "127.0.0.1", udp: port } });
  const options = { senders: ["127.0.0.1"] };
  expect(
    (await daemon.call("POST", "/api/v1/log-sources", { id: "net", host: "web01", type: "syslog", options })).status,
  ).toBe(201);
  const socket = createSocket("udp4");
  const message = `<34>1 2026-01-05T12:00:00Z web01 su - - - password=${CANARY} for root`;
  // What is sent before it listens is lost, as UDP is.
  await until("a line that was received", async () => {
    socket.send(message, port, "127.0.0.1");
    await analyze();
    return (await linesRead()) > 0;
  });
  socket.close();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.filter((file) => readFileSync(join(file.parentPath, file.name)).includes(CANARY))).toEqual([]);
  expect(readdirSync(join(folder, "spool"))).toEqual(["net"]);
  await daemon.call("DELETE", "/api/v1/log-sources/net");
  await until("its spool to go with it", async () => readdirSync(join(folder, "spool")).length === 0);
});

test.skipIf(!sshdIsThere)(
  `a log of another machine is read ${withSshd}, whose other key has to be trusted first`,
  async () => {
    const server = await startSshd();
    const { port, user, keyFile } = server;
    writeFileSync(log, quiet(0, 20));
    const ssh = { host: "127.0.0.1", port, user, keyFile };
    expect((await daemon.call("PUT", "/api/v1/hosts/web01/logs", { ssh })).status).toBe(200);
    const far = { id: "far", host: "web01", type: "ssh-file", options: { path: log, from: "start" } };
    expect((await daemon.call("POST", "/api/v1/log-sources", far)).status).toBe(201);
    await analyze();
    expect(await linesRead()).toBe(20);
    const steps = (await daemon.call("POST", "/api/v1/hosts/web01/logs/test")).body.items as {
      step: string;
      ok: boolean;
    }[];
    expect(steps.map(({ step, ok }) => [step, ok]).at(-1)).toEqual(["read", true]);
    expect(steps.map(({ step }) => step)).toEqual(expect.arrayContaining(["connect", "host-key", "authenticate"]));

    const before = server.fingerprint();
    await server.kill();
    server.changeHostKey();
    await server.start();
    appendFileSync(log, quiet(20, 5));
    for (let i = 0; i < 3; i++) await analyze();
    const [source] = (await daemon.call("GET", "/api/v1/log-sources")).body.items;
    expect([source.state, source.reason]).toEqual(["failing", expect.stringContaining("host-key: ") as string]);
    const open = (await daemon.call("GET", "/api/v1/alerts?state=open")).body.items;
    expect(open.map(({ key, severity }: { key: string; severity: string }) => [key, severity])).toEqual([
      ["log-source:far", "warning"],
    ]);
    const { items } = (await daemon.call("POST", "/api/v1/hosts/web01/logs/trust")).body;
    expect(items).toHaveLength(1);
    expect([items[0].before, items[0].now]).toEqual([
      expect.stringContaining(before) as string,
      expect.stringContaining(server.fingerprint()) as string,
    ]);
    await analyze();
    expect([await linesRead(), (await daemon.call("GET", "/api/v1/alerts?state=open")).body.items]).toEqual([25, []]);
  },
);

describe("on the command line", () => {
  const typed = (...args: string[]) => sentinelEnded([...args, "--data", folder]);

  test("sources are added, tried, read and shown; what can't be read says at which step", async () => {
    writeFileSync(log, attack());
    expect(
      await typed("logs", "add", "auth", "--host", "web01", "--type", "file", "--option", `path=${log}`),
    ).toMatchObject({
      status: 0,
    });
    expect((await typed("analysis", "run", "web01")).stdout).toContain("trigger");
    expect((await typed("logs", "findings")).stdout).toContain("203.0.113.9");
    expect((await typed("analysis", "list")).stdout).toContain("-web01");
    expect((await typed("logs", "test", "web01")).stdout).toMatch(/auth +- +read +true/);
    expect((await typed("logs", "preview", "web01")).stdout).toContain("no model is configured");
    rmSync(log);
    const tried = await typed("logs", "test", "web01");
    expect(tried.stdout).toMatch(/auth +- +\w+ +false/);
    const refused = await typed(
      "logs",
      "add",
      "x",
      "--host",
      "web01",
      "--type",
      "ssh-file",
      "--option",
      "path=/var/log/a",
    );
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("logs set") as string]);
    expect((await typed("logs", "trust", "web01")).stderr).toContain("no machine that web01 is read from");
  });
});
