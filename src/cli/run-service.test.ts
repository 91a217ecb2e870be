import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import type { Context } from "./context.ts";
import { runService } from "./run-service.ts";
import type { ServiceFlags } from "./service.ts";

const root = mkdtempSync(path.join(tmpdir(), "sentinel-service-"));
const file = path.join(root, "etc/systemd/system/sentinel.service");
const flags: ServiceFlags = { user: "sentinel", listen: "127.0.0.1:8080", root };

function run(given: Partial<ServiceFlags>): string {
  const said: string[] = [];
  runService({ ...flags, ...given }, { print: (text: string) => said.push(text) } as unknown as Context);
  return said.join("\n");
}

test("writes the unit below a folder without starting anything, and takes it away", () => {
  expect(run({})).toContain(`written: ${file}`);
  expect(readFileSync(file, "utf8")).toContain("Type=notify");
  expect(run({ remove: true })).toContain("the data is still in /var/lib/sentinel");
  expect(existsSync(file)).toBe(false);
  expect(() => run({ remove: true })).toThrow(`there is no ${file}`);
});

test("only shows it when told so", () => {
  expect(run({ print: true, user: "watcher", config: "/etc/s.yaml" })).toMatch(
    /--config \/etc\/s.yaml\n[^]*User=watcher/,
  );
  expect(existsSync(file)).toBe(false);
});

test.each([
  [{ user: "Root; rm" }, "--user: a user's name has a-z 0-9 _ -"],
  [{ config: "sentinel.yaml" }, "--config: give the whole path"],
])("refuses %j", (given, message) => expect(() => run(given)).toThrow(message));
