import { appendFileSync, chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../../../../tests/support/processes.ts";
import { startSshServer } from "../../../../../../tests/support/ssh-server.ts";
import { sshdIsThere, startSshd, withSshd } from "../../../../../../tests/support/sshd.ts";
import { brings, collecting } from "../../ssh/collecting.test-support.ts";
import { sshJournal } from "./ssh-journal.ts";

const at = (second: number): number => Date.UTC(2026, 0, 5, 12, 0, second) * 1_000;

const entry = (n: number, unit = "app.service"): string =>
  `${JSON.stringify({
    __CURSOR: `s=it's $HOME;i=${n}`,
    __REALTIME_TIMESTAMP: String(at(n)),
    MESSAGE: `message ${n}`,
    PRIORITY: "6",
    SYSLOG_IDENTIFIER: "app",
    _HOSTNAME: "web01",
    _SYSTEMD_UNIT: unit,
  })}\n`;

const ends = (...numbers: number[]): unknown[] =>
  numbers.map((n) => expect.stringMatching(new RegExp(` message ${n}$`)));

/** What stands for journalctl on the other machine: prints from the cursor's entry on, or all if that isn't there. */
const journalctl = (folder: string): string => `#!/bin/sh
for given; do
  printf '%s\\n' "$given" >> ${folder}/asked
  case $given in --cursor=*) cursor=\${given#--cursor=} ;; esac
done
if [ -n "$cursor" ] && grep -qF "$cursor" ${folder}/entries; then
  grep -F -A 100000 "$cursor" ${folder}/entries
else
  cat ${folder}/entries
fi
`;

describe.skipIf(!sshdIsThere)(withSshd, () => {
  async function following(given: object = {}) {
    const folder = temporaryFolder();
    const program = path.join(folder, "journalctl");
    writeFileSync(program, journalctl(folder));
    chmodSync(program, 0o755);
    const { port, user, keyFile } = await startSshd({ config: [`SetEnv PATH=${folder}:/usr/bin:/bin`] });
    const entries = path.join(folder, "entries");
    const target = { host: "127.0.0.1", port, user, keyFile, from: "start", ...given };
    return {
      ...collecting(sshJournal, target),
      entries,
      asked: () => readFileSync(path.join(folder, "asked"), "utf8"),
    };
  }

  test("a journal is read on, whatever stands in its cursor", async () => {
    const { collect, entries, asked } = await following();
    writeFileSync(entries, entry(1) + entry(2));
    expect(await collect()).toEqual({ ...brings(), lines: ends(1, 2) });
    expect(await collect()).toEqual(brings());
    appendFileSync(entries, entry(3));
    expect(await collect()).toEqual({ ...brings(), lines: ends(3) });
    expect(asked()).toContain("--cursor=s=it's $HOME;i=2\n");
  });

  test("a cursor that is gone is told, and nothing is doubled", async () => {
    const { collect, entries } = await following();
    writeFileSync(entries, entry(1) + entry(2));
    await collect();
    writeFileSync(entries, entry(4) + entry(5));
    expect(await collect()).toMatchObject({ lines: ends(4, 5), gaps: [{ reason: "vacuumed", from: at(2) / 1_000 }] });
  });

  test("units are picked out on this side", async () => {
    const { collect, entries, asked } = await following({ units: ["ssh"] });
    writeFileSync(entries, entry(1) + entry(2, "ssh.service") + entry(3));
    expect(await collect()).toEqual({ ...brings(), lines: ends(2) });
    expect(asked()).not.toMatch(/^-u|--unit/m);
    expect(await collect()).toEqual(brings());
  });

  test("a machine without journalctl", async () => {
    const { port, user, keyFile } = await startSshd({ config: ["SetEnv PATH=/nowhere"] });
    const { collect } = collecting(sshJournal, { host: "127.0.0.1", port, user, keyFile });
    expect(await collect()).toMatchObject({
      lines: [],
      faults: [{ step: "read", message: expect.stringMatching(/journalctl failed \(127\): .*not found/) }],
    });
  });
});

test("a connection that is cut in an entry: nothing counts, and all comes the next time", async () => {
  let times = 0;
  const { port, keyFile } = await startSshServer({
    exec(channel, _, cut) {
      if (times++ === 0) return void channel.write(entry(1) + entry(2).slice(0, 40), () => setImmediate(cut));
      channel.write(entry(1) + entry(2), () => {
        channel.exit(0);
        channel.end();
      });
    },
  });
  const { collect } = collecting(sshJournal, { host: "127.0.0.1", port, user: "logs", keyFile });
  expect(await collect()).toMatchObject({ lines: [], faults: [{ step: "read" }] });
  expect(await collect()).toEqual({ ...brings(), lines: ends(1, 2) });
});
