import { mkdtempSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startDaemon } from "../support/daemon-process.ts";
import type { DaemonProcess } from "../support/daemon-process.ts";
import { root } from "../support/processes.ts";
import { openTerminal } from "../support/terminal.ts";
import type { TestTerminal } from "../support/terminal.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "sentinel-plain-"));
let daemon: DaemonProcess;
beforeAll(async () => {
  daemon = await startDaemon(folder);
});
afterAll(() => daemon.stop());

const open = (flags: string[], env: Record<string, string> = {}): TestTerminal =>
  openTerminal(process.execPath, [path.join(root, "bin/sentinel-tui.cjs"), "--data", folder, ...flags], {
    columns: 140,
    rows: 60,
    env,
  });

test("all that a person needs is heard and done in lines, with nothing that moves or colours them", async () => {
  const terminal = open(["--plain"]);
  await terminal.see("Type help for what can be typed.");
  terminal.type("sentinel host add web01 --every 1h\r");
  await terminal.see(/keep them now/);
  await daemon.call("POST", "/api/v1/heartbeat/web01", { status: "fail" });
  await terminal.see(/alert raised: critical web01/);
  terminal.type("alerts\r");
  await terminal.see(/1\. Critical, firing: web01 .* Id a\d+\./);
  terminal.type("ack 1 on it\r");
  await terminal.see(/Acknowledged: web01 .*, a\d+\./);
  terminal.type("show web01\r");
  await terminal.see(/Last heartbeat .*: fail/);
  terminal.type("logs web01\r");
  await terminal.see("No log of web01 has been read");
  terminal.type("resolve 1\ryes\r");
  await terminal.see(/Resolved: web01/);
  terminal.type("pause web01 for good\r");
  await terminal.see(/Paused: web01\.[\s\S]*web01 paused: paused by admin: for good/);
  terminal.type("line\rhealth\rstatus\r");
  await terminal.see("The internet line isn't watched.");
  await terminal.see(/Sentinel [\d.]+ is \w+\./);
  await terminal.see(/1 host \(1 paused\)/);
  terminal.type("sentinel daemon\r");
  await terminal.see("type it in a shell");
  terminal.type("quit\r");
  expect(await terminal.ended).toMatchObject({ status: 0 });
  expect(terminal.output()).not.toContain("\u001b");
});

test("a dumb terminal gets the same, and the end of what is typed ends it", async () => {
  const terminal = open([], { TERM: "dumb" });
  await terminal.see("Type help");
  terminal.type("help ack\r");
  await terminal.see("ack ALERTS [COMMENT]");
  terminal.type("\u0004");
  expect(await terminal.ended).toMatchObject({ status: 0 });
});
