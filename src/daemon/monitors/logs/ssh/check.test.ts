import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { freePort, temporaryFolder, until } from "../../../../../tests/support/processes.ts";
import { startSshServer } from "../../../../../tests/support/ssh-server.ts";
import { sshdIsThere, startSshd, withSshd } from "../../../../../tests/support/sshd.ts";
import { sshCommand } from "../sources/ssh-command/ssh-command.ts";
import { sshFile } from "../sources/ssh-file/ssh-file.ts";
import type { Checked } from "./check.ts";
import { collecting } from "./collecting.test-support.ts";

const brief = (checked: Checked[]): unknown[] => checked.map(({ step, ok, detail }) => [step, ok, detail]);

describe.skipIf(!sshdIsThere)(withSshd, () => {
  test("each step to a log is told, the jump host's too, and nothing is left of it", async () => {
    const jump = await startSshd();
    const server = await startSshd();
    const log = path.join(temporaryFolder(), "app.log");
    writeFileSync(log, "one\n".repeat(30));
    const through = { host: "127.0.0.1", port: jump.port, user: jump.user, keyFile: jump.keyFile };
    const target = { host: "127.0.0.1", port: server.port, user: server.user, keyFile: server.keyFile, jump: through };
    const { check, collect } = collecting(sshFile, { ...target, path: log, from: "start" });
    const checked = await check();
    expect(brief(checked)).toEqual([
      ["resolve", true, "127.0.0.1"],
      ["connect", true, `127.0.0.1, port ${jump.port}`],
      ["handshake", true, "it speaks SSH"],
      ["host-key", true, `ssh-ed25519 ${jump.fingerprint()}, pinned now`],
      ["authenticate", true, `as ${jump.user}, with the key ${jump.keyFile}`],
      ["connect", true, `127.0.0.1:${server.port}, through the jump host`],
      ["handshake", true, "it speaks SSH"],
      ["host-key", true, `ssh-ed25519 ${server.fingerprint()}, pinned now`],
      ["authenticate", true, `as ${server.user}, with the key ${server.keyFile}`],
      ["read", true, "10 lines read, and there are more"],
    ]);
    expect(new Set(checked.map((one) => one.server))).toEqual(
      new Set([`127.0.0.1:${jump.port}`, `127.0.0.1:${server.port}`, undefined]),
    );
    await until("both to be left", () => [server, jump].every((one) => one.log().includes("Disconnected from")));
    expect((await collect()).lines.length).toBe(30);
  });
});

test("the step that fails is the last that is told", async () => {
  const server = await startSshServer({
    beforeExec: (_, reject) => reject(),
    sftp: (sftp) => sftp.on("REALPATH", (id) => sftp.status(id, 3)),
  });
  const target = { host: "127.0.0.1", user: "logs", keyFile: server.keyFile, path: "/var/log/app.log" };
  expect(brief(await collecting(sshFile, { ...target, port: server.port }).check()).slice(-2)).toEqual([
    ["authenticate", true, `as logs, with the key ${server.keyFile}`],
    ["open", false, expect.stringContaining("/var/log/app.log may not be read")],
  ]);
  const port = await freePort();
  expect(brief(await collecting(sshFile, { ...target, port }).check())).toEqual([
    ["resolve", true, "127.0.0.1"],
    ["connect", false, expect.stringContaining("refuses")],
  ]);
});

test("a command that isn't on the list", async () => {
  const { port, keyFile } = await startSshServer();
  const options = { host: "127.0.0.1", port, user: "logs", keyFile, command: "reboot" };
  expect(brief(await collecting(sshCommand, options).check()).at(-1)).toEqual([
    "open",
    false,
    expect.stringContaining("logs.commands"),
  ]);
});
