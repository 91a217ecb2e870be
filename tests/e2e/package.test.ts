import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startDaemon } from "../support/daemon-process.ts";
import { plainEnvironment, root } from "../support/processes.ts";

const run = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), "sentinel-package-"));
/** Nothing but Node and what the package brings. */
const env = plainEnvironment({ PATH: `${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`, HOME: folder });

test("the package installs without a registry, runs, and leaves the data when it goes", async () => {
  await run(process.execPath, [path.join(root, "scripts/package.ts"), folder], { cwd: root, env });
  const file = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  expect(statSync(path.join(folder, file)).size).toBeLessThan(5_000_000);

  const prefix = path.join(folder, "global");
  const npm = (...args: string[]) =>
    run("npm", [...args, "--prefix", prefix, "--offline", "--no-audit", "--no-fund"], { cwd: folder, env });
  await npm("install", "-g", path.join(folder, file));
  const bin = path.join(prefix, "bin");
  const installed = path.join(prefix, "lib/node_modules/sentinel");
  expect(readdirSync(bin).toSorted()).toEqual(["sentinel", "sentinel-tui"]);
  expect(readFileSync(path.join(prefix, "share/man/man1/sentinel.1"), "utf8")).toContain("host add");
  expect(existsSync(path.join(installed, "node_modules/node"))).toBe(false);
  const { stdout } = await run(path.join(bin, "sentinel"), ["completion", "bash"], { env });
  expect(stdout).toContain("complete -F _sentinel sentinel");

  const data = path.join(folder, "data");
  const program = [path.join(installed, "bin/sentinel.cjs"), "daemon", "--data", data, "--listen", "127.0.0.1:0"];
  const daemon = await startDaemon(data, "", { program });
  for (const page of ["/api/v1/health", "/openapi.json", "/docs/"])
    expect([page, (await fetch(daemon.url + page)).status]).toEqual([page, 200]);
  await daemon.stop();
  // What isn't in the bundle is beside it.
  const loaded = await run(process.execPath, ["-p", "typeof require('ssh2').Client"], { cwd: installed, env });
  expect(loaded.stdout.trim()).toBe("function");

  await npm("uninstall", "-g", "sentinel");
  expect([existsSync(installed), existsSync(path.join(data, "journal"))]).toEqual([false, true]);
}, 120_000);
