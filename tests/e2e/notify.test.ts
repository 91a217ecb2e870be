import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DaemonProcess, startDaemon } from "../support/daemon-process.ts";
import { startMailServer } from "../support/mail-server.ts";
import { until } from "../support/processes.ts";
import { playDiscord, type Provider, startProvider } from "../support/provider.ts";

let folder: string;
let daemon: DaemonProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-notify-"));
  daemon = await startDaemon(folder);
  await daemon.call("POST", "/api/v1/hosts", { name: "web01", expected_frequency_seconds: 3600 });
});
afterEach(async () => {
  await daemon.kill();
  rmSync(folder, { recursive: true, force: true });
});

const heartbeat = (status: "ok" | "fail") => daemon.call("POST", "/api/v1/heartbeat/web01", { status });
const add = (provider: Provider, type: string, path = "/hook") =>
  daemon.call("POST", "/api/v1/channels", { id: "ops", type, secrets: { url: provider.origin + path } });
async function heard(provider: Provider, count: number) {
  await until(`${count} messages`, () => provider.heard.length >= count);
  return provider.heard;
}
const delivered = async (event: string) =>
  (await daemon.call("GET", "/api/v1/deliveries")).body.items.find((one: { event: string }) => one.event === event)
    ?.state;

test("an alert reaches Discord, its message follows the acknowledgement and the recovery, and no file but one knows the address", async () => {
  const { play } = playDiscord("/api/webhooks/1/very-secret-token");
  const provider = await startProvider(play);
  expect((await add(provider, "discord", "/api/webhooks/1/very-secret-token")).status).toBe(201);
  await heartbeat("fail");
  await heard(provider, 1);
  expect(provider.heard[0]).toMatchObject({ method: "POST" });
  expect(provider.heard[0]?.body).toContain("web01 is down");

  const { id } = (await daemon.call("GET", "/api/v1/alerts?state=open")).body.items[0];
  await until("its record", async () => (await delivered("raised")) === "sent");
  await daemon.call("POST", `/api/v1/alerts/${id}/ack`, { comment: "on it" });
  await heard(provider, 2);
  await heartbeat("ok");
  const all = await heard(provider, 3);
  expect(all.map(({ method }) => method)).toEqual(["POST", "PATCH", "PATCH"]);
  expect(all[2]?.body).toContain("Resolved");

  await until("its record", async () => (await delivered("resolved")) === "sent");
  const shown = await Promise.all(
    ["/channels", "/deliveries", "/health"].map((path) => daemon.call("GET", `/api/v1${path}`)),
  );
  expect(JSON.stringify(shown)).not.toContain("very-secret-token");
  expect(await daemon.stop()).toBe(0);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const telling = files.filter((file) => readFileSync(join(file.parentPath, file.name)).includes("very-secret-token"));
  expect(telling.map(({ name }) => name)).toEqual(["secrets.json"]);
});

test("an alert reaches a mail server, and its recovery answers it", async () => {
  const server = await startMailServer();
  const options = { host: "127.0.0.1", port: server.port, tls: "none", from: "s@example.org", to: "ada@example.org" };
  const secrets = { user: "ada", password: "hunter22" };
  const added = await daemon.call("POST", "/api/v1/channels", { id: "ops", type: "email", options, secrets });
  expect(added.status).toBe(201);
  await heartbeat("fail");
  await until("its record", async () => (await delivered("raised")) === "sent");
  await heartbeat("ok");
  await until("its record", async () => (await delivered("resolved")) === "sent");
  const [raised = "", resolved = ""] = server.heard.map(({ raw }) => raw);
  expect(raised).toContain("Subject: web01 is down");
  expect(resolved).toContain("Subject: Resolved: web01 is down");
  const id = /^Message-ID: (<.+>)\r$/m.exec(raised)?.[1];
  expect(resolved).toContain(`In-Reply-To: ${id}`);
});

test("a daemon killed after the send and before its record tells it once more, with the same key, and in order", async () => {
  const provider = await startProvider();
  provider.script.push("hang");
  await add(provider, "webhook");
  await heartbeat("fail");
  await heard(provider, 1);
  const listen = new URL(daemon.url).host;
  await daemon.kill();
  daemon = await startDaemon(folder, listen);
  await heard(provider, 2);
  await until("its record", async () => (await delivered("raised")) === "sent");
  await heartbeat("ok");
  const all = await heard(provider, 3);
  const keys = all.map(({ headers }) => headers["idempotency-key"]);
  expect(keys[0]).toBe(keys[1]);
  expect(all.map(({ body }) => JSON.parse(body).event)).toEqual(["raised", "raised", "resolved"]);
});

test("a channel is tested with the provider's own answer, refused by its fields, and removed with its secrets", async () => {
  const provider = await startProvider();
  expect((await daemon.call("POST", "/api/v1/channels", { id: "ops", type: "pigeon" })).body).toMatchObject({
    code: "invalid",
    errors: [{ field: "type" }],
  });
  const open = { id: "ops", type: "webhook", secrets: { url: "http://example.org/hook" } };
  expect((await daemon.call("POST", "/api/v1/channels", open)).body).toMatchObject({
    code: "invalid",
    errors: [{ field: "secrets.url" }],
  });
  await add(provider, "webhook");
  provider.script.push({ status: 400, body: "bad \u001b[31mrequest" });
  expect((await daemon.call("POST", "/api/v1/channels/ops/test")).body).toMatchObject({ sent: false });
  expect((await daemon.call("POST", "/api/v1/channels/ops/test")).body).toMatchObject({ sent: true });
  expect((await daemon.call("POST", "/api/v1/channels/nope/test")).status).toBe(404);
  expect((await daemon.call("DELETE", "/api/v1/channels/ops")).status).toBe(204);
  expect(readFileSync(join(folder, "secrets.json"), "utf8")).not.toContain("hook");
});
