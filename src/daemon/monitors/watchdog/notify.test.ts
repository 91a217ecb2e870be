import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createNotify } from "./notify.ts";

const PATH = "/usr/bin:/bin";
let folder: string;
let warnings: string[];
const warn = (reason: string) => void warnings.push(reason);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-notify-"));
  warnings = [];
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

describe("with something in the place of systemd-notify", () => {
  const log = () => readFileSync(join(folder, "log"), "utf8").trim().split("\n");
  function standIn(script: string): void {
    writeFileSync(join(folder, "systemd-notify"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "systemd-notify"), 0o755);
  }
  const notify = () => createNotify({ warn, env: { PATH: `${folder}:${PATH}`, NOTIFY_SOCKET: "/run/notify" } });

  test("each thing is said with its socket, in order", async () => {
    standIn(`echo "$NOTIFY_SOCKET" "$@" >> "${folder}/log"`);
    const tell = notify();
    await Promise.all([tell("READY=1", "STATUS=watching 3 hosts"), tell("WATCHDOG=1"), tell("STOPPING=1")]);
    expect(log()).toEqual([
      "/run/notify READY=1 STATUS=watching 3 hosts",
      "/run/notify WATCHDOG=1",
      "/run/notify STOPPING=1",
    ]);
    expect(warnings).toEqual([]);
  });
  test("a failure is warned of once, until it works again", async () => {
    standIn("exit 3");
    const tell = notify();
    await tell("READY=1");
    await tell("WATCHDOG=1");
    standIn("echo nobody listens >&2; exit 1");
    await tell("WATCHDOG=1");
    expect(warnings).toEqual(["systemd-notify ended with 3", "nobody listens"]);
    standIn("");
    await tell("WATCHDOG=1");
    standIn("exec sleep 60");
    await tell("WATCHDOG=1");
    expect(warnings[2]).toBe("systemd-notify took over 2 s");
  });
  test("without the program there is a warning, and no more", async () => {
    await createNotify({ warn, env: { PATH: folder } })("READY=1");
    expect(warnings).toEqual(["there is no systemd-notify"]);
  });
  test("what can't even be begun is warned of, and the next is said", async () => {
    standIn(`echo "$@" >> "${folder}/log"`);
    const tell = notify();
    await tell("STATUS=\0");
    await tell("WATCHDOG=1");
    expect(warnings).toEqual([expect.stringContaining("null bytes")]);
    expect(log()).toEqual(["WATCHDOG=1"]);
  });
});

/** Takes datagrams as systemd does, and prints each as JSON. */
const receiver = `
import json, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
a = sys.argv[1]
s.bind("\\0" + a[1:] if a[0] == "@" else a)
print(json.dumps("bound"), flush=True)
while True: print(json.dumps(s.recv(4096).decode()), flush=True)
`;
const runs = (command: string): boolean => spawnSync(command, ["--version"], { env: { PATH } }).status === 0;

describe.skipIf(!runs("systemd-notify") || !runs("python3"))("with the real systemd-notify", () => {
  test.each([
    ["a path", () => join(folder, "notify")],
    ["an abstract address", () => `@sentinel-notify-${process.pid}`],
  ])("a datagram socket at %s hears it", async (_name, at) => {
    const child = spawn("python3", ["-c", receiver, at()], { env: { PATH }, stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void child.kill());
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await lines.next()).value as string) as string;
    expect(await next()).toBe("bound");
    const tell = createNotify({ warn, env: { PATH, NOTIFY_SOCKET: at() } });
    await tell("READY=1", "STATUS=watching 3 hosts");
    expect(await next()).toBe("READY=1\nSTATUS=watching 3 hosts");
    expect(warnings).toEqual([]);
  });
});
