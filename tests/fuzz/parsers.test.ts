import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readDocument } from "../../src/cli/config/document.ts";
import { secretChecker } from "../../src/cli/config/secrets.ts";
import { CliFailure } from "../../src/cli/failure.ts";
import { createParser } from "../../src/daemon/monitors/logs/formats/parse.ts";
import { clean } from "../../src/daemon/monitors/logs/read/clean.ts";
import { createLineReader } from "../../src/daemon/monitors/logs/read/lines.ts";
import { createRedactor } from "../../src/daemon/monitors/logs/redact/redactor.ts";
import { entryOf } from "../../src/daemon/monitors/logs/sources/journal-entry.ts";
import { createFrameReader } from "../../src/daemon/monitors/logs/sources/syslog/frames.ts";
import { OptionsError, readOptions } from "../../src/daemon/options.ts";
import { decodeLine, encodeLine, isWhole, revOf } from "../../src/daemon/store/json/line.ts";
import { decodeSecrets } from "../../src/daemon/store/json/secrets.ts";
import { logConfig } from "../../src/shared/log-config.ts";
import { calendarExpression } from "../../src/shared/schedule/calendar.ts";
import { cronExpression } from "../../src/shared/schedule/cron.ts";
import { nextExpected, scheduleSchema, typicalIntervalMs } from "../../src/shared/schedule/schedule.ts";
import { windowWords } from "../../src/shared/schedule/window-words.ts";
import { windowState } from "../../src/shared/schedule/window.ts";
import { zoneSchema } from "../../src/shared/schedule/zone.ts";
import { parseDuration } from "../../src/shared/time.ts";
import { mutated } from "../support/fuzz/mutate.ts";
import { pick } from "../support/fuzz/sample.ts";
import { slowest } from "../support/fuzz/slowest.ts";
import { fc } from "../support/property.ts";
import { seededRandom } from "../support/seeded-random.ts";

const now = Date.UTC(2026, 10, 23);

/** The texts, and what becomes of them when their bytes are changed. */
const near = (...texts: string[]): fc.Arbitrary<Buffer> =>
  fc.integer().map((seed) => {
    const random = seededRandom(seed);
    return mutated(Buffer.from(pick(texts, random)), random, Buffer.from(pick(texts, random)));
  });

/** Takes whatever there is: by itself it throws nothing, within a second at most, unless it is told otherwise. */
function takes(inputs: fc.Arbitrary<Buffer>, read: (bytes: Buffer) => void, limitMs = 1_000): void {
  const timed = slowest(read);
  fc.assert(fc.property(fc.oneof(inputs, fc.string({ unit: "binary" }).map(Buffer.from)), timed.call), {
    numRuns: 1_000,
  });
  expect(timed.slowestMs()).toBeLessThan(limitMs);
}

describe("schedules", () => {
  const at = (schedule: unknown): void => {
    const parsed = scheduleSchema.safeParse(schedule);
    if (!parsed.success) return;
    const next = nextExpected(parsed.data, now);
    expect(next === undefined || next > now).toBe(true);
    typicalIntervalMs(parsed.data, now);
  };
  test("cron", () =>
    takes(
      near("0 3 * * *", "*/5 9-17 * JAN,DEC MON-FRI", "0 0 29 2 *", "@daily", "0 0 L * 5#2", "1 2 3 4 5 6"),
      (bytes) => {
        cronExpression.safeParse(bytes.toString());
        at({ kind: "cron", expression: bytes.toString(), zone: "Europe/Berlin" });
      },
    ));
  test("systemd's calendar", () =>
    takes(near("Mon..Fri *-*-* 08:00:00", "*:0/15", "2026-02-29", "hourly", "*-*~1 00:00 Europe/Berlin"), (bytes) => {
      calendarExpression.safeParse(bytes.toString());
      at({ kind: "calendar", expression: bytes.toString(), zone: "UTC" });
    }));
  test("windows, zones, spans of time", () =>
    takes(
      near("Mon-Fri 08:00-18:00, Sat 22:00-06:00 Europe/Berlin", "1h30m", "Etc/GMT+5", "business_hours"),
      (bytes) => {
        const window = windowWords.safeParse(bytes.toString());
        if (window.success) windowState(window.data, now);
        zoneSchema.safeParse(bytes.toString());
        parseDuration(bytes.toString());
      },
    ));
});

const logLines = [
  "Nov 23 07:08:09 web01 sshd[901]: Accepted password for root from 203.0.113.9 port 41000 ssh2",
  '<165>1 2026-05-06T07:08:09.003Z web01 shop 42 ID47 [a@1 x="]\\"" y="2"][b@1 z="3"] paid',
  '203.0.113.9 - - [23/Nov/2026:10:00:10 +0000] "GET /item?id=1%27 HTTP/1.1" 500 12 "-" "curl/8"',
  '{"log":"{\\"level\\":\\"error\\",\\"ts\\":1715000000.25,\\"msg\\":\\"x\\"}\\n","time":"2026-05-06T07:08:09Z"}',
  'time="2026-05-06T07:08:09Z" level=warn msg="it \\"broke\\"" code=7',
  'type=AVC msg=audit(1715000000.250:77): avc: denied { read } for pid=1 comm="a"',
  '2026/05/06 07:08:09 [error] 7#7: *1 open() failed (2: No such file), client: 203.0.113.9, request: "GET / HTTP/1.1"',
  "[12345.678901] usb 1-1: password=hunter2 Authorization: Bearer abc.def.ghi postgres://a:b@c/d",
];

describe("logs", () => {
  test("cleaned, redacted and taken apart", () => {
    const parser = createParser({ now });
    const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
    takes(near(...logLines), (bytes) => void parser.parse(redactor.redact(clean(bytes.toString().slice(0, 8_192))), 1));
  });
  test("bytes to lines, however they are cut", () =>
    takes(near(logLines.join("\n"), logLines.join("\r\n")), (bytes) => {
      const reader = createLineReader();
      for (let at = 0; at < bytes.length; at += 1_000) reader.push(bytes.subarray(at, at + 1_000));
      reader.end();
    }));
  test("syslog's frames", () =>
    takes(
      near(`${logLines[1]?.length} ${logLines[1]}`, `${logLines[0]}\n${logLines[0]}\n`, "99999999999 <1>"),
      (bytes) => {
        const reader = createFrameReader();
        reader.push(bytes.subarray(0, 20));
        reader.push(bytes.subarray(20));
      },
    ));
  test("entries of systemd's journal", () => {
    const entry = {
      __CURSOR: "s=1",
      __REALTIME_TIMESTAMP: "1715000000250000",
      MESSAGE: [104, 105],
      PRIORITY: "3",
      _PID: "1",
    };
    takes(
      near(JSON.stringify(entry), JSON.stringify({ ...entry, MESSAGE: "hi" })),
      (bytes) => void entryOf(bytes.toString()),
    );
  });
  test("the predecessor's configuration of them", () =>
    takes(near('{"log_command":"cat /x","ssh_host":"a","analysis_frequency":3600}'), (bytes) => {
      logConfig.safeParse(jsonOf(bytes));
    }));
});

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return bytes.toString();
  }
}

// What lists in lists 20,000 deep take; such a file is one's own.
const yamlMs = 15_000;

describe("files", () => {
  test("a line of the journal counts only as it was written", () => {
    const commit = {
      rev: 7,
      at: now,
      by: "ada",
      changes: [{ op: "put", kind: "beat", id: "web01", value: { at: now } }],
    };
    const line = Buffer.from(encodeLine(commit as never, 7).trimEnd());
    expect(isWhole(line)).toBe(true);
    takes(near(line.toString()), (bytes) => {
      revOf(bytes);
      if (isWhole(bytes)) expect(decodeLine(bytes)).toMatchObject({ rev: commit.rev, by: commit.by });
    });
  });
  test("secrets.json is read whole or not at all", () =>
    takes(
      near('{"format":1,"channel:ops":{"url":"https://a.example/x"}}'),
      (bytes) => void decodeSecrets(bytes.toString()),
    ));
  test("a configuration document is read, or refused with a sentence", () => {
    const yaml =
      'hosts:\n  web01: { every: 5m, tags: [a, "b"] }\nchannels:\n  ops: { type: discord, secrets: { url: { env: X } } }\n';
    takes(
      near(yaml, yaml.replace("5m", "&a [*a]"), "a: &x [1]\nb: *x\n<<: *x\n"),
      (bytes) => {
        try {
          readDocument("f.yaml", bytes.toString(), secretChecker().read);
        } catch (error) {
          expect(error).toBeInstanceOf(CliFailure);
        }
      },
      yamlMs,
    );
  });
  test("the daemon's own configuration is read, or refused with a sentence", () => {
    const path = join(mkdtempSync(join(tmpdir(), "sentinel-fuzz-")), "a.yaml");
    const yaml = 'listen: 127.0.0.1:1\nlogLevel: info\nmodelKey: abc\nsettings:\n  backup: { keep: 7, at: "03:17" }\n';
    takes(
      near(yaml, "discordWebhookUrl: { file: /none }\n", "settings: { upstream: { url: https://a.example/x } }\n"),
      (bytes) => {
        writeFileSync(path, bytes);
        try {
          readOptions({ flags: { config: path }, env: {} });
        } catch (error) {
          expect(error).toBeInstanceOf(OptionsError);
        }
      },
      yamlMs,
    );
  });
});
