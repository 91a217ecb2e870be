import type { HostSecrets } from "../shared/api/host.ts";
import { pasteLines } from "../shared/paste-lines.ts";
import type { PasteLines, PasteSchedule } from "../shared/paste-lines.ts";

const titles: Record<keyof PasteLines, string> = {
  curl: "curl, at the end of a script",
  crontab: "crontab -e",
  systemd: "systemd",
  powershell: "PowerShell",
  push: "Uptime Kuma's form",
};

const indent = (text: string): string => text.replace(/^(?=.)/gm, "  ");

/** Lines to paste, each under what it is for. */
function sayPaste(lines: PasteLines): string {
  return (Object.keys(titles) as (keyof PasteLines)[])
    .flatMap((dialect) => (lines[dialect] === undefined ? [] : [`${titles[dialect]}:\n${indent(lines[dialect])}`]))
    .join("\n\n");
}

/** What a host's new secrets are good for, at the times that it is expected. */
export const pasteOf = ({ ping_url: ping, push_url: push }: HostSecrets, schedule: PasteSchedule): PasteLines =>
  pasteLines({ ping, push }, schedule);

/** The lines with the host's own addresses, for the one time that these are shown. */
export const sayPasteOf = (secrets: HostSecrets, schedule: PasteSchedule): string =>
  `Paste one of these where the host or its job runs:\n\n${sayPaste(pasteOf(secrets, schedule))}`;

/** The same lines with a variable in place of the secret. */
export const sayPasteWithout = (id: string, schedule: PasteSchedule): string =>
  `Paste one of these; SENTINEL_PING_URL holds its ping URL (\`sentinel host token ${id}\` makes a new one):\n\n` +
  sayPaste(pasteLines({}, schedule));
