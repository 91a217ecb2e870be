import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { startDaemon } from "../support/daemon-process.ts";
import { freePort, launcher, temporaryFolder } from "../support/processes.ts";
import { openTerminal } from "../support/terminal.ts";

function openInit() {
  const folder = temporaryFolder();
  const [file, data] = [path.join(folder, "sentinel.yaml"), path.join(folder, "data")];
  const args = [launcher, "init", "--config", file, "--data", data];
  return { file, data, terminal: openTerminal(process.execPath, args, { columns: 240 }) };
}

test("a first run at a terminal: what was answered is tried and written, and what it prints makes the next host", async () => {
  const { file, data, terminal } = openInit();
  const url = `http://127.0.0.1:${await freePort()}`;
  for (const [question, answer] of [
    ["Watch other machines too?", "y"],
    ["Listen where? [0.0.0.0:8443]", url.replace("http://127.0.0.1", "0.0.0.0")],
    ["Its certificate", ""],
    ["crosses the network in the clear", "y"],
    ["Hosts reach it by which address?", url],
    ["Paste the webhook's URL", "https://discord.com/api/webhooks/1/canary"],
    ["Send a test there now?", "n"],
    ["Have a model explain", ""],
  ] as const) {
    await terminal.see(question);
    terminal.type(`${answer}\r`);
  }
  const screen = await terminal.see("sentinel host edit NAME");
  expect((await terminal.ended).status).toBe(0);
  expect(screen + readFileSync(file, "utf8")).not.toContain("canary");

  const daemon = await startDaemon(data, "", { program: [launcher, "daemon", "--config", file] });
  const curl = /curl .*$/m.exec(screen)?.[0] ?? "";
  execFileSync("sh", ["-c", curl.replace("$(hostname -s | tr A-Z a-z)", "next-host")]);
  expect((await daemon.call("GET", "/api/v1/hosts/next-host")).body).toMatchObject({ state: "up" });
  expect((await daemon.call("GET", "/api/v1/settings/webhook")).body.enabled).toBe(true);
  await daemon.stop();
});

test("broken off with Ctrl-C it has written nothing", async () => {
  const { file, data, terminal } = openInit();
  await terminal.see("Watch other machines too?");
  terminal.type("\u0003");
  await terminal.see("broken off: nothing was written");
  expect((await terminal.ended).status).toBe(1);
  expect([file, data].filter(existsSync)).toEqual([]);
});
