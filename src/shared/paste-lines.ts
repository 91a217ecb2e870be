import { readCalendar } from "./schedule/calendar.ts";
import { DAY, formatDuration, HOUR, MINUTE, SECOND } from "./time.ts";

/** What to paste where a job runs, so that it is watched; each in its own dialect's quoting. */
export interface PasteLines {
  curl: string;
  crontab: string;
  systemd: string;
  powershell: string;
  /** Uptime Kuma's form. */
  push?: string;
}

/** The addresses that the lines hold. What isn't given is a secret, and an environment variable stands for it. */
export interface PasteAddresses {
  ping?: string | undefined;
  push?: string | undefined;
}

/** When the host expects its job, as it is configured. Without any, the lines say that the job has its own times. */
export interface PasteSchedule {
  periodMs?: number | undefined;
  cron?: string | undefined;
  calendar?: string | undefined;
  zone?: string | undefined;
}

// 10 s a try and five more with growing waits, as the ping documentation advises.
const curl = "curl -fsS -m 10 --retry 5 -o /dev/null";
const job = "/usr/local/bin/job";

/** A word for a POSIX shell (POSIX.1-2024, XCU 2.2.2): nothing in it means anything but itself. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Text inside a crontab's command, where an unescaped % ends the line (crontab(5)). */
const inCrontab = (command: string): string => command.replaceAll("%", String.raw`\%`);

/** One argument of a unit's command line (systemd.service(5), "Command lines"; specifiers in systemd.unit(5)). */
const unitWord = (text: string): string =>
  `"${text
    .replace(/["\\]/g, String.raw`\$&`)
    .replaceAll("$", "$$$$")
    .replaceAll("%", "%%")}"`;

/** A literal string of PowerShell, which takes curly quotes for straight ones (about_Quoting_Rules). */
const powershellWord = (text: string): string => `'${text.replace(/['\u2018-\u201b]/g, "$&$&")}'`;

const lines = (...text: (string | undefined)[]): string => text.filter((line) => line !== undefined).join("\n");

/** The steps that a crontab's fields can say, longest first. */
const crontabSteps: [number, string][] = [
  [7 * DAY, "0 3 * * 1"],
  [DAY, "0 3 * * *"],
  ...[12, 8, 6, 4, 3, 2].map((hours): [number, string] => [hours * HOUR, `0 */${hours} * * *`]),
  [HOUR, "0 * * * *"],
  ...[30, 20, 15, 12, 10, 6, 5, 4, 3, 2].map((minutes): [number, string] => [minutes * MINUTE, `*/${minutes} * * * *`]),
];

/** A period as a crontab says it; what it can't say becomes the next that is more frequent, at most once a minute. */
function crontabEvery(periodMs: number): string[] {
  const [stepMs, fields] = crontabSteps.find(([step]) => step <= periodMs) ?? [MINUTE, "* * * * *"];
  if (stepMs === periodMs) return [fields];
  const nearest = stepMs < periodMs ? "this comes more often" : "once a minute is the most";
  return [`# A crontab can't say "every ${formatDuration(periodMs)}": ${nearest}.`, fields];
}

// Fields of crontab(5): five, or a nickname. Seconds, L, W, # and ? are croner's alone.
const plainCron = /^(@\w+|[\w*,/-]+( [\w*,/-]+){4})$/;
const isPlainCron = (expression: string): boolean => plainCron.test(expression) && !/\d[LW]|\bLW?\b/i.test(expression);

const oneLine = (expression: string | undefined): string | undefined => expression?.trim().replace(/\s+/g, " ");

/** A crontab's lines before the command: comments, variables, and last the five fields. */
function crontabTimes({ periodMs, cron, calendar, zone = "UTC" }: PasteSchedule): string[] {
  const expression = oneLine(cron);
  if (expression !== undefined && isPlainCron(expression))
    return ["# Debian's cron knows no CRON_TZ: its times are the system's.", `CRON_TZ=${zone}`, expression];
  if (periodMs !== undefined) return crontabEvery(periodMs);
  const times = expression === undefined ? oneLine(calendar) : `${expression} ${zone}`;
  return [ownTimes("0 3 * * *", times), "0 3 * * *"];
}

/** Says that the times which follow stand for others. */
const ownTimes = (placeholder: string, times: string | undefined): string =>
  `# At its own times${times === undefined ? "" : ` (${times})`}, in place of ${placeholder}:`;

/** A timer's settings for when it runs the job. */
function timerTimes({ periodMs, cron, calendar, zone = "UTC" }: PasteSchedule): string[] {
  if (calendar !== undefined) {
    const isZoned = readCalendar(calendar).zone !== undefined;
    return [`OnCalendar=${oneLine(calendar)}${isZoned ? "" : ` ${zone}`}`, "Persistent=true"];
  }
  if (periodMs !== undefined) return ["OnActiveSec=1s", `OnUnitActiveSec=${periodMs / SECOND}s`, "AccuracySec=1s"];
  const times = cron === undefined ? undefined : `cron ${oneLine(cron)} ${zone}`;
  return [ownTimes("daily", times), "OnCalendar=daily", "Persistent=true"];
}

function systemdUnits(address: string, isSecret: boolean, schedule: PasteSchedule): string {
  const script = `test "$SERVICE_RESULT" = success && end= || end=/fail; exec ${curl} ${address}"$end"`;
  return lines(
    "# /etc/systemd/system/job.service",
    "[Unit]",
    "Description=A job that Sentinel watches",
    "",
    "[Service]",
    "Type=oneshot",
    isSecret ? "# It holds SENTINEL_PING_URL=…, for root alone (mode 600)." : undefined,
    isSecret ? "EnvironmentFile=/etc/sentinel/job.env" : undefined,
    `ExecStart=${job}`,
    `ExecStopPost=/bin/sh -c ${unitWord(script)}`,
    "",
    "# /etc/systemd/system/job.timer",
    "[Unit]",
    "Description=When the job that Sentinel watches is run",
    "",
    "[Timer]",
    ...timerTimes(schedule),
    "",
    "[Install]",
    "WantedBy=timers.target",
  );
}

/** Ready-to-paste lines for one host: with its addresses where they may be shown, else with `$SENTINEL_PING_URL`. */
export function pasteLines({ ping, push }: PasteAddresses, schedule: PasteSchedule = {}): PasteLines {
  const address = ping === undefined ? '"$SENTINEL_PING_URL"' : shellWord(ping);
  const uri = ping === undefined ? "$env:SENTINEL_PING_URL" : powershellWord(ping);
  return {
    curl: `${curl} ${address}`,
    crontab: `${lines(...crontabTimes(schedule))} ${inCrontab(`${job}; ${curl} ${address}/$?`)}`,
    systemd: systemdUnits(address, ping === undefined, schedule),
    powershell: `$null = Invoke-RestMethod -Uri ${uri} -TimeoutSec 10`,
    ...(push === undefined ? {} : { push: `${curl} ${shellWord(`${push}?status=up&msg=OK&ping=`)}` }),
  };
}
