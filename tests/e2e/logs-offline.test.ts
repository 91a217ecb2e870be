import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { launcher, run, sentinel, temporaryFolder, until } from "../support/processes.ts";
import { openTerminal } from "../support/terminal.ts";

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** `sentinel logs …` to its end, fed with `input`; nothing in its environment says where a daemon would be. */
async function logs(args: string[], input: string | Uint8Array = ""): Promise<Ended> {
  const { child, ended, stdout, stderr } = sentinel(["logs", ...args], { stdio: "pipe" });
  // It may have said no before it was given anything.
  child.stdin?.on("error", () => {}).end(input);
  const { status } = await ended;
  return { status, stdout: stdout(), stderr: stderr() };
}

const quiet = ["May  6 07:08:09 web01 sshd[812]: Accepted publickey for ada from 192.0.2.4 port 5022 ssh2"];
const attack = Array.from(
  { length: 40 },
  (_, n) =>
    `May  6 07:09:${10 + n} web01 sshd[${900 + n}]: Failed password for root from 203.0.113.9 port ${4000 + n} ssh2`,
);
const secret = "May  6 07:10:00 web01 shop[5]: login with password=hunter2horse \u001b[31mdone\u001b[0m";
const text = (lines: readonly string[]): string => `${lines.join("\n")}\n`;

function fileWith(content: string | Uint8Array, name = "a.log"): string {
  const file = path.join(temporaryFolder(), name);
  writeFileSync(file, content);
  return file;
}

describe("sentinel logs redact", () => {
  test("prints a file, a pipe and a gzipped file alike: without its secrets, as text alone", async () => {
    const log = text([...quiet, secret]);
    const runs = [
      await logs(["redact", fileWith(log)]),
      await logs(["redact"], log),
      await logs(["redact", "-"], log),
      await logs(["redact", fileWith(gzipSync(log), "a.log.1.gz")]),
      await logs(["redact"], gzipSync(log)),
    ];
    for (const { status, stdout, stderr } of runs) {
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const [first, second, ...rest] = stdout.split("\n");
      expect(first).toBe(quiet[0]);
      expect(second).toMatch(/password=<SECRET:[0-9a-f]+> done$/);
      expect(rest).toEqual([""]);
    }
  });

  test("withholds what is too long, and has a line of JSON each", async () => {
    const log = text(["short", "x".repeat(9_000), "end"]);
    expect((await logs(["redact"], log)).stdout).toBe("short\n<withheld: a line of 9,000 bytes>\nend\n");
    expect((await logs(["redact", "--json"], log)).stdout).toBe(
      '{"line":1,"text":"short"}\n{"line":2,"withheldBytes":9000}\n{"line":3,"text":"end"}\n',
    );
  });

  test("gives addresses and users other names, the same in each line", async () => {
    const { stdout } = await logs(["redact", "--hide-addresses", "--hide-users"], text(attack.slice(0, 2)));
    expect(stdout).not.toMatch(/203\.0\.113\.9|root/);
    expect(new Set(stdout.match(/<IP:\w+>/g)).size).toBe(1);
  });

  test("ends quietly when nobody reads on", async () => {
    const log = fileWith(text(Array.from({ length: 50_000 }, () => quiet[0] ?? "")));
    const shell = `"${process.execPath}" "${launcher}" logs redact "${log}" | head -1; exit "\${PIPESTATUS[0]}"`;
    const { ended, stdout, stderr } = run("bash", ["-c", shell]);
    const { status } = await ended;
    expect({ status, stdout: stdout(), stderr: stderr() }).toEqual({ status: 0, stdout: `${quiet[0]}\n`, stderr: "" });
  });
});

describe("sentinel logs templates", () => {
  test("counts kinds of lines, and names that of each line in order", async () => {
    const log = text([...attack, ...quiet, "x".repeat(9_000)]);
    const shown = await logs(["templates"], log);
    expect(shown).toMatchObject({ status: 0, stderr: "" });
    expect(shown.stdout).toMatch(/ 40 {2}\w{8} {2}Failed password for root from <IP> port <NUM> ssh2\n/);
    expect(shown.stdout).toContain("2 templates in 42 lines; 1 line too long to be looked at\n");

    const { templates } = JSON.parse((await logs(["templates", "--json"], log)).stdout) as {
      templates: { id: string; count: number }[];
    };
    expect(templates.map(({ count }) => count)).toEqual([40, 1]);
    const ids = [...attack.map(() => templates[0]?.id), templates[1]?.id];
    expect((await logs(["templates", "--assign"], log)).stdout).toBe(text([...ids, "withheld"].map(String)));
    expect(JSON.parse((await logs(["templates", "--assign", "--json"], log)).stdout)).toEqual([...ids, null]);
  });

  test("takes lines as messages where they have no headers", async () => {
    const log = text(["INFO one", "INFO two"]);
    expect((await logs(["templates", "--message-only"], log)).stdout).toContain("  INFO ");
    expect((await logs(["templates"], log)).stdout).not.toContain("  INFO ");
  });
});

describe("sentinel logs analyze", () => {
  test("says what it found, with the lines that bear it out, and nothing of a quiet log", async () => {
    const { status, stdout, stderr } = await logs(["analyze", fileWith(text([...quiet, ...attack, secret]))]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^[CW] {2}Brute force.* 203\.0\.113\.9 {2}\(\d+\)$/m);
    expect(stdout).toContain(`   2: ${attack[0]}\n`);
    expect(stdout).toMatch(/^1 finding \(1 \w+\) in 42 lines of 3 templates; 1 secret hidden$/m);
    expect(stdout).not.toContain("hunter2horse");
    expect((await logs(["analyze"], text(quiet))).stdout).toBe("nothing found in 1 line of 1 template\n");
  });

  test("says the same as JSON, each finding's lines in the file", async () => {
    const { stdout } = await logs(["analyze", "--json"], text([...quiet, ...attack, secret]));
    const value = JSON.parse(stdout) as { findings: { evidence: { line: number; text: string }[] }[] };
    expect(value).toMatchObject({
      lines: 42,
      withheld: 0,
      redactions: { total: 1 },
      templates: 3,
      findings: [{ source: "203.0.113.9", count: 40, rule: expect.any(String), severity: expect.any(String) }],
    });
    for (const { line, text: cited } of value.findings[0]?.evidence ?? []) expect(cited).toBe(attack[line - 2]);
    expect(value.findings[0]?.evidence.length).toBeGreaterThan(1);
  });

  test("ends with 1 where a script asked for that", async () => {
    expect((await logs(["analyze", "--fail-on", "warning"], text(attack))).status).toBe(1);
    expect((await logs(["analyze", "--fail-on", "warning"], text(quiet))).status).toBe(0);
    expect((await logs(["analyze", "--fail-on", "loud"], text(quiet))).status).toBe(2);
  });

  test("finds nothing in nothing", async () => {
    const found = { status: 0, stdout: "nothing found in 0 lines of 0 templates\n", stderr: "" };
    expect(await logs(["analyze", fileWith("")])).toEqual(found);
    expect(await logs(["analyze"])).toEqual(found);
  });
});

describe("what can't be read is told, with a status for scripts", () => {
  test("no such file, a folder, no text, a gzip that is cut off", async () => {
    const folder = temporaryFolder();
    const told = async (file: string): Promise<Ended> => logs(["analyze", file]);
    const cut = gzipSync(text(Array.from({ length: 2_000 }, (_, n) => String(n * n)))).subarray(0, 900);
    for (const [file, reason] of [
      [path.join(folder, "none.log"), "there is no such file"],
      [folder, "it is a folder"],
      [fileWith("a\u0000b"), "is no text: there are zero bytes in it"],
      [fileWith(Uint8Array.of(0xff, 0xfe, 0x61, 0)), "is UTF-16"],
      [fileWith(cut), "it is damaged, or cut off"],
    ] as const) {
      const { status, stdout, stderr } = await told(file);
      expect({ file, status, stdout }).toEqual({ file, status: 1, stdout: "" });
      expect(stderr).toMatch(/^sentinel: /);
      expect(stderr).toContain(reason);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });

  test.skipIf(process.getuid?.() === 0)("a file that may not be read", async () => {
    const file = fileWith("a");
    chmodSync(file, 0);
    expect(await logs(["analyze", file])).toMatchObject({
      status: 77,
      stderr: expect.stringContaining("may not be read"),
    });
  });

  test("a word too many, and a terminal with nothing piped in", async () => {
    expect(await logs(["redact", "a", "b"])).toMatchObject({ status: 2 });
    const terminal = openTerminal(process.execPath, [launcher, "logs", "analyze"]);
    expect((await terminal.ended).status).toBe(2);
    await terminal.see("name a file, or pipe a log in");
  });
});

test("on a terminal it says how far it is, and takes that away again", { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  const log = path.join(folder, "long.log");
  const lines = Array.from({ length: 150_000 }, (_, n) => `May  6 07:08:09 web01 shop[${n}]: order ${n} paid`);
  writeFileSync(log, text(lines));
  const out = path.join(folder, "out.txt");
  const terminal = openTerminal("bash", [
    "-c",
    `"${process.execPath}" "${launcher}" logs templates "${log}" > "${out}"; read -r`,
  ]);
  await terminal.see(/[\d,]+ lines · [\d,]+ lines\/s · \d+ %/);
  await terminal.see(/^\s*$/, 30_000);
  await until("the templates", () => readFileSync(out, "utf8").includes("1 template in 150,000 lines"));
});
