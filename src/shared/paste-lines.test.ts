import { execFileSync } from "node:child_process";
import { fc } from "../../tests/support/property.ts";
import { describe, expect, test } from "vitest";
import { pasteLines, type PasteSchedule } from "./paste-lines.ts";
import { DAY, HOUR, MINUTE } from "./time.ts";

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
  (/^(?:\\%|[^%])*/.exec((line.split("\n").at(-1) ?? "").split(" ").slice(5).join(" "))?.[0] ?? "").replaceAll(
    String.raw`\%`,
    "%",
  );

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

describe("a line to paste runs the job when the host expects it", () => {
  const crontabOf = (schedule: PasteSchedule): string[] =>
    pasteLines({ ping, push }, schedule)
      .crontab.split("\n")
      .map((line) => line.replace(/ \/usr.*/, ""));
  const timerOf = (schedule: PasteSchedule): string[] =>
    (/\[Timer\]\n([^[]*)\n\n/.exec(pasteLines({}, schedule).systemd)?.[1] ?? "").split("\n");

  test.each([
    [MINUTE, "* * * * *"],
    [5 * MINUTE, "*/5 * * * *"],
    [HOUR, "0 * * * *"],
    [6 * HOUR, "0 */6 * * *"],
    [DAY, "0 3 * * *"],
    [7 * DAY, "0 3 * * 1"],
  ])("every %i ms", (periodMs, fields) => {
    expect(crontabOf({ periodMs })).toEqual([fields]);
    expect(timerOf({ periodMs })).toContain(`OnUnitActiveSec=${periodMs / 1_000}s`);
  });

  test.each([
    [7 * MINUTE, "*/6 * * * *", 'every 7m": this comes more often'],
    [90_000, "* * * * *", "this comes more often"],
    [5 * HOUR, "0 */4 * * *", "this comes more often"],
    [10_000, "* * * * *", "once a minute is the most"],
  ])("every %i ms, which no crontab can say, as the next that is more frequent", (periodMs, fields, words) => {
    expect(crontabOf({ periodMs })).toEqual([expect.stringContaining(words), fields]);
    expect(timerOf({ periodMs })).toEqual(["OnActiveSec=1s", `OnUnitActiveSec=${periodMs / 1_000}s`, "AccuracySec=1s"]);
  });

  test("by its cron expression in its zone, which a timer is told of in words", () => {
    const schedule = { cron: "*/15  8-17 * * MON-FRI", zone: "Europe/Berlin" };
    expect(crontabOf(schedule).slice(1)).toEqual(["CRON_TZ=Europe/Berlin", "*/15 8-17 * * MON-FRI"]);
    expect(crontabOf({ cron: "@hourly" }).slice(1)).toEqual(["CRON_TZ=UTC", "@hourly"]);
    expect(timerOf(schedule)[0]).toContain("(cron */15 8-17 * * MON-FRI Europe/Berlin), in place of daily");
  });

  test.each(["30 0 3 * * *", "0 3 L * *", "0 3 * * 5#2", "0 3 15W * *"])(
    "by a cron expression that no crontab has (%s), in words",
    (cron) => {
      expect(crontabOf({ cron })).toEqual([expect.stringContaining(`(${cron} UTC), in place of`), "0 3 * * *"]);
    },
  );

  test("by its calendar expression in its zone or the one that it names, which a crontab is told of in words", () => {
    const schedule = { calendar: "Mon..Fri 08:00", zone: "Europe/Berlin" };
    expect(timerOf(schedule)).toEqual(["OnCalendar=Mon..Fri 08:00 Europe/Berlin", "Persistent=true"]);
    expect(timerOf({ calendar: "daily\nUTC", zone: "Europe/Berlin" })[0]).toBe("OnCalendar=daily UTC");
    expect(crontabOf(schedule)).toEqual([expect.stringContaining("(Mon..Fri 08:00), in place of"), "0 3 * * *"]);
  });

  test("at its own times where these aren't known", () => {
    expect(crontabOf({})).toEqual(["# At its own times, in place of 0 3 * * *:", "0 3 * * *"]);
    expect(timerOf({})[0]).toBe("# At its own times, in place of daily:");
  });
});
