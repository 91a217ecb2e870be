import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import type { CommandSpec } from "../../src/shared/api/command.ts";
import { registry } from "../../src/shared/api/registry.ts";
import { SUBPROTOCOL, WS_PATH } from "../../src/shared/protocol.ts";
import { type DaemonProcess, startDaemon } from "../support/daemon-process.ts";
import { sentinelEnded, temporaryFolder, until } from "../support/processes.ts";

interface Frame {
  type: string;
  ok?: boolean;
  code?: string;
  more?: boolean;
  value?: unknown;
}

/** A WebSocket that has said hello. */
async function greet({ url }: Pick<DaemonProcess, "url">, token: string) {
  const ws = new WebSocket(url.replace("http", "ws") + WS_PATH, SUBPROTOCOL);
  onTestFinished(() => ws.terminate());
  await once(ws, "open");
  const texts: string[] = [];
  ws.on("message", (data) => texts.push(String(data)));
  const ask = async (frame: object): Promise<{ text: string; frame: Frame }> => {
    const before = texts.length;
    ws.send(JSON.stringify(frame));
    const text = await until("an answer", () => texts[before]);
    return { text, frame: JSON.parse(text) as Frame };
  };
  await ask({ type: "hello", client: "test/1", token });
  return { ws, ask, texts };
}

async function started(environment: Record<string, string> = {}, folder = temporaryFolder()) {
  const daemon = await startDaemon(folder, "127.0.0.1:0", { environment });
  onTestFinished(() => daemon.kill());
  const cli = async (...args: string[]) => {
    const { status, stdout, stderr } = await sentinelEnded([...args, "--data", folder, "--json"]);
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };
  return { ...daemon, folder, cli };
}

test(
  "a token is made, used, seen, revoked with its connections, and all of it is in the audit after a crash",
  { timeout: 60_000 },
  async () => {
    const { cli, folder, ...daemon } = await started();
    await cli("host", "add", "web01", "--every", "1h");
    const otto = await cli("token", "add", "otto", "--role", "operator");
    expect(otto.token).toMatch(/^sentinel_operator_[\w-]{43}$/);
    const { ws, ask, texts } = await greet(daemon, otto.token);
    await ask({ type: "watch", since: 0 });
    const silenced = await fetch(`${daemon.url}/api/v1/silences`, {
      method: "POST",
      headers: { authorization: `Bearer ${otto.token}`, "content-type": "application/json" },
      body: '{"hosts":["web01"],"durationMs":60000}',
    });
    expect(silenced.status).toBe(201);
    const listed = (await cli("token", "list")).items.find(({ id }: { id: string }) => id === otto.id);
    expect(listed).toMatchObject({ name: "otto", role: "operator", lastUsedAt: expect.any(Number) });
    expect(JSON.stringify(listed)).not.toContain(otto.token);

    const closed = once(ws, "close");
    await cli("token", "revoke", otto.id);
    expect((await closed)[0]).toBe(4401);
    const heard = texts.length;
    expect((await daemon.call("GET", "/api/v1/tokens")).body.items).not.toContainEqual(
      expect.objectContaining({ id: otto.id }),
    );
    expect((await fetch(`${daemon.url}/api/v1/hosts`, { headers: { "x-api-key": otto.token } })).status).toBe(401);
    await daemon.call("GET", "/api/v1/heartbeat/web01");
    expect(texts).toHaveLength(heard);

    const wanted = [
      {
        by: "admin",
        token: "admin",
        command: "token.revoke",
        changes: [{ kind: "token", id: otto.id, action: "removed" }],
      },
      { by: "otto", token: otto.id, command: "silence.add", from: "127.0.0.1", changes: [{ kind: "silence" }] },
      { by: "admin", token: "admin", command: "token.add", changes: [{ kind: "token", id: otto.id, action: "set" }] },
      { by: "admin", command: "host.add", from: "127.0.0.1" },
    ];
    expect((await cli("audit")).items).toMatchObject(wanted);
    await daemon.kill();
    const again = await started({}, folder);
    expect((await again.cli("audit", "--by", otto.id)).items).toMatchObject([{ command: "silence.add" }]);
    expect((await again.cli("audit", "--about", "web01", "--limit", "1")).items).toMatchObject([wanted[3]]);
    const page = (await again.call("GET", "/api/v1/audit?limit=2")).body;
    expect(page.items).toMatchObject(wanted.slice(0, 2));
    expect(page.items[0].at).toMatch(/^\d{4}-.*Z$/);
    const next = (await again.call("GET", `/api/v1/audit?limit=2&cursor=${page.next}`)).body;
    expect(next.items).toMatchObject(wanted.slice(2));
    expect(next.next).toBeUndefined();
    expect((await again.call("GET", "/api/v1/audit?cursor=none")).body).toMatchObject({
      code: "invalid",
      errors: [{ field: "cursor" }],
    });
  },
);

const canary = (): string => randomBytes(24).toString("base64url").replaceAll(/[-_]/g, "x");
const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("base64url");
const strings = (value: unknown): string[] =>
  typeof value === "object" && value !== null ? Object.values(value).flatMap(strings) : [String(value)];

/** How each command that needs arguments is asked; a new one has to be named here. `alert.link` makes a secret, of its own. */
const asked = (analysis: string, alert: string): Record<string, object> => ({
  "host.show": { id: "web01" },
  "host.body": { id: "web01" },
  "host.recent": { ids: ["web01"] },
  "host.history": { id: "web01" },
  "alert.show": { id: alert },
  "alert.link": { id: alert },
  "policy.show": { id: "default" },
  "channel.test": { id: "hook" },
  "probe.show": { id: "door" },
  "probe.run": { id: "door" },
  "logs.test": { host: "web01" },
  "logs.preview": { host: "web01" },
  "logs.analyze": { host: "web01" },
  "logs.show": { id: analysis },
  "logs.lines": { id: analysis },
  "job.run": { name: "backup" },
});

/** What some of them must tell, so that the search had something to look through. */
const told: Record<string, string> = {
  "alert.show": "web01 is down",
  "logs.lines": "Out of memory",
  "audit.list": "channel.add",
  "token.list": '"role":"operator"',
  "channel.list": '"hook"',
  "webhook.show": "http://127.0.0.1:9/…",
  "upstream.show": "http://127.0.0.1:9/…",
  "config.show": "API_SECRET_KEY",
};

test(
  "no list, page, feed or metric ever carries a secret that was given to the daemon, nor the hash of one",
  { timeout: 60_000 },
  async () => {
    const [key, modelKey, discord, upstream, hook, hmacKey, logged, host] = Array.from({ length: 8 }, canary) as [
      string,
      ...string[],
    ];
    const nowhere = "http://127.0.0.1:9";
    const { call, folder, url, token } = await started({
      API_SECRET_KEY: key,
      LLM_API_KEY: `${modelKey}`,
      DISCORD_WEBHOOK_URL: `${nowhere}/api/webhooks/1/${discord}`,
      HEALTHCHECKS_URL: `${nowhere}/${upstream}`,
    });
    const made: unknown[] = [];
    const post = async (to: string, body: object) => {
      const answer = await call("POST", `/api/v1/${to}`, body);
      expect([to, answer.status]).toEqual([to, expect.toSatisfy((status: number) => status < 300)]);
      made.push(answer.body);
    };
    await post("hosts", { name: "web01", token: host, expected_frequency_seconds: 3600 });
    for (const role of ["admin", "operator", "viewer", "host", "metrics"]) await post("tokens", { name: role, role });
    await post("hosts/web01/token", {});
    const secrets = made.flatMap((one) =>
      strings(one).flatMap((text) => text.match(/sentinel_\w+?_[\w-]{43}|\/ping\/[0-9a-f-]{36}/g) ?? []),
    );
    expect(secrets.length).toBeGreaterThan(8);
    await post("channels", { id: "hook", type: "webhook", secrets: { url: `${nowhere}/${hook}`, hmacKey } });
    await post("probes", { id: "door", type: "tcp", host: "web01", options: { host: "127.0.0.1", port: 9 } });
    const file = path.join(folder, "app.log");
    appendFileSync(
      file,
      `2026-01-05T12:00:00Z web01 kernel: Out of memory: Killed process 4242 (app) password=${logged}\n`,
    );
    await post("log-sources", { id: "app", host: "web01", type: "file", options: { path: file } });
    await post("heartbeat/web01", { status: "fail", message: "disk full" });
    const { id: analysis } = await until("an analysis of the line", async () => {
      await call("POST", "/api/v1/hosts/web01/analyze", {});
      const { items } = (await call("GET", "/api/v1/analyses")).body;
      return items.find(({ lines }: { lines: number }) => lines > 0) as { id: string } | undefined;
    });

    const kept = strings(JSON.parse(readFileSync(path.join(folder, "secrets.json"), "utf8"))).filter(
      (text) => text.length >= 16,
    );
    const known = [key, modelKey, discord, upstream, hook, hmacKey, logged, host, token, ...secrets, ...kept];
    const canaries = known.flatMap((secret) => {
      const bare = `${secret}`.replace("/ping/", "");
      return [bare, hashOf(bare)];
    });
    const leaks = (text: string): string[] => canaries.filter((one) => text.includes(one));

    const { ask, texts } = await greet({ url }, token);
    const { id: alert } = await until("the alert of the failed heartbeat", async () => {
      const { items } = (await call("GET", "/api/v1/alerts")).body;
      return items.find(({ host: of }: { host: string }) => of === "web01") as { id: string } | undefined;
    });
    const samples = asked(analysis, alert);
    const reads = (registry as readonly unknown[] as readonly CommandSpec[]).filter(({ effect }) => effect === "read");
    for (const { name, args } of reads) {
      const sample = samples[name] ?? {};
      if (name !== "config.plan") expect([name, args.safeParse(sample).success]).toEqual([name, true]);
      const { text, frame } = await ask({ type: "command", id: name, name, args: sample });
      expect([name, leaks(text)]).toEqual([name, []]);
      expect(frame.code).not.toBe("internal");
      expect(text).toContain(told[name] ?? "");
    }
    const before = texts.length;
    await ask({ type: "watch", since: 0 });
    await until("the whole feed", () => texts.slice(before).some((text) => !(JSON.parse(text) as Frame).more));
    const feed = texts.slice(before).join("\n");
    for (const kind of ["host", "channel", "alert", "source", "analysis", "probe"]) expect(feed).toContain(`"${kind}"`);
    expect(leaks(feed)).toEqual([]);

    const ids: Record<string, string> = {
      hosts: "web01",
      channels: "hook",
      analyses: analysis,
      alerts: alert,
      probes: "door",
    };
    const pages = (registry as readonly unknown[] as readonly CommandSpec[]).flatMap(({ rest }) =>
      rest?.methods.includes("GET") ? [rest.path.replace("{id}", ids[rest.path.split("/")[3] ?? ""] ?? "web01")] : [],
    );
    for (const page of [...pages, "/metrics", "/openapi.json", "/docs"]) {
      const reply = await fetch(url + page, { headers: { "x-api-key": token } });
      expect([page, leaks(await reply.text())]).toEqual([page, []]);
    }
    // That the search itself finds something.
    expect(leaks(readFileSync(path.join(folder, "secrets.json"), "utf8")).length).toBeGreaterThanOrEqual(4);
  },
);
