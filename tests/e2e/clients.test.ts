/** The clients that people have, as real processes: curl, the shell client, `sentinel run`, borgmatic's hook. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HostSecrets } from "../../src/shared/api/host.ts";
import { startDaemon } from "../support/daemon-process.ts";
import type { DaemonProcess } from "../support/daemon-process.ts";
import { startPingServer } from "../support/ping-server.ts";
import {
  freePort,
  plainEnvironment,
  root,
  run,
  sentinel,
  sentinelEnded,
  temporaryFolder,
  until,
} from "../support/processes.ts";
import type { Run } from "../support/processes.ts";

const rid = "5f0c7a1e-6a52-4a5e-9d1c-0123456789ab";

let folder: string;
let daemon: DaemonProcess;
let hosts = 0;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "sentinel-clients-"));
  daemon = await startDaemon(folder);
});
afterAll(async () => {
  await daemon.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Shown {
  state: string;
  reason: string;
  beat?: { status: string; message?: string; exitCode?: number; durationMs?: number; metrics?: Record<string, number> };
  recent: { status: string; durationMs?: number }[];
}

/** A new host with its secrets. */
async function addHost(): Promise<HostSecrets & { id: string }> {
  hosts += 1;
  const id = `host${hosts}`;
  const { status, body } = await daemon.call("POST", "/api/v1/hosts", { name: id, host_id: id });
  expect(status).toBe(201);
  return { ...(body as HostSecrets), id };
}

const address = (): string[] => ["--url", daemon.url, "--token", daemon.token];

/** A host as `sentinel host show --json` tells of it. */
async function show(id: string): Promise<Shown> {
  const { status, stdout, stderr } = await sentinelEnded(["host", "show", id, "--json", ...address()]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return JSON.parse(stdout) as Shown;
}

/** The results that a host's history has, oldest first, and its state. */
async function results(id: string): Promise<{ state: string; beats: string[] }> {
  const { body } = await daemon.call("GET", `/api/v1/hosts/${id}`);
  const { state, recent_heartbeats: beats } = body as { state: string; recent_heartbeats: { status: string }[] };
  return { state, beats: beats.map(({ status }) => status) };
}

/** What came with a host's last ping. */
const bodyOf = async (id: string): Promise<string> =>
  ((await daemon.call("GET", `/api/v1/hosts/${id}/body`)).body as { text: string }).text;

interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

async function ended(started: Run): Promise<Ended> {
  return { ...(await started.ended), stdout: started.stdout(), stderr: started.stderr() };
}

/** An address where nothing listens. */
const nowhere = async (): Promise<string> => `http://127.0.0.1:${await freePort()}/ping/${rid}`;

describe("curl on a ping URL", () => {
  async function curl(...args: string[]): Promise<{ status: number; headers: string; said: string }> {
    const { stdout, stderr } = await ended(run("curl", ["-sS", "-i", "-m", "10", ...args]));
    expect(stderr).toBe("");
    const [headers = "", said = ""] = stdout.split("\r\n\r\n");
    return { status: Number(headers.split(" ")[1]), headers: headers.toLowerCase(), said };
  }

  const methods: [string, string[]][] = [
    ["GET", []],
    ["HEAD", ["--head"]],
    ["POST", ["--data-binary", "three files\nfour"]],
  ];
  const bases: [string, (secrets: HostSecrets) => string][] = [
    ["/ping/<uuid>", ({ ping_url: url }) => url],
    ["/ping/<ping-key>/<slug>", ({ slug_url: url }) => url],
  ];
  // What a form says, the state that it leads a new host to, and what history then has of it.
  const forms: [string, string, string[]][] = [
    ["", "up", ["ok"]],
    [`?rid=${rid}`, "up", ["ok"]],
    ["/start", "new", []],
    [`/start?rid=${rid}`, "new", []],
    ["/log", "new", []],
    ["/fail", "down", ["fail"]],
    ["/0", "up", ["ok"]],
    ["/1", "down", ["fail"]],
    [`/255?rid=${rid}`, "down", ["fail"]],
  ];
  const cases = bases.flatMap(([base, urlOf]) => forms.map((form) => [base + form[0], urlOf, form] as const));

  test.each(cases)("%s is taken by GET, HEAD and POST", async (_name, urlOf, [suffix, state, beats]) => {
    for (const [method, args] of methods) {
      const host = await addHost();
      const { status, headers, said } = await curl(...args, urlOf(host) + suffix);
      expect({ method, status, said }).toEqual({ method, status: 200, said: method === "HEAD" ? "" : "OK" });
      expect(headers).toMatch(/^ping-body-limit: \d+\r?$/m);
      expect({ method, ...(await results(host.id)) }).toEqual({ method, state, beats });
    }
  });

  test("keeps what a POST sends along", async () => {
    const host = await addHost();
    await curl("--data-binary", "three files\nfour", `${host.ping_url}/fail`);
    expect(await bodyOf(host.id)).toBe("three files\nfour");
  });

  test("times a run from its start to its end", async () => {
    const host = await addHost();
    await curl(`${host.ping_url}/start?rid=${rid}`);
    await curl(`${host.slug_url}?rid=${rid}`);
    expect((await show(host.id)).beat).toMatchObject({ status: "ok", durationMs: expect.any(Number) });
  });

  const refusals: [string, (secrets: HostSecrets) => string, number][] = [
    ["an exit status over 255", ({ ping_url: url }) => `${url}/256`, 400],
    ["an exit status over 255 by slug", ({ slug_url: url }) => `${url}/256`, 400],
    ["a rid that is no UUID", ({ ping_url: url }) => `${url}?rid=1`, 400],
    ["an upper-case slug", ({ slug_url: url }) => url.replace(/\/host(\d+)$/, "/HOST$1"), 400],
    ["an unknown action", ({ ping_url: url }) => `${url}/finish`, 404],
    ["an unknown UUID", ({ ping_url: url }) => url.replace(/[^/]+$/, rid), 404],
    ["an unknown ping key", ({ slug_url: url }) => url.replace(/[^/]+(?=\/[^/]+$)/, "no-such-key"), 404],
  ];

  test.each(refusals)("is refused for %s", async (_what, urlOf, expected) => {
    const host = await addHost();
    expect((await curl(urlOf(host))).status).toBe(expected);
    expect(await results(host.id)).toEqual({ state: "new", beats: [] });
  });

  test("creates a host by its slug with create=1 and a ping key, and only then", async () => {
    const made = await sentinelEnded(["token", "add", "cron", "--role", "host", "--json", ...address()]);
    const { token } = JSON.parse(made.stdout) as { token: string };
    const url = `${daemon.url}/ping/${token}/made-by-curl`;
    expect((await curl(url)).status).toBe(404);
    expect(await curl(`${url}?create=1`)).toMatchObject({ status: 201, said: "Created" });
    expect(await curl(`${url}/fail?create=1`)).toMatchObject({ status: 200, said: "OK" });
    expect(await results("made-by-curl")).toEqual({ state: "down", beats: ["ok", "fail"] });
  });

  test.each([
    ["", "up", ["ok"]],
    ["?status=up&msg=fine&ping=12", "up", ["ok"]],
    ["?status=down&msg=broken", "down", ["fail"]],
  ])("takes Uptime Kuma's form /api/push/<token>%s", async (query, state, beats) => {
    const host = await addHost();
    const { status, said } = await curl(host.push_url + query);
    expect({ status, said }).toEqual({ status: 200, said: '{"ok":true}' });
    expect(await results(host.id)).toEqual({ state, beats });
  });
});

describe("the lines to paste that `sentinel host add` shows", () => {
  test("do what they say", async () => {
    const { stdout } = await sentinelEnded(["host", "add", "pasted", "--json", ...address()]);
    const { paste } = JSON.parse(stdout) as { paste: Record<string, string> };
    const sh = async (line: string): Promise<Ended> => ended(run("sh", ["-c", line]));
    expect(await sh(paste["curl"] ?? "")).toMatchObject({ status: 0, stdout: "", stderr: "" });
    await sh((paste["crontab"] ?? "").replace(/^.* \/usr\/local\/bin\/job/m, "(exit 5)"));
    expect((await show("pasted")).reason).toContain("exit status 5");
    await sh(paste["push"] ?? "");
    expect(await results("pasted")).toEqual({ state: "up", beats: ["ok", "fail", "ok"] });
    const human = await sentinelEnded(["host", "show", "pasted", ...address()]);
    expect(human.stdout).toContain('"$SENTINEL_PING_URL"');
    expect(human.stdout).not.toContain("/ping/");
    const renewed = await sentinelEnded(["host", "token", "pasted", ...address()]);
    expect(renewed.stdout).toMatch(/^ {2}0 3 \* \* \* .*\/ping\/[0-9a-f-]{36}'\/\$\?$/m);
  });
});

const client = path.join(root, "deploy", "client", "sentinel-ping");
const has = (program: string): boolean => spawnSync(program, ["--help"]).error === undefined;
const shells = (
  [
    ["dash", []],
    ["busybox", ["sh"]],
    ["bash", ["--posix"]],
  ] as [string, string[]][]
).filter(([shell]) => has(shell) || void console.warn(`no ${shell} here: the shell client isn't tested with it`));

describe.each(shells)("the shell client under %s", (shell, shellArgs) => {
  const start = (args: string[], env: Record<string, string>): Run =>
    run(shell, [...shellArgs, client, ...args], { env: plainEnvironment({ SENTINEL_PING_BACKOFF: "0", ...env }) });
  const ping = (url: string, ...args: string[]): Promise<Ended> => ended(start(args, { SENTINEL_PING_URL: url }));

  test("is well formed", () => {
    execFileSync(shell, [...shellArgs, "-n", client]);
  });

  test.each([
    [[], "up", ["ok"]],
    [["start"], "new", []],
    [["log"], "new", []],
    [["fail"], "down", ["fail"]],
    [["0"], "up", ["ok"]],
    [["7"], "down", ["fail"]],
  ])("tells the daemon %j, and says nothing", async (args, state, beats) => {
    const host = await addHost();
    expect(await ping(host.ping_url, ...args)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(await results(host.id)).toEqual({ state, beats });
  });

  test("wraps a good job: a timed run with its output", async () => {
    const host = await addHost();
    const script = 'echo "out $1"; echo err >&2; echo device >/dev/stderr';
    const done = await ping(host.ping_url, "run", "--", "sh", "-c", script, "x", "a  b");
    expect(done).toMatchObject({ status: 0, stdout: "out a  b\n", stderr: "err\ndevice\n" });
    expect(await show(host.id)).toMatchObject({ state: "up", beat: { status: "ok", durationMs: expect.any(Number) } });
    expect((await bodyOf(host.id)).split("\n").sort()).toEqual(["", "device", "err", "out a  b"]);
  });

  test("wraps a failing job, with its exit status", async () => {
    const host = await addHost();
    const done = await ping(host.slug_url, "run", "--", "sh", "-c", "echo no space left; exit 3");
    expect(done).toMatchObject({ status: 3, stdout: "no space left\n" });
    expect(await show(host.id)).toMatchObject({ state: "down", beat: { exitCode: 3 } });
    expect(await bodyOf(host.id)).toBe("no space left\n");
  });

  test("ends with 127 for a program that isn't there", async () => {
    const host = await addHost();
    expect(await ping(host.ping_url, "run", "--", "/no/such/program")).toMatchObject({ status: 127 });
    expect((await show(host.id)).beat).toMatchObject({ status: "fail", exitCode: 127 });
  });

  test("passes SIGTERM on to its job and tells how that ended", async () => {
    const host = await addHost();
    const script = 'trap "echo stopped; exit 9" TERM; echo ready; while :; do sleep 0.2; done';
    const started = start(["run", "--", "sh", "-c", script], { SENTINEL_PING_URL: host.ping_url });
    await until("the job", () => started.stdout().includes("ready"));
    started.child.kill("SIGTERM");
    expect(await ended(started)).toMatchObject({ status: 9, stdout: "ready\nstopped\n" });
    expect(await show(host.id)).toMatchObject({ beat: { exitCode: 9 } });
  });

  test("passes 100,000 lines through unchanged, gives the job its own input, and keeps the last 100 kB", async () => {
    const { url, heard } = await startPingServer();
    const lines = Array.from({ length: 100_000 }, (_, index) => `line ${index}\n`).join("");
    const file = path.join(temporaryFolder(), "input");
    writeFileSync(file, lines);
    const quoted = `exec <'${file}'; exec ${[shell, ...shellArgs].join(" ")} '${client}' run -- cat`;
    const done = await ended(run("sh", ["-c", quoted], { env: plainEnvironment({ SENTINEL_PING_URL: url }) }));
    expect(done.stdout === lines).toBe(true);
    expect(heard.at(-1)?.body).toBe(lines.slice(-100_000));
  });

  test("sends standard input along when it is asked to", async () => {
    const { url, heard } = await startPingServer();
    const piped = `echo 'two of three' | ${[shell, ...shellArgs].join(" ")} '${client}' log -`;
    await ended(run("sh", ["-c", piped], { env: plainEnvironment({ SENTINEL_PING_URL: url }) }));
    expect(heard).toMatchObject([{ method: "POST", body: "two of three\n" }]);
  });

  test("tries again when the daemon fails, and gives up on what it refuses", async () => {
    const failing = await startPingServer([500, 503, 200]);
    expect(await ping(failing.url, "-c")).toMatchObject({ status: 0, stderr: "" });
    expect(failing.heard).toHaveLength(3);
    const refusing = await startPingServer([404]);
    const { status, stderr } = await ping(refusing.url, "-c");
    expect({ status, stderr }).toEqual({ status: 1, stderr: "sentinel-ping: not delivered: the answer was 404\n" });
    expect(refusing.heard).toHaveLength(1);
  });

  test("tries the end of a run again under the same run id, with its body", async () => {
    const { url, heard } = await startPingServer([200, 500, 200]);
    const done = await ping(url, "run", "--", "sh", "-c", "echo result; exit 2");
    expect(done).toMatchObject({ status: 2, stderr: "" });
    expect(heard.map((one) => one.body)).toEqual(["", "result\n", "result\n"]);
    const runs = heard.map((one) => /^\/ping\/[^/]+\/(\w+)\?rid=([0-9a-f-]{36})$/.exec(one.url));
    expect(runs.map((found) => found?.[1])).toEqual(["start", "2", "2"]);
    expect(new Set(runs.map((found) => found?.[2])).size).toBe(1);
  });

  test("lets no daemon's absence stop or fail the job, after five more tries", async () => {
    const url = await nowhere();
    const done = await ping(url, "run", "--", "sh", "-c", "echo worked; exit 4");
    expect(done).toMatchObject({ status: 4, stdout: "worked\n", stderr: "sentinel-ping: not delivered: no answer\n" });
    expect(await ping(url, "-q")).toMatchObject({ status: 0, stderr: "" });
    expect(await ping(url, "-q", "--check")).toMatchObject({ status: 1, stderr: "" });
  });

  test("runs the job all the same when nobody has said where to report", async () => {
    const done = await ping("", "run", "--", "sh", "-c", "echo worked; exit 4");
    expect(done).toMatchObject({ status: 4, stdout: "worked\n" });
    expect(done.stderr).toContain("SENTINEL_PING_URL");
  });

  test("takes the URL from a file, and shows it in no process's arguments", async () => {
    let seen = 0;
    const server = await startPingServer([200], () => {
      seen += commandLines().filter((line) => line.includes(server.secret)).length;
    });
    const file = path.join(temporaryFolder(), "url");
    writeFileSync(file, `${server.url}?x=1\n`);
    expect(await ended(start(["fail"], { SENTINEL_PING_URL_FILE: file }))).toMatchObject({ status: 0, stderr: "" });
    expect(server.heard).toMatchObject([{ url: `/ping/${server.secret}/fail?x=1` }]);
    expect(seen).toBe(0);
  });

  test.each([[["finish"]], [["256"]], [[""]], [["start", "now"]], [["run"]], [["--fast"]]])(
    "refuses %j with status 2",
    async (args) => {
      const { status, stderr } = await ping(await nowhere(), ...args);
      expect(status).toBe(2);
      expect(stderr).toContain("--help");
    },
  );

  test("tells what it takes", async () => {
    const { status, stdout } = await ping("", "--help");
    expect(status).toBe(0);
    for (const word of ["run --", "start", "log", "SENTINEL_PING_URL_FILE", "Exit status"])
      expect(stdout).toContain(word);
  });
});

/** What every process on this machine was started with. */
function commandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        // It has ended meanwhile.
        return "";
      }
    });
}

describe("sentinel run", () => {
  const wrapped = (host: { id: string; token: string }, ...command: string[]): Run =>
    sentinel(["run", host.id, "--url", daemon.url, "--token", host.token, "--", ...command]);
  const pinging = (url: string, args: string[]): Promise<Ended> =>
    ended(sentinel(["run", ...args], { env: plainEnvironment({ SENTINEL_PING_URL: url }) }));

  test("tells of a failing job: its exit status, its duration, and its last lines", async () => {
    const host = await addHost();
    const done = await ended(wrapped(host, "sh", "-c", 'echo "$0"; echo "no space" >/dev/stderr; exit 3', "--json"));
    expect(done).toEqual({ status: 3, signal: null, stdout: "--json\n", stderr: "no space\n" });
    const { state, reason, beat } = await show(host.id);
    expect({ state, reason }).toMatchObject({ state: "down", reason: expect.stringContaining("exit status 3") });
    expect(beat).toMatchObject({
      status: "fail",
      exitCode: 3,
      durationMs: expect.any(Number),
      metrics: { durationMs: expect.any(Number) },
    });
    expect(beat?.message?.split(" ").sort()).toEqual(["--json", "no", "space"]);
  });

  test("tells of a good job, with the token from a file", async () => {
    const host = await addHost();
    const file = path.join(temporaryFolder(), "token");
    writeFileSync(file, `${host.token}\n`);
    const done = await ended(sentinel(["run", host.id, "--url", daemon.url, "--token-file", file, "--", "true"]));
    expect(done).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(await show(host.id)).toMatchObject({ state: "up", beat: { exitCode: 0 } });
  });

  test("passes SIGTERM and SIGINT on to its job", async () => {
    const script = 'trap "exit 8" TERM; trap "exit 9" INT; echo ready; while :; do sleep 0.05; done';
    for (const [signal, status] of [
      ["SIGTERM", 8],
      ["SIGINT", 9],
    ] as const) {
      const host = await addHost();
      const started = wrapped(host, "sh", "-c", script);
      await until("the job", () => started.stdout().includes("ready"));
      started.child.kill(signal);
      expect(await ended(started)).toMatchObject({ status, stderr: "" });
      expect((await show(host.id)).beat).toMatchObject({ status: "fail", exitCode: status, message: "ready" });
    }
  });

  test("tells a death by a signal as a shell does", async () => {
    const host = await addHost();
    expect(await ended(wrapped(host, "sh", "-c", "kill -KILL $$"))).toMatchObject({ status: 137 });
    expect((await show(host.id)).beat).toMatchObject({ status: "fail", exitCode: 137 });
  });

  test.each([
    ["/no/such/program", 127],
    ["/etc/passwd", 126],
  ])("ends as a shell does for %s, and tells so", async (program, status) => {
    const host = await addHost();
    const done = await ended(wrapped(host, program));
    expect(done).toMatchObject({ status, stdout: "" });
    expect(done.stderr).toContain(program);
    expect((await show(host.id)).beat).toMatchObject({ exitCode: status, message: expect.stringContaining(program) });
  });

  test("passes 100,000 lines on each stream through unchanged, and keeps the last of them", async () => {
    const host = await addHost();
    const script = "seq 1 100000; seq 100001 200000 >&2";
    const expected = [
      [1, 100_000],
      [100_001, 200_000],
    ].map(([from = 0, to = 0]) =>
      digest(Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join("")),
    );
    const { status, stdout, stderr } = await ended(wrapped(host, "sh", "-c", script));
    expect({ status, digests: [digest(stdout), digest(stderr)] }).toEqual({ status: 0, digests: expected });
    const { beat } = await show(host.id);
    expect(beat?.message).toMatch(/^(\d{5,6} )*\d{5,6}$/);
    expect(beat?.message?.length).toBeGreaterThan(900);
  });

  test("gives the job its own standard input", async () => {
    const { url } = await startPingServer();
    const script = `printf 'one\\ntwo\\n' | "$0" "$1" run -- sort -r`;
    const launcher = path.join(root, "bin", "sentinel.cjs");
    const started = run("sh", ["-c", script, process.execPath, launcher], {
      env: plainEnvironment({ SENTINEL_PING_URL: url }),
    });
    expect(await ended(started)).toMatchObject({ status: 0, stdout: "two\none\n", stderr: "" });
  });

  test("ends with its job, whatever that leaves running", async () => {
    const { url, heard } = await startPingServer();
    const done = await pinging(url, ["--", "sh", "-c", "sleep 60 & echo $!"]);
    process.kill(Number(done.stdout), "SIGKILL");
    expect(done).toMatchObject({ status: 0, stderr: "" });
    expect(heard).toHaveLength(2);
  });

  test("lets a reader go early, as the job would have it alone", async () => {
    const { url, heard } = await startPingServer();
    const script = `"$0" "$1" run -- yes | head -n 1`;
    const started = run("sh", ["-c", script, process.execPath, path.join(root, "bin", "sentinel.cjs")], {
      env: plainEnvironment({ SENTINEL_PING_URL: url }),
    });
    expect(await ended(started)).toMatchObject({ status: 0, stdout: "y\n" });
    await until("the end of the job", () =>
      heard.some((one) => one.url.includes(`/${128 + 13}?`) || one.url.includes("/1?")),
    );
  });

  test("speaks through a ping URL, the end again if it must, without ever naming it", async () => {
    const { url, heard, secret } = await startPingServer([200, 500, 200]);
    const done = await pinging(`${url}?x=1`, ["--", "sh", "-c", "echo result; exit 2"]);
    expect(done).toMatchObject({ status: 2, stdout: "result\n", stderr: "" });
    const runs = heard.map((one) => /^\/ping\/[^/]+\/(\w+)\?x=1&rid=([0-9a-f-]{36})$/.exec(one.url));
    expect(runs.map((found) => found?.[1])).toEqual(["start", "2", "2"]);
    expect(new Set(runs.map((found) => found?.[2])).size).toBe(1);
    expect(heard.map((one) => one.body)).toEqual(["", "result", "result"]);
    const refusing = await startPingServer([404]);
    const refused = await pinging(refusing.url, ["--", "true"]);
    expect(refused).toMatchObject({ status: 0, stderr: expect.stringContaining("the answer was 404") });
    expect(refused.stderr).not.toContain(secret);
    expect(refusing.heard).toHaveLength(2);
  });

  test("lets no daemon's absence stop, delay or fail the job", async () => {
    const absent = await pinging(await nowhere(), ["--retries", "0", "--", "sh", "-c", "echo worked; exit 4"]);
    expect(absent).toMatchObject({ status: 4, stdout: "worked\n", stderr: expect.stringContaining("ECONNREFUSED") });
    expect(absent.stderr).not.toContain(rid);
    const unknown = await ended(
      sentinel(["run", "web01", "--retries", "0", "--data", temporaryFolder(), "--", "true"]),
    );
    expect(unknown).toMatchObject({ status: 0, stderr: expect.stringContaining("sentinel up") });
    const unread = await ended(sentinel(["run", "web01", "--token-file", "/no/such", "--", "true"]));
    expect(unread).toMatchObject({ status: 0, stderr: expect.stringContaining("--token-file") });
    expect(await pinging("nonsense", ["--", "true"])).toMatchObject({
      status: 0,
      stderr: expect.stringContaining("PING_URL"),
    });
  });

  test("gives up trying as soon as somebody wants the end", async () => {
    const { url, heard } = await startPingServer([500]);
    const started = sentinel(["run", "--retries", "20", "--", "true"], {
      env: plainEnvironment({ SENTINEL_PING_URL: url }),
    });
    await until("the end to be told once", () => heard.length > 1);
    started.child.kill("SIGTERM");
    expect(await ended(started)).toMatchObject({ status: 0, stderr: expect.stringContaining("500") });
  });

  test.each([
    [["run", "web01"], "two dashes"],
    [["run", "web01", "true"], "two dashes"],
    [["run", "WEB", "--", "true"], "<host>"],
    [["run", "web01", "--retries", "many", "--", "true"], "--retries"],
  ])("refuses %j with status 2, and runs nothing", async (args, named) => {
    const { status, stderr } = await sentinelEnded(args);
    expect(status).toBe(2);
    expect(stderr).toContain(named);
  });
});

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("sentinel heartbeat", () => {
  test("tells all that a heartbeat can hold, with the token from a file", async () => {
    const host = await addHost();
    const file = path.join(temporaryFolder(), "token");
    writeFileSync(file, host.token);
    const beat = (...args: string[]) =>
      sentinelEnded(["heartbeat", host.id, "--url", daemon.url, "--token-file", file, ...args]);
    expect(await beat("--status", "start", "--run", "r1")).toMatchObject({ status: 0 });
    const done = await beat("--exit-code", "3", "--run", "r1", "--message", "disk full", "--metric", "files=12");
    expect(done).toEqual({ status: 0, stdout: `${host.id} is down\n`, stderr: "" });
    expect((await show(host.id)).beat).toMatchObject({
      status: "fail",
      exitCode: 3,
      message: "disk full",
      metrics: { files: 12 },
      durationMs: expect.any(Number),
    });
  });

  test("tries again when the daemon fails, and says with its exit status why it gives up", async () => {
    const { url, heard } = await startPingServer([503, 404]);
    const asked = await sentinelEnded(["heartbeat", "web01", "--url", new URL(url).origin, "--token", "t"]);
    expect(asked).toMatchObject({ status: 1, stderr: expect.stringContaining("404") });
    expect(heard).toHaveLength(2);
    const absent = new URL(await nowhere()).origin;
    const gone = await sentinelEnded(["heartbeat", "web01", "--retries", "0", "--url", absent, "--token", "t"]);
    expect(gone).toMatchObject({ status: 69, stderr: expect.stringContaining("is the daemon running?") });
    const host = await addHost();
    const wrong = await sentinelEnded(["heartbeat", host.id, "--url", daemon.url, "--token", "wrong-token"]);
    expect(wrong).toMatchObject({ status: 77, stderr: expect.not.stringContaining("wrong-token") });
  });
});

const hasBorgmatic = has("borgmatic");
if (!hasBorgmatic) console.warn("no borgmatic here (`apt-get install borgmatic`): its healthchecks hook isn't tested");

describe.skipIf(!hasBorgmatic)("borgmatic's healthchecks hook", () => {
  test("tells of a backup, and of one that fails, with its log", async () => {
    const host = await addHost();
    const home = temporaryFolder();
    const config = path.join(home, "config.yaml");
    writeFileSync(path.join(home, "file"), "content");
    writeFileSync(
      config,
      JSON.stringify({
        location: { source_directories: [path.join(home, "file")], repositories: [path.join(home, "repository")] },
        storage: { unknown_unencrypted_repo_access_is_ok: true },
        hooks: { healthchecks: { ping_url: host.ping_url } },
      }),
    );
    const borgmatic = async (...args: string[]): Promise<Ended> =>
      ended(run("borgmatic", ["--config", config, ...args], { env: plainEnvironment({ HOME: home }) }));
    expect(await borgmatic("init", "--encryption", "none")).toMatchObject({ status: 0 });
    expect(await borgmatic("create")).toMatchObject({ status: 0 });
    expect(await show(host.id)).toMatchObject({
      state: "up",
      recent: [{ status: "ok", durationMs: expect.any(Number) }],
    });
    rmSync(path.join(home, "repository"), { recursive: true });
    expect((await borgmatic("create")).status).not.toBe(0);
    expect(await results(host.id)).toEqual({ state: "down", beats: ["ok", "fail"] });
    expect(await bodyOf(host.id)).toContain("Error running actions");
  });
});
