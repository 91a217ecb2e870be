import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { startDaemon } from "../support/daemon-process.ts";

test("systemd is told when the daemon serves, that it lives, how it is, and that it ends", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-systemd-"));
  const [log, seen] = [join(folder, "told"), join(folder, "environment")];
  // Ready means that it serves.
  const serves = `curl -fsS -o "${folder}/health" "$(sed 's/.*"url":"\\([^"]*\\)".*/\\1/' "${folder}/data/daemon.json")/api/v1/health"`;
  writeFileSync(
    join(folder, "systemd-notify"),
    `#!/bin/sh\n[ "$1" != READY=1 ] || ${serves} || exit 1\nenv > "${seen}"\necho "$@" >> "${log}"\n`,
  );
  chmodSync(join(folder, "systemd-notify"), 0o755);
  const daemon = await startDaemon(join(folder, "data"), "127.0.0.1:0", {
    environment: {
      NOTIFY_SOCKET: "/run/notify",
      WATCHDOG_USEC: "200000",
      API_SECRET_KEY: "a-secret-of-the-daemon",
      PATH: `${folder}:${process.env["PATH"]}`,
    },
  });
  onTestFinished(async () => {
    await daemon.kill();
    rmSync(folder, { recursive: true });
  });
  const told = (): string[] => readFileSync(log, { encoding: "utf8", flag: "a+" }).trim().split("\n");
  await vi.waitFor(() => expect(told().length).toBeGreaterThan(2), { timeout: 10_000 });
  expect(await daemon.stop()).toBe(0);
  const [ready, ...rest] = told();
  expect(ready).toMatch(/^READY=1 STATUS=0 hosts, revision \d+$/);
  expect(rest.pop()).toBe("STOPPING=1");
  const variables = readFileSync(seen, "utf8").trim().split("\n");
  // A shell sets the others itself.
  expect(variables.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line)).toSorted()).toEqual([
    "NOTIFY_SOCKET=/run/notify",
    expect.stringMatching(/^PATH=/),
  ]);
  for (const line of rest) expect(line).toMatch(/^WATCHDOG=1 STATUS=0 hosts, revision \d+$/);
});
