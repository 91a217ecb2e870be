import { shellWord } from "../../shared/paste-lines.ts";

/** What came of it. */
export interface Done {
  data: string;
  listen: string;
  /** What hosts reach. */
  url: string;
  isForOthers: boolean;
  /** There was a daemon on the data folder already. */
  isRunning: boolean;
  tried: string[];
  pingKey: string;
}

const serviceData = "/var/lib/sentinel";

/** What was done, and what comes next, each as a line to paste. */
export function sayDone(file: string, { data, listen, url, isForOthers, isRunning, tried, pingKey }: Done): string {
  const [config, folder] = [file, data].map((text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : shellWord(text)));
  const next = isRunning
    ? [`A daemon runs on ${data} already, and was used. It takes the file with: sentinel daemon --config ${config}`]
    : [
        "Start it:",
        `  sentinel daemon --config ${config}`,
        ...(data === serviceData ? ["or as a service:", `  sudo sentinel install-service --config ${config}`] : []),
      ];
  return [
    `written: ${file}`,
    `tried: ${isRunning ? "the daemon that is there" : `it listens on ${listen}`}, with its data in ${data}`,
    ...tried.map((text) => `tried: ${text}`),
    "",
    ...next,
    "The console:",
    `  sentinel-tui --data ${folder}`,
    `${isForOthers ? "The next host" : "This machine, which alone reaches it"}: a line for the crontab, with a key that speaks for every host, shown this once.`,
    `  ${crontabLine(url, pingKey)}`,
    "It is there with its first ping, and called down after a day of silence; sooner with:",
    `  sentinel host edit NAME --every 5m --grace 5m --data ${folder}`,
  ].join("\n");
}

/** A host that says who it is by itself. */
const crontabLine = (url: string, key: string): string =>
  `*/5 * * * * curl -fsS -m 10 --retry 3 -o /dev/null "${url.replace(/\/$/, "")}/ping/${key}/$(hostname -s | tr A-Z a-z)?create=1"`;
