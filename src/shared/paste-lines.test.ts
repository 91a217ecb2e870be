import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pasteLines } from "./paste-lines.ts";

const ping = "https://monitor.example/ping/0b9d1c3e-2f4a-4b5c-8d6e-7f8091a2b3c4";
const push = "https://monitor.example/api/push/token";
const lines = pasteLines({ ping, push });
const hidden = pasteLines({});

// Whatever an address could hold that means something to one of the dialects; nobody's crontab has line ends in it.
const nasty = fc.string({
  unit: fc.constantFrom(..."ab/?&=#'\"`$%\\!*;|<> ~{}()[]^‘’", "$HOME", "%h", "$(id)", "\\n"),
  maxLength: 20,
});

/** Runs shell text with a `curl` that says only its last argument, as the shell hands it over. */
function lastArgument(script: string, env: Record<string, string> = {}): string {
  const saying = `curl() { for last; do :; done; printf %s "$last"; }\n`;
  return execFileSync("sh", ["-c", saying + script], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", ...env },
  });
}

/** What cron hands to the shell: the text up to the first bare %, and each \% as %. */
const asCronReads = (line: string): string =>
  (/^(?:\\%|[^%])*/.exec(line.split(" ").slice(5).join(" "))?.[0] ?? "").replaceAll(String.raw`\%`, "%");

/** The script of `ExecStopPost=/bin/sh -c "…"` as systemd hands it over. */
function asSystemdReads(unit: string): string {
  const quoted = /^ExecStopPost=\/bin\/sh -c "((?:\\.|[^"\\])*)"$/m.exec(unit)?.[1] ?? "not one quoted word";
  const plain = quoted.replace(/\\(["\\])/g, "$1");
  expect(plain.replaceAll("%%", "")).not.toContain("%");
  expect(plain.replaceAll("$$", "")).not.toContain("$");
  return plain.replaceAll("%%", "%").replaceAll("$$", "$");
}

/** The job and what follows it, without the job. */
const afterJob = (command: string, status: number): string =>
  command.replace("/usr/local/bin/job", `(exit ${status})`).replace("exec curl", "curl");

describe("a line to paste", () => {
  test("pings the address as it is, whatever is in it", () => {
    fc.assert(
      fc.property(nasty, (part) => {
        const address = `https://m/${part}`;
        const { curl, crontab, systemd, powershell, push: pushed } = pasteLines({ ping: address, push: address });
        expect(lastArgument(curl)).toBe(address);
        expect(lastArgument(afterJob(asCronReads(crontab), 3))).toBe(`${address}/3`);
        expect(lastArgument(afterJob(asSystemdReads(systemd), 0), { SERVICE_RESULT: "success" })).toBe(address);
        expect(lastArgument(pushed ?? "")).toBe(`${address}?status=up&msg=OK&ping=`);
        expect(powershell.replace(/(['‘’])\1/g, "$1")).toContain(`-Uri '${address}' `);
      }),
      { numRuns: 40 },
    );
  });

  test("tells how the job ended: by its exit status from cron, by its result from systemd", () => {
    expect(lastArgument(afterJob(asCronReads(lines.crontab), 7))).toBe(`${ping}/7`);
    expect(lastArgument(asSystemdReads(lines.systemd).replace("exec ", ""), { SERVICE_RESULT: "signal" })).toBe(
      `${ping}/fail`,
    );
  });

  test("has a time limit, retries, and nothing to say when all is well", () => {
    for (const line of [lines.curl, lines.crontab, lines.systemd, lines.push]) {
      expect(line).toContain("curl -fsS -m 10 --retry 5 -o /dev/null");
    }
    expect(lines.powershell).toMatch(/^\$null = .* -TimeoutSec 10$/);
  });

  test("is a service and its timer for systemd", () => {
    expect(lines.systemd.match(/^\[.*\]$/gm)).toEqual(["[Unit]", "[Service]", "[Unit]", "[Timer]", "[Install]"]);
  });
});

describe("a line to paste without the secret", () => {
  test("takes it from the environment", () => {
    const env = { SENTINEL_PING_URL: `${ping}?a=b c`, SERVICE_RESULT: "success" };
    expect(lastArgument(hidden.curl, env)).toBe(env.SENTINEL_PING_URL);
    expect(lastArgument(afterJob(asCronReads(hidden.crontab), 1), env)).toBe(`${env.SENTINEL_PING_URL}/1`);
    expect(lastArgument(afterJob(asSystemdReads(hidden.systemd), 0), env)).toBe(env.SENTINEL_PING_URL);
    expect(hidden.powershell).toContain("-Uri $env:SENTINEL_PING_URL ");
    expect(hidden.systemd).toContain("EnvironmentFile=");
  });

  test("has none for Uptime Kuma's form, whose address can't be made from the ping URL", () => {
    expect(hidden.push).toBeUndefined();
  });
});
