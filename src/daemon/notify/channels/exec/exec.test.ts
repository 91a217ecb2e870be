import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startProvider } from "../../../../../tests/support/provider.ts";
import { bodyOf } from "../body.ts";
import { entrySchema } from "../entry.ts";
import { aNotice } from "../notice.test-support.ts";
import { exec } from "./exec.ts";
import { run } from "./run.ts";

const { signal } = new AbortController();

const tell = (command: string, args: string[] = [], more: object = {}) =>
  exec.send(aNotice(), { options: { command, args, ...more }, secrets: {}, signal });
const shell = (script: string, more: object = {}) => tell("/bin/sh", ["-c", script], more);

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "sentinel-exec-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test("a program gets the notice on its standard input, its arguments as they are, and no environment but three", async () => {
  const path = join(folder(), "heard");
  const args = ["-c", 'cat >"$1"; env >"$1.env"; printf %s "$2" >"$1.arg"', "sh", path, "$(id) `id` ; *"];
  expect(await tell("/bin/sh", args)).toEqual({ ok: true });
  expect(readFileSync(path, "utf8")).toBe(bodyOf(aNotice()));
  expect(readFileSync(`${path}.arg`, "utf8")).toBe("$(id) `id` ; *");
  const environment = readFileSync(`${path}.env`, "utf8").trim().split("\n");
  // PWD, SHLVL and _ are the shell's own.
  expect(environment.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line)).toSorted()).toEqual([
    `HOME=${homedir()}`,
    "LANG=C.UTF-8",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  ]);
});

test.each([
  ["exit 0", { ok: true }],
  ["exit 75", { ok: false, retry: true, reason: "The program ended with 75" }],
  [
    "echo; echo ' no \u001b[31mroute'; echo more; exit 1",
    { ok: false, retry: false, reason: "The program ended with 1: no route" },
  ],
  ["echo words; echo trouble >&2; exit 2", { ok: false, retry: false, reason: "The program ended with 2: trouble" }],
  ["kill -9 $$", { ok: false, retry: true, reason: "The program was killed" }],
])("%j: %j", async (script, sent) => {
  expect(await shell(script)).toEqual(sent);
});

test("a program that reads nothing and says a lot is no trouble", async () => {
  const sent = await shell("exec <&-; head -c 3000000 /dev/zero | tr '\\0' x; exit 1");
  expect(sent).toEqual({ ok: false, retry: false, reason: `The program ended with 1: ${"x".repeat(199)}…` });
});

test("what a program leaves behind isn't waited for", async () => {
  expect(await shell("sleep 20 & exit 0", { timeoutMs: 10_000 })).toEqual({ ok: true });
});

test("a program that is too slow ends, with all that it started", async () => {
  // Whoever holds the line to this server is alive; that it closes is the end of the last of them.
  const provider = await startProvider(() => "hang");
  const program = `
    const { spawn } = await import("node:child_process");
    if (process.argv[2]) spawn(process.execPath, ["--input-type=module", "-e", process.argv[2], process.argv[1]], { stdio: "ignore" });
    process.on("SIGTERM", () => {});
    await fetch(process.argv[1]);
  `;
  const ended = Promise.withResolvers<void>();
  const heard = Promise.withResolvers<void>();
  let open = 0;
  provider.onHeard = () => {
    open += 1;
    if (open === 2) heard.resolve();
  };
  provider.onCut = () => {
    open -= 1;
    if (open === 0) ended.resolve();
  };
  const controller = new AbortController();
  const args = ["--input-type=module", "-e", program, provider.origin, program];
  const running = run({
    command: process.execPath,
    args,
    environment: {},
    input: "",
    timeoutMs: 20_000,
    graceMs: 20,
    signal: controller.signal,
  });
  await heard.promise;
  controller.abort();
  expect(await running).toEqual({ how: "stopped", output: "" });
  await ended.promise;
});

test("its time limit is its own", async () => {
  expect(await shell("exec sleep 600", { timeoutMs: 100 })).toEqual({
    ok: false,
    retry: true,
    reason: "The program gave no answer in 0.1 s",
  });
});

test("a program that can't be run is named as such", async () => {
  const path = join(folder(), "tell");
  const missing = { ok: false, retry: false, reason: "The program isn't there, or what its first line names isn't" };
  expect(await tell(path)).toEqual(missing);
  expect(await tell("/bin/sh/tell")).toEqual(missing);
  writeFileSync(path, "#!/not/there\n");
  expect(await tell(path)).toMatchObject({ ok: false, retry: false, reason: expect.stringMatching(/executable/) });
  chmodSync(path, 0o755);
  expect(await tell(path)).toEqual(missing);
});

test.each([
  [{ command: "tell" }, "command"],
  [{ command: "./tell" }, "command"],
  [{ command: "/bin/tell\0" }, "command"],
  [{ command: "/bin/tell", args: Array.from({ length: 33 }, () => "a") }, "args"],
  [{ command: "/bin/tell", args: "a" }, "args"],
  [{ command: "/bin/tell", timeoutMs: 60_000 }, "timeoutMs"],
  [{ command: "/bin/tell", shell: true }, undefined],
])("%j is refused", (options, field) => {
  expect(entrySchema(exec).safeParse({ options, secrets: {} }).error?.issues[0]?.path[1]).toBe(field);
});
