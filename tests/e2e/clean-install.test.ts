import { execFile, execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { findOldNode, readNote, root, run, temporaryFolder, until } from "../support/processes.ts";

const exec = promisify(execFile);

/** A machine with nothing but Node: no variable, no file of whoever runs the tests; a user who may do nothing more. */
function makeMachine() {
  const folder = temporaryFolder();
  const [bin, prefix, home] = ["bin", "global", "home"].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const one of [bin, prefix, home]) mkdirSync(one);
  // Where it lies, other users may not look.
  copyFileSync(process.execPath, path.join(bin, "node"));
  chmodSync(folder, 0o755);
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  if (nobody.uid) chownSync(home, nobody.uid, nobody.gid);
  // No test reaches out to the internet.
  const env = { PATH: `${prefix}/bin:${bin}:/usr/local/bin:/usr/bin:/bin`, HOME: folder, SENTINEL_LINE: "off" };
  const as = { ...nobody, cwd: home, env: { ...env, HOME: home } };
  const npm = (...args: string[]) =>
    exec("npm", [...args, "--prefix", prefix, "--offline", "--no-audit", "--no-fund"], { cwd: folder, env });
  return { folder, prefix, home, env, as, npm };
}

/** The package of the sources in `from`. */
async function pack(from: string, to: string, env: Record<string, string>): Promise<string> {
  await exec(process.execPath, [path.join(from, "scripts/package.ts"), to], { cwd: from, env });
  return path.join(to, readdirSync(to).find((name) => name.endsWith(".tgz")) ?? "");
}

/** The sources of the commit before, with the packages of this one; undefined where there is none to be had. */
function previousSources(folder: string): string | undefined {
  const to = path.join(folder, "previous");
  mkdirSync(to);
  try {
    const archive = execFileSync("git", ["archive", "HEAD~1"], { cwd: root, maxBuffer: 2 ** 28, stdio: "pipe" });
    execFileSync("tar", ["-x", "-C", to], { input: archive });
  } catch {
    return undefined;
  }
  symlinkSync(path.join(root, "node_modules"), path.join(to, "node_modules"));
  return existsSync(path.join(to, "scripts/package.ts")) ? to : undefined;
}

/** What docs/how-to/upgrade.md does in the data folder to go back. */
const backCommands = (): string[] =>
  (readFileSync(path.join(root, "docs/how-to/upgrade.md"), "utf8").match(/^(mkdir|mv) .*$/gm) ?? []).map((line) =>
    line.replace("…", "*"),
  );

test("on a machine with Node alone: installed, set up, used, upgraded with its data, gone back, and taken away without it", async () => {
  const { folder, prefix, home, env, as, npm } = makeMachine();
  const previous = previousSources(folder);
  if (!previous) console.warn("The commit before isn't there: the upgrade from its package isn't tried.");
  const [file, old] = await Promise.all([
    pack(root, path.join(folder, "new"), env),
    previous && pack(previous, path.join(folder, "old"), env),
  ]);
  expect(statSync(file).size).toBeLessThan(5_000_000);

  const [data, config] = [path.join(home, "data"), path.join(home, "sentinel.yaml")];
  const sentinel = async (...args: string[]) => (await exec("sentinel", args, as)).stdout;
  const asked = async (...args: string[]) => JSON.parse(await sentinel(...args, "--data", data, "--json"));
  async function start(...args: string[]) {
    const daemon = run(path.join(prefix, "bin/sentinel"), ["daemon", ...args], as);
    const { url } = await until("the daemon", () => {
      if (daemon.child.exitCode !== null) throw new Error(daemon.stderr());
      return readNote(data);
    });
    return { url, stop: async () => (daemon.child.kill("SIGTERM"), daemon.ended) };
  }

  if (old) {
    await npm("install", "-g", old);
    const before = await start("--data", data, "--listen", "127.0.0.1:0");
    const { secrets } = await asked("host", "add", "kept", "--every", "1h");
    expect((await fetch(secrets.ping_url)).status).toBe(200);
    await before.stop();
  }

  await npm("install", "-g", file);
  const installed = path.join(prefix, "lib/node_modules/sentinel");
  expect(readdirSync(path.join(prefix, "bin")).toSorted()).toEqual(["sentinel", "sentinel-tui"]);
  expect(readFileSync(path.join(prefix, "share/man/man1/sentinel.1"), "utf8")).toContain("host add");
  expect(readFileSync(path.join(prefix, "share/man/man1/sentinel-tui.1"), "utf8")).toContain("confined");
  const oldNode = findOldNode();
  for (const program of oldNode ? ["sentinel", "sentinel-tui"] : []) {
    const refused = await exec(oldNode ?? "", [path.join(prefix, "bin", program)], as).catch((error) => error);
    expect([program, refused.code]).toEqual([program, 78]);
    expect(refused.stderr).toMatch(
      /^sentinel: this is Node [\d.]+, and Sentinel needs 22\.22 or newer\. Install Node 24\.\n$/,
    );
  }
  expect(existsSync(path.join(installed, "node_modules/node"))).toBe(false);
  expect(await sentinel("completion", "bash")).toContain("complete -F _sentinel sentinel");
  // What isn't in the bundle is beside it.
  const loaded = await exec("node", ["-p", "typeof require('ssh2').Client"], { cwd: installed, env });
  expect(loaded.stdout.trim()).toBe("function");

  const said = await sentinel("init", "--yes", "--data", data, "--config", config, "--listen", "127.0.0.1:0");
  expect(said).toContain(`sentinel daemon --config ${config}`);
  const daemon = await start("--config", config);
  for (const page of ["/api/v1/health", "/openapi.json", "/docs/"])
    expect([page, (await fetch(daemon.url + page)).status]).toEqual([page, 200]);
  if (old) expect(await asked("host", "show", "kept")).toMatchObject({ state: "up" });
  if ("uid" in as) expect(statSync(path.join(data, "db.json")).uid).toBe(as.uid);

  const { secrets } = await asked("host", "add", "job", "--every", "1s", "--grace", "0s");
  const pinging = { ...as, env: { ...as.env, SENTINEL_PING_URL: secrets.ping_url } };
  const client = path.join(installed, "deploy/client/sentinel-ping");
  await exec("sh", [client, "--check"], pinging);
  const alerts = async () => (await asked("alert", "list")).items;
  const firing = await until("the alert", async () =>
    (await alerts()).find(({ host }: { host: string }) => host === "job"),
  );
  expect(firing).toMatchObject({ type: "heartbeat", severity: "critical" });
  await daemon.stop();

  // As if a version to come had been here: its format is another, and what was there before is kept.
  execFileSync("sh", ["-c", "mkdir -m 700 before-upgrade-1; cp -a db.json journal before-upgrade-1"], {
    ...as,
    cwd: data,
  });
  const newer = readFileSync(path.join(data, "db.json"), "utf8").replace('{"format":1,', '{"format":9,');
  writeFileSync(path.join(data, "db.json"), newer);
  if (old) await npm("install", "-g", old);
  const refused = await exec("sentinel", ["daemon", "--config", config], as).catch((error) => error);
  expect(refused.stderr).toContain("format 9, and this version reads up to 1.");
  expect(readFileSync(path.join(data, "db.json"), "utf8")).toBe(newer);
  const goBack = backCommands();
  expect(goBack).toHaveLength(3);
  execFileSync("sh", ["-c", goBack.join("\n")], { ...as, cwd: data, stdio: "ignore" });
  const back = await start("--config", config);
  expect(await asked("host", "show", "job")).toMatchObject({ id: "job" });
  await back.stop();

  await npm("uninstall", "-g", "sentinel");
  expect([existsSync(installed), existsSync(path.join(data, "journal"))]).toEqual([false, true]);
}, 120_000);
