import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startDaemon } from "../support/daemon-process.ts";
import { root, temporaryFolder } from "../support/processes.ts";
import { type Sshd, sshdIsThere, startSshd, withSshd } from "../support/sshd.ts";
import { openTerminal } from "../support/terminal.ts";

/** An account that is for the console alone, as deploy/ssh makes it. */
async function consoleAccount(): Promise<{ server: Sshd; args: string[] }> {
  const folder = temporaryFolder();
  const daemon = await startDaemon(path.join(folder, "data"));
  onTestFinished(() => daemon.kill());
  await daemon.call("POST", "/api/v1/hosts", { name: "web01", expected_frequency_seconds: 300 });
  await daemon.call("POST", "/api/v1/heartbeat/web01", { status: "fail" });
  const { body } = await daemon.call("POST", "/api/v1/tokens", { name: "console", role: "viewer" });
  writeFileSync(path.join(folder, "token"), body.token as string, { mode: 0o400 });
  const program = path.join(folder, "sentinel-tui");
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${root}/bin/sentinel-tui.cjs' "$@"\n`);
  chmodSync(program, 0o755);
  const server = await startSshd();
  const set = `PATH=${folder}:$PATH SENTINEL_CONSOLE_URL=${daemon.url} SENTINEL_CONSOLE_TOKEN_FILE=${folder}/token`;
  const key = readFileSync(`${server.keyFile}.pub`, "utf8").trim();
  writeFileSync(
    path.join(server.folder, "authorized_keys"),
    `restrict,pty,command="${set} ${root}/deploy/ssh/sentinel-console" ${key}\n`,
  );
  const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "IdentitiesOnly=yes"];
  const args = ["-i", server.keyFile, ...options.flatMap((one) => ["-o", one])];
  return { server, args };
}

describe.skipIf(!sshdIsThere)(withSshd, () => {
  test("an account for the console opens it, may only look, and leads nowhere else", async () => {
    const { server, args } = await consoleAccount();
    const to = ["-p", String(server.port), `${server.user}@127.0.0.1`];
    const screen = openTerminal("ssh", ["-t", ...args, ...to], { columns: 80, rows: 24 });
    await screen.see("live");
    await screen.see(/FIRING +web01/);
    screen.type("a");
    await screen.see("this token may look but not act");
    screen.type("\u001a");
    await screen.see(/can't be s(topped|uspended)/);
    screen.type("q");
    expect(await screen.ended).toMatchObject({ status: 0 });

    const asked = (...given: string[]) => spawnSync("ssh", given, { encoding: "utf8", timeout: 4_000 });
    const listed = asked(...args, ...to, "ls /");
    expect(listed.stdout).toContain("1 host (1 down), 1 open alert");
    expect(listed.stdout).not.toMatch(/^(bin|etc|usr)$/m);
    // A way through, which `restrict` takes away.
    expect(asked("-W", `127.0.0.1:${server.port}`, ...args, ...to).status).not.toBe(0);
    const copied = spawnSync(
      "sftp",
      [...args, "-P", String(server.port), "-b", "/dev/null", `${server.user}@127.0.0.1`],
      {
        timeout: 4_000,
      },
    );
    expect(copied.status).not.toBe(0);
  });
});
