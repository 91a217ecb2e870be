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

// 10 s a try and five more with growing waits, as the ping documentation advises.
const curl = "curl -fsS -m 10 --retry 5 -o /dev/null";
const job = "/usr/local/bin/job";

/** A word for a POSIX shell (POSIX.1-2024, XCU 2.2.2): nothing in it means anything but itself. */
const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

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

function systemdUnits(address: string, isSecret: boolean): string {
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
    "OnCalendar=daily",
    "Persistent=true",
    "",
    "[Install]",
    "WantedBy=timers.target",
  );
}

/** Ready-to-paste lines for one host: with its addresses where they may be shown, else with `$SENTINEL_PING_URL`. */
export function pasteLines({ ping, push }: PasteAddresses): PasteLines {
  const address = ping === undefined ? '"$SENTINEL_PING_URL"' : shellWord(ping);
  const uri = ping === undefined ? "$env:SENTINEL_PING_URL" : powershellWord(ping);
  return {
    curl: `${curl} ${address}`,
    crontab: `0 3 * * * ${inCrontab(`${job}; ${curl} ${address}/$?`)}`,
    systemd: systemdUnits(address, ping === undefined),
    powershell: `$null = Invoke-RestMethod -Uri ${uri} -TimeoutSec 10`,
    ...(push === undefined ? {} : { push: `${curl} ${shellWord(`${push}?status=up&msg=OK&ping=`)}` }),
  };
}
