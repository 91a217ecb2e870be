import { appendFileSync, chmodSync, renameSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { collectBySftp } from "../../../../../../tests/support/collection/over-sftp.ts";
import { runCollection } from "../../../../../../tests/support/collection/run.ts";
import { temporaryFolder, until } from "../../../../../../tests/support/processes.ts";
import { sshdIsThere, startSshd, withSshd } from "../../../../../../tests/support/sshd.ts";
import { brings, collecting } from "../../ssh/collecting.test-support.ts";
import { stepLimitsMs } from "../../ssh/steps.ts";
import { sshFile } from "./ssh-file.ts";

async function following({ config = [], as }: { config?: string[]; as?: string } = {}) {
  const server = await startSshd({ config });
  const log = path.join(temporaryFolder(), "app.log");
  const target = { host: "127.0.0.1", port: server.port, user: as ?? server.user, keyFile: server.keyFile };
  return { ...collecting(sshFile, { ...target, path: log, from: "start" }), server, log, target };
}

describe.skipIf(!sshdIsThere)(withSshd, () => {
  test("a file is followed, through its rotation too", async () => {
    const { log, collect } = await following();
    writeFileSync(log, "one\ntwo\nthr");
    expect(await collect()).toEqual(brings("one", "two"));
    expect(await collect()).toEqual(brings());
    appendFileSync(log, "ee\nfour\n");
    renameSync(log, `${log}.1`);
    writeFileSync(log, "five\n");
    expect(await collect()).toEqual(brings("three", "four", "five"));
  });

  test("an account that may read files alone is enough", async () => {
    const { log, collect } = await following({ config: ["ForceCommand internal-sftp"] });
    writeFileSync(log, "one\n");
    expect(await collect()).toEqual(brings("one"));
  });

  test("a file that isn't there, and one that comes later", async () => {
    const { log, collect } = await following();
    expect(await collect()).toEqual({
      ...brings(),
      faults: [{ step: "open", message: `there is no ${log}: check the path, and whether it was moved` }],
    });
    writeFileSync(log, "one\n");
    expect(await collect()).toEqual(brings("one"));
  });

  test("a file that may not be read", async () => {
    const isRoot = os.userInfo().uid === 0;
    const { log, collect, server } = await following(isRoot ? { as: "nobody" } : {});
    chmodSync(server.folder, 0o755);
    chmodSync(path.dirname(log), 0o755);
    writeFileSync(log, "one\n");
    chmodSync(log, isRoot ? 0o600 : 0);
    const message = `127.0.0.1:${server.port}: ${log} may not be read; let the user read it, in Debian by the group adm: usermod -aG adm USER`;
    expect(await collect()).toEqual({ ...brings(), faults: [{ step: "open", message }] });
    chmodSync(log, 0o644);
    expect(await collect()).toEqual(brings("one"));
  });

  test("a server that offers no files", async () => {
    const { collect } = await following({ config: ["ForceCommand /bin/false"] });
    expect(await collect()).toMatchObject({ lines: [], faults: [{ step: "open" }] });
  });

  test("a server that is killed in mid-read: what wasn't handed over comes when it is back", async () => {
    const { log, collect, server, waits, clock } = await following();
    const lines = Array.from({ length: 100_000 }, (_, i) => `${i} ${"x".repeat(100)}`);
    writeFileSync(log, `${lines.join("\n")}\n`);
    const limits = { bytes: 64_000_000, lines: 200_000, ms: 90_000 };
    const cut = collect({ limits });
    // After the first second's worth it holds its breath.
    const isHeld = (): boolean => waits.length > 20 && waits.at(-1) !== stepLimitsMs.read;
    await until("it to be in mid-read", isHeld);
    await server.kill();
    clock.advance(1_000);
    expect(await cut).toMatchObject({ lines: [], faults: [{ step: "read", message: expect.stringContaining("cut") }] });
    expect(await collect({ limits })).toMatchObject({ lines: [], faults: [{ step: "connect" }] });
    await server.start();
    let isDone = false;
    const whole = collect({ limits }).finally(() => (isDone = true));
    await until("the whole of it", () => {
      if (isHeld()) clock.advance(1_000);
      return isDone;
    });
    expect((await whole).lines).toEqual(lines);
  });

  // The long form is `npm run collect -- RUNS SEED sftp`. Without inodes it can't be told when a copy missed something.
  test.each([
    { inodes: true, seeds: [5] },
    { inodes: false, seeds: [1, 2, 3, 4] },
  ])(
    "a log that is written, rotated and cut at random: no line is lost or doubled (%j)",
    async ({ inodes, seeds }) => {
      const { collect, end } = await collectBySftp({ inodes });
      try {
        for (const seed of seeds) {
          const { lost, untold, doubled, misplaced, idle } = await runCollection(seed, collect);
          const wrong = { lost, untold: inodes ? untold : [], doubled, misplaced, idle };
          expect({ seed, ...wrong }).toEqual({ seed, lost: [], untold: [], doubled: [], misplaced: [], idle: 0 });
        }
      } finally {
        await end();
      }
    },
    90_000,
  );
});
