import { OptionsError } from "../daemon/options-error.ts";
import { findSecret } from "../daemon/secret-sources.ts";
import { CliFailure, statuses } from "./failure.ts";

/** What the command line takes from its environment. The daemon reads its own, in its options. */
export interface Environment {
  url?: string | undefined;
  /** This and what follows are secrets: their files are read when they are asked for, and may turn out unusable. */
  readonly token?: string | undefined;
  /** One host's ping URL, for a job that is to be wrapped. */
  readonly pingUrl?: string | undefined;
  /** Encrypts the secrets in a backup. */
  readonly passphrase?: string | undefined;
  data?: string | undefined;
  /** The named daemon that is meant. */
  context?: string | undefined;
  /** A file with the certificate of who signed the daemon's. */
  ca?: string | undefined;
  /** How the console is wanted. */
  plain: boolean;
  theme?: string | undefined;
  lowBandwidth: boolean;
  bell: boolean;
  notify?: string | undefined;
  /** The terminal can show no more than plain lines. */
  dumb: boolean;
  /** All of it, for the daemon's own options. */
  variables: Record<string, string | undefined>;
}

/** Every variable that the command line reads for itself, and what it says. */
export const cliVariables = {
  SENTINEL_URL: "The daemon's address",
  SENTINEL_TOKEN: "An access token",
  SENTINEL_PING_URL: "The ping URL that `sentinel run` reports to",
  SENTINEL_BACKUP_PASSPHRASE: "Encrypts the secrets in a backup, and opens them when it is restored",
  SENTINEL_DATA: "The data folder",
  SENTINEL_CONTEXT: "The daemon that is meant, by its name",
  SENTINEL_CA: "A file with the certificate of who signed the daemon's",
  SENTINEL_PLAIN: "`on`: lines instead of a screen",
  SENTINEL_THEME: "The console's colours",
  SENTINEL_LOW_BANDWIDTH: "`on`: at most a kilobyte a second",
  SENTINEL_BELL: "`on`: ring with each new critical alert",
  SENTINEL_NOTIFY: "A desktop notice with each new critical alert",
} as const;
type Variable = keyof typeof cliVariables;
/** Those that may stand in a file instead, which a variable with `_FILE` behind its name names. */
export const secretVariables = ["SENTINEL_TOKEN", "SENTINEL_PING_URL", "SENTINEL_BACKUP_PASSPHRASE"] as const;

/** The only reader of the environment here: an empty variable counts as none. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const said = (name: Variable | "TERM"): string | undefined => env[name]?.trim() || undefined;
  const isOn = (name: Variable): boolean => /^(1|true|yes|on)$/i.test(said(name) ?? "");
  return {
    url: said("SENTINEL_URL"),
    get token() {
      return secret("SENTINEL_TOKEN")?.trim() || undefined;
    },
    get pingUrl() {
      return secret("SENTINEL_PING_URL")?.trim() || undefined;
    },
    get passphrase() {
      return secret("SENTINEL_BACKUP_PASSPHRASE");
    },
    data: said("SENTINEL_DATA"),
    context: said("SENTINEL_CONTEXT"),
    ca: said("SENTINEL_CA"),
    plain: isOn("SENTINEL_PLAIN"),
    theme: said("SENTINEL_THEME"),
    lowBandwidth: isOn("SENTINEL_LOW_BANDWIDTH"),
    bell: isOn("SENTINEL_BELL"),
    notify: said("SENTINEL_NOTIFY"),
    dumb: said("TERM") === "dumb",
    variables: env,
  };

  function secret(name: (typeof secretVariables)[number]): string | undefined {
    try {
      return findSecret(env, name)?.read();
    } catch (error) {
      if (error instanceof OptionsError) throw new CliFailure(statuses.config, error.message, { cause: error });
      throw error;
    }
  }
}
