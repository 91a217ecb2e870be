import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../tests/support/processes.ts";
import { unitFor } from "./service-unit.ts";

const template = readFileSync(path.join(root, "deploy/systemd/sentinel.service"), "utf8");
const choices = {
  node: process.execPath,
  program: path.join(root, "bin/sentinel.cjs"),
  user: "sentinel",
  listen: "127.0.0.1:8080",
};
const hasAnalyze = spawnSync("systemd-analyze", ["--version"]).status === 0;

test("the unit has this machine's paths, whatever is in them", () => {
  const unit = unitFor(template, {
    ...choices,
    program: '/opt/it\'s 100% "ours"/$x.cjs',
    config: "/etc/s.yaml",
    listen: "[::1]:9",
  });
  expect(unit).toContain(
    `ExecStart=${choices.node} "/opt/it's 100%% \\"ours\\"/$$x.cjs" daemon --data /var/lib/sentinel --config /etc/s.yaml\n`,
  );
  expect(unit).toContain("\nEnvironment=SENTINEL_LISTEN=[::1]:9\nUser=sentinel\n");
  expect(unitFor(template, { ...choices, listen: undefined, config: "/etc/s.yaml" })).not.toContain("SENTINEL_LISTEN");
  expect(unitFor(template, { ...choices, listen: undefined })).toContain(
    "\nEnvironment=SENTINEL_LISTEN=127.0.0.1:8080\n",
  );
  expect(() => unitFor(template.replace(/^User=.*$/m, ""), choices)).toThrow("the unit has no User=");
});

test.each(["Type=notify", "WatchdogSec=2min", "User=sentinel", "StateDirectory=sentinel", "#LoadCredential="])(
  "the unit has %s",
  (line) => expect(unitFor(template, choices)).toContain(`\n${line}`),
);

describe.skipIf(!hasAnalyze)("systemd says", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sentinel-unit-"));
  const file = path.join(folder, "sentinel.service");

  test("that the unit is one, with its credential too", () => {
    const unit = unitFor(template, { ...choices, user: "root" }).replace("#LoadCredential=", "LoadCredential=");
    writeFileSync(file, unit);
    const { stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", file], { encoding: "utf8" });
    expect(stderr.split("\n").filter((line) => line.includes("sentinel.service"))).toEqual([]);
  });
  test("that its exposure is at most 2.0", () => {
    writeFileSync(file, unitFor(template, choices));
    const told = execFileSync("systemd-analyze", ["security", "--offline=true", file], { encoding: "utf8" });
    expect(Number(/level for .*: ([\d.]+)/.exec(told)?.[1])).toBeLessThanOrEqual(2);
  });
});
