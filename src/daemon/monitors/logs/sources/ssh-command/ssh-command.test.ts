import { appendFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ServerChannel } from "ssh2";
import { describe, expect, test } from "vitest";
import { temporaryFolder, until } from "../../../../../../tests/support/processes.ts";
import { startSshServer, type Mischief } from "../../../../../../tests/support/ssh-server.ts";
import { sshdIsThere, startSshd, withSshd } from "../../../../../../tests/support/sshd.ts";
import { brings, collecting } from "../../ssh/collecting.test-support.ts";
import { sshCommand } from "./ssh-command.ts";

/** A server of ours that does something of its own when a command is run. */
async function running(mischief: Mischief, command = "show log") {
  const { port, keyFile } = await startSshServer(mischief);
  return collecting(sshCommand, { host: "127.0.0.1", port, user: "logs", keyFile, command }, { commands: [command] });
}

/** Prints that, and ends as a program does that went well. */
const print = (channel: ServerChannel, text: string): boolean =>
  channel.write(text, () => {
    channel.exit(0);
    channel.end();
  });

describe.skipIf(!sshdIsThere)(withSshd, () => {
  test("what a command prints is taken once", async () => {
    const { port, user, keyFile } = await startSshd();
    const log = path.join(temporaryFolder(), "app.log");
    const command = `tail -n 3 ${log}`;
    const { collect } = collecting(
      sshCommand,
      { host: "127.0.0.1", port, user, keyFile, command },
      { commands: [command] },
    );
    writeFileSync(log, "one\ntwo\nthree\n");
    expect(await collect()).toEqual(brings("one", "two", "three"));
    expect(await collect()).toEqual(brings());
    appendFileSync(log, "four\n");
    expect(await collect()).toEqual(brings("four"));
    appendFileSync(log, "five\nsix\nseven\neight\n");
    expect(await collect()).toEqual({ ...brings("six", "seven", "eight"), gaps: [{ reason: "overrun" }] });
  });

  test("a command that fails says so, and what it printed counts", async () => {
    const { port, user, keyFile } = await startSshd();
    const command = "echo printed; printf 'no \\033[31msuch\\033[0m thing\\n' >&2; exit 3";
    const { collect } = collecting(
      sshCommand,
      { host: "127.0.0.1", port, user, keyFile, command },
      { commands: [command] },
    );
    const message = "the command ended with the status 3: no such thing";
    expect(await collect()).toEqual({ ...brings("printed"), faults: [{ step: "open", message }] });
  });
});

test.each([
  ["another", "show log; reboot"],
  ["one with more spaces", "show  log"],
  ["none", "reboot"],
])("%s that isn't on the list isn't run", async (_, command) => {
  let ran = 0;
  const { port, keyFile } = await startSshServer({ exec: () => ran++ });
  const { collect } = collecting(
    sshCommand,
    { host: "127.0.0.1", port, user: "logs", keyFile, command },
    { commands: ["show log"] },
  );
  expect(await collect()).toEqual({
    ...brings(),
    faults: [
      {
        step: "open",
        message: `the command isn't on the list of those that may be run: add it to the setting logs.commands, to the letter: ${command.replace("  ", " ")}`,
      },
    ],
  });
  expect(ran).toBe(0);
});

test("output without end is cut at the limit, and told", async () => {
  const { collect } = await running({
    exec(channel) {
      const flood = (): void => {
        while (channel.write("again and again\n".repeat(1_000)));
        channel.once("drain", flood);
      };
      flood();
    },
  });
  const { lines, faults } = await collect({ limits: { bytes: 160_000, lines: 100_000, ms: 60_000 } });
  expect(lines.length).toBe(10_000);
  expect(faults).toEqual([
    { step: "limit", message: "the command prints more than 160000 bytes: let it print less, as by tail -n 10000" },
  ]);
});

test("of much that is new so much is taken as there is room for, and the rest the next time", async () => {
  const { collect } = await running({
    exec: (channel) => print(channel, Array.from({ length: 25 }, (_, i) => `line ${i}\n`).join("")),
  });
  const limits = { bytes: 1_000_000, lines: 10, ms: 60_000 };
  const counts = [];
  for (let more = true; more;) {
    const collected = await collect({ limits });
    counts.push(collected.lines.length, collected.lines[0]);
    ({ more } = collected);
  }
  expect(counts).toEqual([10, "line 0", 10, "line 10", 5, "line 20"]);
});

test("a command that doesn't end is left when its time is over; a line that isn't whole comes again", async () => {
  const { collect, clock, reads } = await running({ exec: (channel) => channel.write("one\ntwo\nhalf a li") });
  const collected = collect({ limits: { bytes: 1_000_000, lines: 10, ms: 30_000 } });
  await until("it to be read", () => reads() === 2);
  clock.advance(30_000);
  expect(await collected).toEqual({
    ...brings("one", "two"),
    faults: [{ step: "limit", message: "the command doesn't end within 30 s: let it print what there is, and end" }],
  });
});

test("a connection that is cut in mid-line: what was whole counts, and the rest comes the next time", async () => {
  let times = 0;
  const { collect } = await running({
    exec: (channel, _, cut) => {
      if (times++ === 0) return void channel.write("one\ntwo\nthr", () => setImmediate(cut));
      print(channel, "one\ntwo\nthree\n");
    },
  });
  expect(await collect()).toEqual({
    ...brings("one", "two"),
    faults: [{ step: "read", message: expect.stringContaining("cut the connection") }],
  });
  expect(await collect()).toEqual(brings("three"));
});

test("a line of two million bytes is withheld", async () => {
  const { collect } = await running({ exec: (channel) => print(channel, `one\n${"x".repeat(2_000_000)}\ntwo\n`) });
  expect(await collect({ limits: { bytes: 64_000_000, lines: 10, ms: 60_000 } })).toEqual({
    ...brings(),
    lines: ["one", { withheldBytes: 2_000_000 }, "two"],
  });
});
