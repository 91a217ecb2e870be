import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder, until } from "../../../../../tests/support/processes.ts";
import { startSshServer, type Mischief } from "../../../../../tests/support/ssh-server.ts";
import { sshdIsThere, startSshd, withSshd } from "../../../../../tests/support/sshd.ts";
import { connecting } from "./connecting.test-support.ts";
import { withIds, type IdOf } from "./ids.ts";
import { sshTargetSchema } from "./target.ts";

async function asking<T>(
  server: { port: number; keyFile: string; user?: string },
  use: (idOf: IdOf) => Promise<T>,
  rig = connecting(),
): Promise<T> {
  const { port, keyFile, user = "logs" } = server;
  const { connection, release } = await rig.lease(sshTargetSchema.parse({ host: "127.0.0.1", port, keyFile, user }));
  return withIds(connection, rig, use).finally(release);
}

describe.skipIf(!sshdIsThere)(withSshd, () => {
  test("inodes are asked for, whatever a file is called", async () => {
    const folder = temporaryFolder();
    const at = (name: string): string => path.join(folder, name);
    const names = ["app.log", "with space", "it's", "$(id)", "-n", "*", "é\u{1f600}", "back\\slash", "#"];
    for (const name of names) writeFileSync(at(name), name);
    symlinkSync(at("app.log"), at("link"));
    mkdirSync(at("folder"));
    await asking(await startSshd(), async (idOf) => {
      const ids = await Promise.all([...names, "link", "folder"].map((name) => idOf(at(name))));
      const inodes = [...names, "link", "folder"].map((name) => statSync(at(name)).ino);
      expect(ids.map((id) => Number(id?.split(":")[1]))).toEqual(inodes);
      expect(await Promise.all([idOf(at("none")), idOf(at("link")), idOf("/a\nb"), idOf("relative")])).toEqual([
        undefined,
        ids[0],
        undefined,
        undefined,
      ]);
    });
  });

  test("a file keeps its id while it is renamed, and one that is made anew has another", async () => {
    const log = path.join(temporaryFolder(), "app.log");
    writeFileSync(log, "one");
    await asking(await startSshd(), async (idOf) => {
      const first = await idOf(log);
      renameSync(log, `${log}.1`);
      expect([await idOf(`${log}.1`), await idOf(log)]).toEqual([first, undefined]);
      rmSync(`${log}.1`);
      writeFileSync(log, "two");
      expect(await idOf(log)).not.toBe(first);
    });
  });
});

describe("without a shell nothing is known, and nothing fails", () => {
  test.each<[string, Mischief]>([
    ["refused", { beforeExec: (_, reject) => reject() }],
    [
      "another program",
      {
        exec: (channel) => {
          channel.write("This account is currently not available.\n\n");
          channel.end();
        },
      },
    ],
    ["ended at once", { exec: (channel) => channel.close() }],
  ])("%s", async (_, mischief) => {
    expect(await asking(await startSshServer(mischief), (idOf) => idOf("/var/log/app.log"))).toBeUndefined();
  });

  test("silence, for two seconds", async () => {
    const rig = connecting();
    const asked = asking(await startSshServer({ exec: () => {} }), (idOf) => idOf("/var/log/app.log"), rig);
    await until("the greeting", () => rig.waits.at(-1) === 2_000);
    rig.clock.advance(2_000);
    expect(await asked).toBeUndefined();
  });
});

test("answers that are none aren't taken", async () => {
  const server = await startSshServer({
    exec(channel) {
      channel.write("sentinel\n\n");
      channel.on("data", () => channel.write("\u001b[31m1:2:3 /x\n1:2 /y\nevil /z\n\n"));
    },
  });
  await asking(server, async (idOf) => {
    expect(await Promise.all(["/x", "/y", "/z", "/w"].map(idOf))).toEqual([undefined, undefined, undefined, undefined]);
  });
});
