import { createSocket } from "node:dgram";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { certificate } from "../support/certificate.ts";
import { type DaemonProcess, startDaemon } from "../support/daemon-process.ts";
import { freePort, root, sentinel, sentinelEnded, until } from "../support/processes.ts";
import { openTerminal } from "../support/terminal.ts";

const base = mkdtempSync(join(tmpdir(), "sentinel-canaries-"));
const data = join(base, "data");
afterAll(() => rmSync(base, { recursive: true, force: true, maxRetries: 5 }));

/** Secrets by the places in which they may be found: nowhere, unless it says so here. */
const places = new Map<string, { secret: string; may: RegExp }>();
let made = 0;
const NOWHERE = /^$/;
const secretsFile = /^secrets\.json$/;
/** What the kernel keeps of the environment that a process was started with, nobody can take back. */
const environment = /^environ of the daemon$/;

/** A secret that comes in somewhere, with where it may be found afterwards. */
function canary(name: string, may = NOWHERE, form = (word: string) => word): string {
  const secret = form(
    `canary${(++made).toString(36)}Qx7${"abcdefghijklmnopqrstuvwxyz".slice(made % 10, (made % 10) + 9)}`,
  );
  places.set(name, { secret, may });
  return secret;
}
/** One that is made here and shown once. */
function shown(name: string, secret: string, may = NOWHERE): string {
  expect([name, secret.length > 20]).toEqual([name, true]);
  places.set(name, { secret, may });
  return secret;
}

const fileOf = (name: string, text: string): string => {
  const path = join(base, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

/** What was heard or found, by where. */
const heard: [place: string, text: string][] = [];
const hear = (place: string, text: string): void => void heard.push([place, text]);

const plain = (bytes: Buffer): string =>
  (bytes.length > 2 && bytes.readUInt16BE(0) === 0x1f8b ? gunzipSync(bytes) : bytes).toString("latin1");

/** Each file under the folder, packed ones unpacked. */
function hearFiles(): void {
  const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of files) {
    const path = join(file.parentPath, file.name);
    hear(relative(data, path), plain(readFileSync(path)));
  }
}

function hearProcess(who: string, pid: number): void {
  for (const name of ["cmdline", "environ", "comm"])
    hear(`${name} of ${who}`, readFileSync(`/proc/${pid}/${name}`, "utf8"));
}

function listen(daemon: DaemonProcess): void {
  daemon.child.stderr?.on("data", (chunk: Buffer) => hear("the log", chunk.toString()));
}

const closed = "http://127.0.0.1:9";
const configured = () => {
  const credentials = join(base, "credentials");
  mkdirSync(credentials);
  writeFileSync(join(credentials, "LLM_API_KEY"), `${canary("model key")}\n`);
  const discord = canary("webhook URL of a file", secretsFile, (word) => `${closed}/api/webhooks/1/${word}`);
  return {
    CREDENTIALS_DIRECTORY: credentials,
    DISCORD_WEBHOOK_URL_FILE: fileOf("discord", `${discord}\n`),
    SENTINEL_CONFIG: fileOf(
      "sentinel.yaml",
      `settings: { upstream: { url: "${canary("upstream URL of the configuration", NOWHERE, (word) => `${closed}/${word}`)}" } }`,
    ),
    API_SECRET_KEY: canary("API_SECRET_KEY", environment),
    SENTINEL_BACKUP_PASSPHRASE: canary("backup passphrase", environment),
    LLM_API_URL: `${closed}/v1`,
    LLM_DEFAULT_MODEL: "small",
    LOG_LEVEL: "trace",
  };
};

/** Every kind of channel that has secrets, all of which lead nowhere; each is tried, and fails. */
async function addChannels(call: DaemonProcess["call"]): Promise<void> {
  const url = (name: string) => canary(name, secretsFile, (word) => `${closed}/${word}`);
  const secret = (name: string, form?: (word: string) => string) => canary(name, secretsFile, form);
  const options = { host: "127.0.0.1", port: 9, tls: "none", from: "a@example.org", to: "b@example.org" };
  const entries = {
    discord: { secrets: { url: url("Discord's URL") } },
    slack: { secrets: { url: url("Slack's URL") } },
    webhook: { secrets: { url: url("webhook's URL"), hmacKey: secret("webhook's HMAC key") } },
    ntfy: { secrets: { url: url("ntfy's topic"), token: secret("ntfy's token") } },
    email: { options, secrets: { user: secret("SMTP user"), password: secret("SMTP password") } },
    telegram: {
      options: { chatId: "1", apiUrl: closed },
      secrets: { token: secret("Telegram's token", (word) => `123456:${word.padEnd(35, "x")}`) },
    },
    pagerduty: {
      options: { apiUrl: `${closed}/v2` },
      secrets: { routingKey: secret("PagerDuty's key", (word) => word.padEnd(32, "x")) },
    },
  };
  for (const [type, entry] of Object.entries(entries)) {
    const added = await call("POST", "/api/v1/channels", { id: `to-${type}`, type, ...entry });
    expect([type, added.status, added.body]).toEqual([type, 201, expect.anything()]);
    hear("answers", JSON.stringify(added.body));
    hear("answers", JSON.stringify((await call("POST", `/api/v1/channels/to-${type}/test`)).body));
  }
}

/** Logs with a secret in them: a file, syslog, and another machine's, behind a key that can't be read. */
async function addLogs(call: DaemonProcess["call"]): Promise<void> {
  const line = (secret: string) => `${new Date().toISOString()} web01 su[1]: failed for root (password=${secret})\n`;
  const log = fileOf("app.log", line(canary("a log line's password")).repeat(60));
  const keyFile = fileOf("id_ed25519", `-----BEGIN OPENSSH PRIVATE KEY-----\n${canary("SSH key")}\n-----END\n`);
  const passphraseFile = fileOf("id.pass", canary("SSH key's passphrase"));
  const ssh = { host: "127.0.0.1", port: 9, user: "logs", keyFile, passphraseFile, path: "/var/log/x.log" };
  const udp = await freePort();
  await call("PUT", "/api/v1/settings/logs", { syslog: { address: "127.0.0.1", udp } });
  for (const [type, options] of Object.entries({
    file: { path: log, from: "start" },
    "ssh-file": ssh,
    syslog: { senders: ["127.0.0.1"] },
  }))
    expect((await call("POST", "/api/v1/log-sources", { id: type, host: "web01", type, options })).status).toBe(201);
  const socket = createSocket("udp4");
  const message = line(canary("a syslog line's password")).trim();
  await until("a message to be received", () => {
    socket.send(message, udp, "127.0.0.1");
    return readdirSync(data, { recursive: true }).some((name) => /^spool\/.+\//.test(String(name)));
  });
  socket.close();
  hear("answers", JSON.stringify((await call("POST", "/api/v1/hosts/web01/logs/test")).body));
  await call("POST", "/api/v1/hosts/web01/analyze");
  await until("an analysis", async () => (await call("GET", "/api/v1/analyses")).body.items.length > 0);
}

/** Tokens of every role, a host's own, a ping key, a link: each used, and each used wrongly. */
async function useTokens({ url, call, token }: DaemonProcess): Promise<void> {
  const get = async (path: string, headers: Record<string, string> = {}, body?: string) => {
    const reply = await fetch(url + path, { headers, redirect: "manual", ...(body ? { method: "POST", body } : {}) });
    hear("answers", `${reply.status} ${JSON.stringify([...reply.headers])} ${await reply.text()}`);
    return reply.status;
  };
  shown("the administrator's token", token, /^admin\.token$/);
  const host = (await call("POST", "/api/v1/hosts", { name: "web01", expected_frequency_seconds: 86_400 })).body;
  shown("a host's token", host.token);
  const ping = shown("a ping URL", String(host.ping_url.split("/").at(-1)));
  expect(await get(`/ping/${ping}/start`)).toBe(200);
  expect(await get(`/ping/${ping}/fail`, {}, canary("a ping's body", /^((blobs|backups)\/|a ping's body$)/))).toBe(200);
  expect(await get(`/api/push/${host.token}?status=up`)).toBe(200);
  expect(await get(`/api/v1/heartbeat/web01?token=${host.token}`)).toBe(200);
  hear("a ping's body", JSON.stringify((await call("GET", "/api/v1/hosts/web01/body")).body));
  for (const role of ["admin", "operator", "viewer", "metrics", "host"]) {
    const { body } = await call("POST", "/api/v1/tokens", { name: role, role });
    shown(`a token of ${role}`, body.token);
    for (const headers of [{ "x-api-key": body.token }, { authorization: `Bearer ${body.token}` }])
      for (const path of ["/api/v1/hosts", "/metrics", "/api/v1/config/values"]) await get(path, headers);
    if (role === "host") expect(await get(`/ping/${body.token}/cron-1?create=1`)).toBe(201);
  }
  const wrong = canary("a token that isn't known");
  await get(`/api/v1/hosts?token=${wrong}`, { "x-api-key": wrong });
  await get(`/ping/${wrong}`);
  await get(
    "/api/v1/hosts",
    { authorization: `Basic ${wrong}`, cookie: wrong, "idempotency-key": wrong },
    `{"a":"${wrong}`,
  );
  const [alert] = (await call("GET", "/api/v1/alerts")).body.items;
  const link = (await call("POST", `/api/v1/alerts/${alert.id}/link`, { action: "ack" })).body.url as string;
  const path = new URL(link).pathname;
  shown("a link's signature", path.split(".").at(-1) ?? "");
  expect(await get(path)).toBe(200);
  await get(`${path}x`);
}

/** All that people can ask for, and the console's screens. */
async function look({ url, token, child }: DaemonProcess): Promise<void> {
  const asked = [
    "config show",
    "export",
    "channel list",
    "channel list --json",
    "upstream show",
    "webhook show",
    "token list",
  ];
  const more = [
    "host list --json",
    "alert list --json",
    "delivery list",
    "job list",
    "health show",
    "logs sources --json",
  ];
  for (const words of [
    ...asked,
    ...more,
    "analysis list --json",
    "logs preview web01",
    "setting list",
    "backup list",
  ]) {
    const { stdout, stderr, status } = await sentinelEnded([...words.split(" "), "--data", data]);
    expect([words, status, stderr]).toEqual([words, expect.toBeOneOf([0, 1]), expect.anything()]);
    hear(`sentinel ${words}`, stdout + stderr);
  }
  for (const path of ["/metrics", "/openapi.json", "/api/v1/config/values", "/api/v1/health", "/docs"])
    hear(path, await (await fetch(url + path, { headers: { "x-api-key": token } })).text());
  const bin = join(root, "bin/sentinel-tui.cjs");
  const screen = openTerminal(process.execPath, [bin, "--url", url, "--token", token], { columns: 160, rows: 50 });
  hear("the console", await screen.see("web01"));
  for (const key of ["3", "4", "?"]) {
    screen.type(key);
    hear("the console", screen.screen());
  }
  // Its own environment is the test's; the secret was an argument.
  hear("cmdline of the console", readFileSync(`/proc/${screen.pid}/cmdline`, "utf8"));
  const agent = sentinel(["agent", `--url=${url}`, "--host", "web01", `--token=${token}`, "--data", data]);
  await until("the agent", () => agent.stderr().includes("starts"));
  hear("cmdline of the agent", readFileSync(`/proc/${agent.pid}/cmdline`, "utf8"));
  hear("the agent", agent.stderr());
  agent.child.kill("SIGTERM");
  await agent.ended;
  hearProcess("the daemon", child.pid ?? 0);
}

test("a secret is found only where it must be, wherever it comes in", async () => {
  mkdirSync(data, { mode: 0o700 });
  const daemon = await startDaemon(data, undefined, { environment: configured() });
  listen(daemon);
  const feed = new WebSocket(`${daemon.url.replace("http", "ws")}/api/v1/ws`, "sentinel.v1");
  feed.on("open", () => {
    feed.send(JSON.stringify({ type: "hello", token: daemon.token, client: "test/1" }));
    feed.send(JSON.stringify({ type: "watch", since: 0 }));
  });
  feed.on("message", (frame: Buffer) => hear("the feed", frame.toString()));

  await useTokens(daemon);
  await addChannels(daemon.call);
  const upstream = canary("upstream URL at run time", secretsFile, (word) => `${closed}/${word}`);
  expect((await daemon.call("PUT", "/api/v1/settings/upstream", { url: upstream })).status).toBe(200);
  await addLogs(daemon.call);
  const passphrase = fileOf("passphrase", canary("passphrase of a backup by hand"));
  for (const args of [["--passphrase-file", passphrase], []])
    expect((await sentinelEnded(["backup", ...args, "--data", data])).status).toBe(0);
  await look(daemon);
  feed.close();
  expect(await daemon.stop()).toBe(0);
  hearFiles();

  const tls = {
    SENTINEL_TLS_CERT: fileOf("a.crt", certificate.cert),
    SENTINEL_TLS_KEY: fileOf("a.key", certificate.key),
  };
  places.set("TLS key", { secret: certificate.key.split("\n")[1] ?? "", may: NOWHERE });
  const again = await startDaemon(data, undefined, { environment: { ...tls, LOG_LEVEL: "trace" } });
  listen(again);
  hear("sentinel config show", (await sentinelEnded(["config", "show", "--data", data])).stdout);
  hearProcess("the daemon with TLS", again.child.pid ?? 0);
  expect(await again.stop()).toBe(0);
  hearFiles();

  expect(places.size).toBeGreaterThan(30);
  const found = [...places].flatMap(([name, { secret, may }]) =>
    heard.filter(([place, text]) => text.includes(secret) && !may.test(place)).map(([place]) => `${name}: ${place}`),
  );
  expect([...new Set(found)]).toEqual([]);
  // The search does find what is there.
  for (const [name, { secret, may }] of places)
    if (may !== NOWHERE)
      expect([name, heard.some(([place, text]) => may.test(place) && text.includes(secret))]).toEqual([name, true]);
  const all = new Set(heard.map(([place]) => place));
  for (const place of ["the log", "the feed", "answers", "db.json", "the console", "/openapi.json", "sentinel export"])
    expect([place, all.has(place)]).toEqual([place, true]);
  for (const folder of ["journal", "audit", "spool", "backups", "blobs"])
    expect([folder, [...all].some((place) => place.startsWith(`${folder}/`))]).toEqual([folder, true]);
}, 120_000);
