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

/** The only reader of the environment here: an empty variable counts as none. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const said = (name: string): string | undefined => env[name]?.trim() || undefined;
  const isOn = (name: string): boolean => /^(1|true|yes|on)$/i.test(said(name) ?? "");
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

  function secret(name: string): string | undefined {
    try {
      return findSecret(env, name)?.read();
    } catch (error) {
      if (error instanceof OptionsError) throw new CliFailure(statuses.config, error.message, { cause: error });
      throw error;
    }
  }
}
