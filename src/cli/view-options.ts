import { noticeForms, themeNames } from "../tui/settings.ts";
import type { Settings } from "../tui/settings.ts";
import type { Environment } from "./environment.ts";
import { CliFailure, statuses } from "./failure.ts";

/** How the console is wanted, as it is typed. */
export interface ViewFlags {
  plain?: boolean | undefined;
  theme?: string | undefined;
  ascii?: boolean | undefined;
  unicode?: boolean | undefined;
  "low-bandwidth"?: boolean | undefined;
  bell?: boolean | undefined;
  notify?: string | undefined;
  confined?: boolean | undefined;
}

const noticeChoices = ["auto", ...noticeForms] as const;

/** The console's own flags; each has a variable for those who want it so every time. */
export const viewOptions = {
  plain: {
    type: "boolean",
    describe: "Lines instead of a screen, for screen readers: type `help` there; else SENTINEL_PLAIN",
  },
  theme: { type: "string", requiresArg: true, describe: `${themeNames.join(", ")}; else SENTINEL_THEME` },
  ascii: { type: "boolean", describe: "Nothing but ASCII", conflicts: "unicode" },
  unicode: { type: "boolean", describe: "Lines and blocks, whatever the locale says" },
  "low-bandwidth": {
    type: "boolean",
    describe: "At most a kilobyte a second: coarser ages, fewer paints; else SENTINEL_LOW_BANDWIDTH",
  },
  bell: { type: "boolean", describe: "Ring with each new critical alert; else SENTINEL_BELL" },
  notify: {
    type: "string",
    describe: `A desktop notice with each new critical alert: ${noticeChoices.join(", ")}; else SENTINEL_NOTIFY`,
  },
  confined: {
    type: "boolean",
    describe: "For an account that is for the console alone: no files, no other daemons, no way to a shell",
  },
} as const;

/** One of the choices, or what is wrong with it. */
function oneOf<T extends string>(choices: readonly T[], value: string | undefined, from: string): T | undefined {
  if (value === undefined) return undefined;
  const choice = choices.find((one) => one === value);
  if (choice !== undefined) return choice;
  throw new CliFailure(statuses.usage, `${from}: "${value}" is none of ${choices.join(", ")}`);
}

const from = (flag: string | undefined, name: string): string =>
  flag === undefined ? `SENTINEL_${name.toUpperCase()}` : `--${name}`;

/** Flags before variables. */
export function settingsOf(flags: ViewFlags, env: Environment): Settings {
  // `--notify` alone has no value.
  const notify = flags.notify === "" ? "auto" : flags.notify;
  return {
    theme: oneOf(themeNames, flags.theme ?? env.theme, from(flags.theme, "theme")),
    unicode: flags.ascii ? false : flags.unicode,
    lowBandwidth: flags["low-bandwidth"] ?? env.lowBandwidth,
    bell: flags.bell ?? env.bell,
    notify: oneOf(noticeChoices, notify ?? env.notify, from(flags.notify, "notify")),
  };
}
