import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { sshFile } from "../../../src/daemon/monitors/logs/sources/ssh-file/ssh-file.ts";
import { followedCursor, followFiles } from "../../../src/daemon/monitors/logs/sources/follow-file.ts";
import { borrow } from "../../../src/daemon/monitors/logs/ssh/borrow.ts";
import { sftpFiles } from "../../../src/daemon/monitors/logs/ssh/files.ts";
import { createConnections } from "../../../src/daemon/monitors/logs/ssh/connections.ts";
import { systemClock } from "../../../src/shared/system-clock.ts";
import { launchSshd } from "../sshd.ts";
import type { Collect } from "./keeper.ts";

/**
 * Collects over OpenSSH's own server, by SFTP; one connection serves for all until `end`. Without inodes it does what
 * is done for accounts that have no shell.
 */
export async function collectBySftp({ inodes = true } = {}): Promise<{ collect: Collect; end(): Promise<void> }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "sentinel-sftp-"));
  const { user, port, keyFile, kill } = await launchSshd(folder);
  const pins = new Map<string, string>();
  const connections = createConnections({
    clock: systemClock,
    hostKeys: { pinned: (name) => pins.get(name), pin: (name, seen) => void pins.set(name, seen), refused: () => {} },
  });
  const { signal } = new AbortController();
  const wait = { clock: systemClock, signal };
  return {
    async collect(log, given) {
      const options = sshFile.options.parse({ host: "127.0.0.1", port, user, keyFile, path: log, from: "start" });
      const means = { ssh: { connections, host: "web01", commands: [] } };
      if (inodes) return sshFile.collect({ ...given, ...wait, options, means });
      const cursor = followedCursor.optional().parse(given.cursor);
      return borrow({ ...wait, options, means }, (connection) =>
        connection.sftp(wait, (sftp) =>
          followFiles(sftpFiles(sftp, connection.name, wait), { ...given, ...wait, options, cursor }),
        ),
      );
    },
    async end() {
      connections.close();
      await kill();
      rmSync(folder, { recursive: true });
    },
  };
}
