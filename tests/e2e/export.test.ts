import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { sentinelEnded, startDaemon, temporaryFolder } from "../support/processes.ts";

interface Line {
  kind: string;
  id: string;
  value: Record<string, unknown>;
}

test(
  "what was set up goes to another Sentinel as JSON lines, without a secret, and a second time changes nothing",
  { timeout: 90_000 },
  async () => {
    const [from, to] = [await startDaemon(), await startDaemon()];
    const on = async (data: string, ...args: string[]) => {
      const run = await sentinelEnded([...args, "--data", data]);
      return { ...run, lines: run.stdout.split("\n").filter(Boolean) };
    };
    const setUp = async (...args: string[]): Promise<void> =>
      expect(await on(from.data, ...args)).toMatchObject({ status: 0, stderr: "" });
    // Its parent comes later in the alphabet, and in the list.
    await setUp("host", "add", "zrouter", "--every", "1m");
    await setUp(
      "host",
      "add",
      "app",
      "--cron",
      "0 3 * * *",
      "--zone",
      "Europe/Berlin",
      "--parent",
      "zrouter",
      "--tag",
      "prod",
    );
    await setUp("host", "pause", "zrouter");
    await setUp("channel", "add", "ops", "--type", "webhook", "--secret", "url=https://hooks.example.org/s3cret");
    await setUp("policy", "set", "tag:prod", "--notify-after", "2m", "--failures", "2");
    await setUp("maintenance", "add", "--host", "app", "--cron", "0 4 * * 0", "--for", "1h", "--comment", "sundays");
    await setUp("silence", "add", "--tag", "prod", "--for", "2h");
    await setUp("setting", "set", "backup", '{"keep":3,"at":"04:44"}');

    const exported = await on(from.data, "export");
    const wanted = exported.lines.map((line) => JSON.parse(line) as Line);
    expect(wanted.map(({ kind }) => kind)).toEqual([
      // That the line isn't watched comes from the environment of all tests.
      "setting",
      "setting",
      "channel",
      "host",
      "host",
      "policy",
      "maintenance",
      "silence",
    ]);
    expect(exported.stdout).not.toMatch(/s3cret|hashes|token/);
    const few = await on(from.data, "export", "--kinds", "policy,setting");
    expect(few.lines).toHaveLength(3);
    expect(await on(from.data, "export", "--kinds", "token")).toMatchObject({ status: 2 });

    const file = path.join(temporaryFolder(), "setup.jsonl");
    writeFileSync(file, exported.stdout);
    const dry = await on(to.data, "import", file);
    expect(dry.stderr).toContain("nothing was changed; --yes does it");
    expect(dry.lines.map((line) => line.split(":")[0])).toEqual([
      "add  setting backup",
      "skip  setting line",
      "skip  channel ops",
      "add  host zrouter",
      "add  host app",
      "add  policy tag",
      expect.stringMatching(/^add  maintenance m/),
      expect.stringMatching(/^add  silence s/),
    ]);
    expect((await on(to.data, "export")).lines).toEqual([exported.lines.find((line) => line.includes('"line"'))]);
    const done = await on(to.data, "import", file, "--yes");
    expect([done.status, done.stderr, done.lines.filter((line) => line.startsWith("refused"))]).toEqual([0, "", []]);
    const plain = ({ kind, id, value }: Line) => {
      const { createdAt: _c, updatedAt: _u, watchedSince: _w, by: _b, ...rest } = value;
      return { kind, id: kind === "maintenance" || kind === "silence" ? kind : id, rest };
    };
    const order = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
    const arrived = (await on(to.data, "export")).lines.map((line) => plain(JSON.parse(line) as Line));
    expect(arrived.sort(order)).toEqual(
      wanted
        .filter(({ kind }) => kind !== "channel")
        .map(plain)
        .sort(order),
    );
    const again = await on(to.data, "import", file, "--yes");
    expect(again.lines.filter((line) => !line.startsWith("skip"))).toEqual([]);

    writeFileSync(
      file,
      [
        JSON.stringify({
          kind: "host",
          id: "app",
          value: { ...wanted.find(({ id }) => id === "app")?.value, tags: ["edge"] },
        }),
        JSON.stringify({ kind: "policy", id: "host:none", value: { failures: 2 } }),
      ].join("\n"),
    );
    const partly = await on(to.data, "import", file, "--yes");
    expect([partly.status, partly.lines]).toEqual([
      1,
      ["change  host app", expect.stringMatching(/^refused  policy host:none: there is no host none/)],
    ]);
    expect(JSON.parse((await on(to.data, "host", "show", "app", "--json")).stdout)).toMatchObject({ tags: ["edge"] });
  },
);

test.each([
  ["{", "line 1 is no JSON"],
  ["\n\n3", "line 3: kind must be one of setting"],
  ['{"kind":"token","id":"t","value":{}}', "line 1: kind must be one of setting"],
  ['{"kind":"policy","id":"default","value":{"failures":99}}', "line 1: failures: "],
])("a file with %j is refused by its line before anything is asked", async (text, complaint) => {
  const file = path.join(temporaryFolder(), "setup.jsonl");
  writeFileSync(file, text);
  expect(await sentinelEnded(["import", file])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(complaint) as string,
  });
});
