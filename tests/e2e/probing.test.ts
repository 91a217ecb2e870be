/** Probes of a real daemon that ask real servers: by REST, by the command line, and from a file. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:tls";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ProbeView } from "../../src/shared/api/probe.ts";
import { type DaemonProcess, startDaemon } from "../support/daemon-process.ts";
import { openDnsServer } from "../support/dns-server.ts";
import { sentinelEnded, until } from "../support/processes.ts";
import { good } from "../support/signed-certificates.ts";
import { startServer, startTcpServer } from "../support/tcp-server.ts";

const host = "127.0.0.1";
let folder: string;
let daemon: DaemonProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-probing-"));
  daemon = await startDaemon(join(folder, "data"));
});
afterEach(async () => {
  await daemon.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function cli<T = ProbeView>(...args: string[]): Promise<T> {
  const address = ["--url", daemon.url, "--token", daemon.token];
  const { status, stdout, stderr } = await sentinelEnded([...args, "--json", ...address]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return JSON.parse(stdout) as T;
}
async function rest<T = ProbeView>(method: string, path: string, body?: object): Promise<T> {
  const answer = await daemon.call(method, `/api/v1/${path}`, body);
  expect([path, answer.status < 300, answer.body]).toEqual([path, true, answer.body]);
  return answer.body as T;
}
const listed = async (query = ""): Promise<ProbeView[]> =>
  (await rest<{ items: ProbeView[] }>("GET", `probes${query}`)).items;
const up = (id: string) =>
  until(`${id} to be up`, async () => [await rest("GET", `probes/${id}`)].find(({ state }) => state === "up"));

/** A web server that answers with whatever status it is told to. */
async function startWeb() {
  const web = { url: "", status: 200 };
  const server = createServer((_, response) => response.writeHead(web.status).end());
  const { port } = await startServer(server, "connection", () => {});
  web.url = `http://${host}:${port}/`;
  return web;
}

test("each kind is added, asked, shown, changed, paused, run and removed, by REST and by the command line", async () => {
  const web = await startWeb();
  const { port } = await startTcpServer();
  const dns = await openDnsServer(() => ["192.0.2.80"]);
  const secure = await startServer(createTlsServer(good), "secureConnection", () => {});
  await rest("POST", "probes", { id: "page", type: "http", options: { url: web.url } });
  await rest("POST", "probes", { id: "port", type: "tcp", options: { host, port } });
  await rest("POST", "probes", { id: "name", type: "dns", options: { resolver: dns.address, name: "web.test" } });
  const option = (name: string, value: unknown): string[] => ["--option", `${name}=${String(value)}`];
  const certificate = [...option("host", host), ...option("port", secure.port), ...option("verify", false)];
  await cli("probe", "add", "certificate", "--type", "tls", ...certificate);
  await cli("probe", "add", "ping", "--type", "icmp", ...option("host", host));

  const found = await Promise.all(["page", "port", "name", "certificate", "ping"].map(up));
  expect(found.map(({ reason }) => reason.replace(/:\d{4,5}\b/, ":PORT"))).toEqual([
    `HTTP http://${host}:PORT/: 200 OK`,
    `TCP ${host}:PORT: connected`,
    `DNS ${host}:PORT web.test A: 192.0.2.80`,
    expect.stringMatching(/^TLS 127\.0\.0\.1:PORT: certificate ends in \d+ days/),
    `ICMP ${host}: answered`,
  ]);
  expect((await cli<{ items: ProbeView[] }>("probe", "list")).items.map(({ id }) => id)).toEqual(
    (await listed()).map(({ id }) => id),
  );
  const lines = (await cli<{ items: ProbeView[] }>("probe", "list", "--line")).items.filter(({ line }) => line);
  expect(lines.map(({ id }) => id)).toContain("line.gateway");
  expect((await listed("?line=true")).filter(({ line }) => line)).toHaveLength(lines.length);

  // What the line says of itself where it never was up tells people to do just this.
  expect(await cli("setting", "set", "line", '{"enabled":false}')).toMatchObject({
    value: { enabled: false, periodMs: 60_000 },
  });

  // Another question is asked at once; what the old one found is forgotten.
  const { reason } = await rest("PUT", "probes/page", { options: { url: web.url, status: "404" }, failures: 1 });
  expect(reason).toBe("it hasn't run yet");
  await until("the answer to it", async () => (await cli("probe", "show", "page")).state === "down");
  expect(await cli("probe", "edit", "page", "--every", "1h", ...option("url", web.url))).toMatchObject({
    periodMs: 3_600_000,
    title: `HTTP ${web.url}`,
  });
  await up("page");
  expect(await rest("POST", "probes/page/pause")).toMatchObject({ state: "paused" });
  expect((await daemon.call("POST", "/api/v1/probes/page/run")).body).toMatchObject({ code: "conflict" });
  await cli("probe", "resume", "page");
  await up("page");
  web.status = 503;
  expect(await cli("probe", "run", "page")).toMatchObject({
    reason: `HTTP ${web.url}: an unexpected 503 Service Unavailable, not 200-299`,
  });
  expect((await rest<{ runs: object[] }>("GET", "probes/page")).runs.at(-1)).toMatchObject({ ok: false });

  expect(await cli("probe", "remove", "page", "port")).toEqual({ removed: ["page", "port"] });
  await rest("DELETE", "probes/name");
  expect((await listed()).map(({ id }) => id)).toEqual(["certificate", "ping"]);
  await dns.close();
});

test("a host's further check has an alert of its own, which is hidden while the host is down", async () => {
  const web = await startWeb();
  await rest("POST", "hosts", { name: "web01", expected_frequency_seconds: 3_600 });
  await rest("POST", "heartbeat/web01", { status: "ok" });
  await rest("POST", "probes", {
    id: "page",
    type: "http",
    options: { url: web.url },
    host: "web01",
    periodMs: 3_600_000,
  });
  await up("page");
  const alerts = async (): Promise<object[]> => (await rest<{ items: object[] }>("GET", "alerts?state=open")).items;
  const ask = async (status: number): Promise<void> => {
    web.status = status;
    await rest("POST", "probes/page/run");
  };

  await ask(500);
  expect(await alerts()).toEqual([]);
  await ask(500);
  expect(await alerts()).toMatchObject([
    { key: "probe:page", host: "web01", title: `web01: HTTP ${web.url} is down`, severity: "critical" },
  ]);
  await ask(200);
  expect(await alerts()).toEqual([]);

  await rest("POST", "heartbeat/web01", { status: "fail" });
  await ask(500);
  await ask(500);
  const open = await alerts();
  const { id } = open.find((one) => "key" in one && one.key === "heartbeat:web01") as { id: string };
  expect(open).toContainEqual(expect.objectContaining({ key: "probe:page", hiddenBy: id, heldBy: "web01 is down" }));
  await rest("DELETE", "hosts/web01");
  expect([await listed(), await alerts()]).toEqual([[], []]);
});

test("probes in a file are applied once; then there is nothing left to do", async () => {
  const { port } = await startTcpServer();
  const file = join(folder, "probes.yaml");
  writeFileSync(
    file,
    `
hosts: { web01: { every: 1h } }
probes:
  port: { type: tcp, options: { host: ${host}, port: ${port} }, host: web01, every: 30s, failures: 3 }
  twice: { type: tcp, options: { host: ${host}, port: ${port}, connections: 5 } }
`,
  );
  await cli("config", "apply", file);
  expect(await up("port")).toMatchObject({ host: "web01", periodMs: 30_000, failures: 3 });
  const { items } = await cli<{ items: { action: string }[] }>("config", "plan", file, "--exit-code");
  expect(items.map(({ action }) => action)).toEqual(["same", "same", "same"]);
});
