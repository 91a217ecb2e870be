import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import {
  findOldNode,
  launcher,
  plainEnvironment,
  processesOn,
  readNote,
  root,
  run,
  temporaryFolder,
  until,
} from "../support/processes.ts";

/** A copy of the launchers in a folder whose package wants that version of Node. */
function installation(required: string): { folder: string; launch: string } {
  const folder = temporaryFolder();
  cpSync(path.join(root, "bin"), path.join(folder, "bin"), { recursive: true });
  writeFileSync(
    path.join(folder, "package.json"),
    JSON.stringify({ name: "sentinel", engines: { node: `>=${required}` } }),
  );
  return { folder, launch: path.join(folder, "bin", "sentinel.cjs") };
}

function addLocalNode(folder: string, script: string): void {
  const bin = path.join(folder, "node_modules", "node", "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, "node"), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(bin, "node"), 0o755);
}

async function launched(launch: string, args: string[] = [], env: Record<string, string> = {}) {
  const started = run(process.execPath, [launch, ...args], { env: plainEnvironment(env) });
  const { status } = await started.ended;
  return { status, stdout: started.stdout(), stderr: started.stderr() };
}

describe("a launcher", () => {
  test("says which command to run when its bundle isn't built", async () => {
    const { folder, launch } = installation("18.0");
    const without = await launched(launch);
    expect(without).toMatchObject({ status: 78, stdout: "" });
    expect(without.stderr).toContain("npm ci && npm run build");
    mkdirSync(path.join(folder, "node_modules"));
    expect((await launched(launch)).stderr).toMatch(/run `npm run build`/);
    expect((await launched(path.join(folder, "bin", "sentinel-tui.cjs"))).stderr).toContain("sentinel-tui.mjs");
  });

  test("says what it needs on a Node that is too old, with status 78", async () => {
    const { status, stderr } = await launched(installation("99.1").launch);
    expect(status).toBe(78);
    expect(stderr).toContain(process.versions.node);
    expect(stderr).toContain("99.1");
  });

  test("hands over to the Node beside it, with arguments, exit status and signals", async () => {
    const { folder, launch } = installation("99.1");
    addLocalNode(folder, 'echo "ran $2"; trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done');
    const started = run(process.execPath, [launch, "host"]);
    await until("the other Node", () => started.stdout().includes("ready"));
    expect(started.stdout()).toContain("ran host");
    started.child.kill("SIGTERM");
    expect(await started.ended).toEqual({ status: 7, signal: null });
  });

  test("tells a death by a signal as a shell does", async () => {
    const { folder, launch } = installation("99.1");
    addLocalNode(folder, "kill -KILL $$");
    expect((await launched(launch)).status).toBe(137);
  });

  test("puts no process between systemd and the daemon", async () => {
    const { folder, launch } = installation("99.1");
    addLocalNode(folder, "echo started");
    const { status, stdout, stderr } = await launched(launch, [], { NOTIFY_SOCKET: "/run/systemd/notify" });
    expect({ status, stdout }).toEqual({ status: 78, stdout: "" });
    expect(stderr).toContain("ExecStart");
  });

  test("never hands over to itself", async () => {
    const { folder, launch } = installation("99.1");
    const bin = path.join(folder, "node_modules", "node", "bin");
    mkdirSync(bin, { recursive: true });
    symlinkSync(process.execPath, path.join(bin, "node"));
    expect((await launched(launch)).status).toBe(78);
  });
});

const oldNode = findOldNode();

describe.skipIf(oldNode === undefined)("on this machine's own, older Node", () => {
  test("sentinel runs all the same", async () => {
    const started = run(oldNode ?? "", [launcher, "--version"]);
    expect((await started.ended).status).toBe(0);
    expect(started.stdout()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("a SIGTERM to the launcher ends the daemon behind it", async () => {
    const data = temporaryFolder();
    const started = run(oldNode ?? "", [launcher, "daemon", "--data", data, "--listen", "127.0.0.1:0"]);
    await until("the daemon", () => readNote(data));
    started.child.kill("SIGTERM");
    expect((await started.ended).status).toBe(0);
    expect(processesOn(data)).toEqual([]);
  });

  test("npm's check of the version says what to do", async () => {
    const started = run(oldNode ?? "", [path.join(root, "scripts", "assert-node.cjs")]);
    expect((await started.ended).status).toBe(78);
    expect(started.stderr()).toContain("npm ci");
  });
});
