import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  freePort,
  launcher,
  processesOn,
  readNote,
  run,
  sentinel,
  startDaemon,
  temporaryFolder,
  until,
} from "../support/processes.ts";
import type { Run } from "../support/processes.ts";
import { openTerminal } from "../support/terminal.ts";

interface HostReply {
  host_id: string;
  state: string;
  last_seen: string;
}

async function hosts(data: string): Promise<HostReply[]> {
  const note = readNote(data);
  if (!note) return [];
  const headers = { "x-api-key": readFileSync(path.join(data, "admin.token"), "utf8").trim() };
  const answer = await fetch(`${note.url}/api/v1/hosts`, { headers }).catch(() => undefined);
  return answer?.ok ? ((await answer.json()) as { hosts: HostReply[] }).hosts : [];
}

const thisHostUp = (data: string): Promise<HostReply> =>
  until("this machine to be up", async () => (await hosts(data)).find(({ state }) => state === "up"), 10_000);

const nothingLeft = (data: string): Promise<boolean> =>
  until("every process to be gone", () => processesOn(data).length === 0, 6_000);

const EPOLLOUT = 4;

/** Has the terminal no room for more of what the process writes? Then its event loop waits for that (proc(5), epoll(7)). */
function waitsForTerminal(pid: number): boolean {
  const opened = readdirSync(`/proc/${pid}/fd`).map((fd) => ({ fd, target: targetOf(`/proc/${pid}/fd/${fd}`) }));
  const terminals = new Set(opened.filter(({ target }) => target.startsWith("/dev/pts/")).map(({ fd }) => fd));
  const polls = opened.filter(({ target }) => target === "anon_inode:[eventpoll]");
  return polls.some(({ fd }) => {
    const watched = readFileSync(`/proc/${pid}/fdinfo/${fd}`, "utf8").matchAll(/^tfd:\s+(\d+) events:\s+([0-9a-f]+)/gm);
    return [...watched].some(
      ([, one = "", events = ""]) => terminals.has(one) && (Number.parseInt(events, 16) & EPOLLOUT) !== 0,
    );
  });
}

/** What a link of /proc leads to; nothing if it was closed meanwhile. */
function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}

/** `sentinel up`, or the whole `npm start`, on a data folder and a port of its own. */
async function startUp(
  how: "sentinel" | "npm" = "sentinel",
  data = temporaryFolder(),
  port?: number,
): Promise<Run & { data: string; port: number }> {
  const chosen = port ?? (await freePort());
  const flags = ["--data", data, "--listen", `127.0.0.1:${chosen}`];
  const started = how === "npm" ? run("npm", ["start", "--", ...flags]) : sentinel(["up", ...flags]);
  return { ...started, data, port: chosen };
}

describe("npm start without a terminal", () => {
  test("shows this machine up within ten seconds, and ends with status 0 on SIGTERM to npm, with nothing left behind", async () => {
    const up = await startUp("npm");
    await thisHostUp(up.data);
    await until("a line about it", () => / up: /.test(up.stdout()));
    up.child.kill("SIGTERM");
    expect(await up.ended).toEqual({ status: 0, signal: null });
    await nothingLeft(up.data);
    expect(readNote(up.data)).toBeUndefined();
  }, 60_000);

  test("ends with status 0 on a SIGINT to the whole group, which arrives more than once", async () => {
    const up = await startUp("npm");
    await thisHostUp(up.data);
    process.kill(-up.pid, "SIGINT");
    process.kill(-up.pid, "SIGINT");
    expect(await up.ended).toEqual({ status: 0, signal: null });
    await nothingLeft(up.data);
  }, 60_000);
});

describe("sentinel up", () => {
  test("keeps tokens and logs to this user, and the same host on the next start", async () => {
    const first = await startUp();
    const host = await thisHostUp(first.data);
    for (const file of ["admin.token", "agent.json", "daemon.json", "logs/daemon.log", "logs/agent.log"]) {
      expect([file, statSync(path.join(first.data, file)).mode & 0o777]).toEqual([file, 0o600]);
    }
    first.child.kill("SIGTERM");
    await first.ended;
    const second = await startUp("sentinel", first.data);
    const again = await thisHostUp(second.data);
    expect(again.host_id).toBe(host.host_id);
    expect(await hosts(second.data)).toHaveLength(1);
  });

  test("gives the agent a new token when its own no longer opens the daemon", async () => {
    const first = await startUp();
    const { host_id: host } = await thisHostUp(first.data);
    first.child.kill("SIGTERM");
    await first.ended;
    const file = path.join(first.data, "agent.json");
    execFileSync(process.execPath, [
      "-e",
      `require("fs").writeFileSync(${JSON.stringify(file)}, '{"host":"${host}","token":"sentinel_host_wrong"}')`,
    ]);
    const second = await startUp("sentinel", first.data);
    await until("a later heartbeat", async () =>
      (await hosts(second.data)).some(({ last_seen }) => Date.parse(last_seen) > Date.now() - 3_000),
    );
  });

  test("says which port is taken and what to do", async () => {
    const other = createServer((_request, response) => response.end("hello"));
    const port = await freePort();
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    onTestFinished(() => void other.close());
    const up = await startUp("sentinel", temporaryFolder(), port);
    expect((await up.ended).status).toBe(1);
    expect(up.stderr()).toContain(String(port));
    expect(up.stderr()).toContain("--listen");
    await nothingLeft(up.data);
  });

  test("says that another Sentinel has the port, and sends it no token", async () => {
    const other = await startDaemon();
    const up = await startUp("sentinel", temporaryFolder(), Number(new URL(other.url).port));
    expect((await up.ended).status).toBe(1);
    expect(up.stderr()).toContain("another Sentinel");
    expect(up.stderr()).toContain("--listen");
  });

  test("says who holds the data folder when that one doesn't answer", async () => {
    const holder = await startDaemon();
    process.kill(holder.pid, "SIGSTOP");
    const up = await startUp("sentinel", holder.data);
    expect((await up.ended).status).toBe(1);
    expect(up.stderr()).toContain(String(holder.pid));
    expect(up.stderr()).toContain("--data");
  });

  test("attaches to the Sentinel that runs there already, and leaves it running", async () => {
    const daemon = await startDaemon();
    const up = await startUp("sentinel", daemon.data);
    await until("the line that says so", () => up.stdout().includes("already runs"));
    await until("the connection", () => up.stdout().includes("connected"));
    up.child.kill("SIGTERM");
    expect((await up.ended).status).toBe(0);
    expect((await fetch(`${daemon.url}/api/v1/health`)).status).toBe(200);
  });

  test("refuses a bad address with status 78", async () => {
    const up = sentinel(["up", "--data", temporaryFolder(), "--listen", "nowhere:port"]);
    expect((await up.ended).status).toBe(78);
    expect(up.stderr()).toContain("listen");
  });

  test("tells in one line, with the log's path, that its agent has died, and goes on", async () => {
    const up = await startUp();
    await thisHostUp(up.data);
    const agent = processesOn(up.data).find((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("\0agent\0"),
    );
    process.kill(agent ?? 0, "SIGKILL");
    await until("the line", () => up.stdout().includes(path.join(up.data, "logs", "agent.log")));
    expect(await hosts(up.data)).toHaveLength(1);
  });

  test("ends with status 1 when its daemon has died", async () => {
    const up = await startUp();
    await thisHostUp(up.data);
    process.kill(readNote(up.data)?.pid ?? 0, "SIGKILL");
    expect((await up.ended).status).toBe(1);
    expect(up.stdout()).toContain(path.join(up.data, "logs", "daemon.log"));
    await nothingLeft(up.data);
  });

  test("leaves nothing behind when it is killed itself", async () => {
    const up = await startUp();
    await thisHostUp(up.data);
    up.child.kill("SIGKILL");
    await nothingLeft(up.data);
    expect(readNote(up.data)).toBeUndefined();
  });

  test("ends at once on a signal while it still starts", async () => {
    const up = await startUp();
    await until("the daemon's process", () => processesOn(up.data).length > 1);
    up.child.kill("SIGTERM");
    expect((await up.ended).status).toBe(0);
    await nothingLeft(up.data);
  });
});

describe("sentinel up on a terminal", () => {
  async function openConsole() {
    const data = temporaryFolder();
    const terminal = openTerminal(process.execPath, [
      launcher,
      "up",
      "--data",
      data,
      "--listen",
      `127.0.0.1:${await freePort()}`,
    ]);
    return { terminal, data };
  }

  test("opens the console with this machine up, and stops everything when the person quits", async () => {
    const { terminal, data } = await openConsole();
    const { host_id: host } = await thisHostUp(data);
    await terminal.see(new RegExp(`${host}.*up|up.*${host}`, "i"));
    terminal.type("q");
    expect(await terminal.ended).toEqual({ status: 0, signal: 0 });
    await nothingLeft(data);
  });

  test("keeps monitoring while the terminal is stalled, and still ends on SIGTERM", async () => {
    const { terminal, data } = await openConsole();
    const first = await thisHostUp(data);
    await terminal.see(first.host_id);
    terminal.stall();
    // Every change of the size is a full repaint.
    let columns = 100;
    await until("the terminal to be full", () => {
      terminal.resize((columns ^= 1), 30);
      return waitsForTerminal(terminal.pid);
    });
    await until(
      "the next heartbeat",
      async () => (await hosts(data)).some(({ last_seen }) => last_seen > first.last_seen),
      25_000,
    );
    process.kill(terminal.pid, "SIGTERM");
    await nothingLeft(data);
  }, 60_000);
});
