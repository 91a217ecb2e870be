/** What the command line takes from its environment. The daemon reads its own, in its options. */
export interface Environment {
  url?: string | undefined;
  token?: string | undefined;
  data?: string | undefined;
  /** A file with the certificate of who signed the daemon's. */
  ca?: string | undefined;
  /** One host's ping URL, for a job that is to be wrapped. */
  pingUrl?: string | undefined;
  /** Encrypts the secrets in a backup. */
  passphrase?: string | undefined;
  /** The terminal can show no more than plain lines. */
  dumb: boolean;
  /** All of it, for the daemon's own options. */
  variables: Record<string, string | undefined>;
}

/** The only reader of the environment here: an empty variable counts as none. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const said = (name: string): string | undefined => env[name]?.trim() || undefined;
  return {
    url: said("SENTINEL_URL"),
    token: said("SENTINEL_TOKEN"),
    data: said("SENTINEL_DATA"),
    ca: said("SENTINEL_CA"),
    pingUrl: said("SENTINEL_PING_URL"),
    passphrase: env["SENTINEL_BACKUP_PASSPHRASE"] || undefined,
    dumb: said("TERM") === "dumb",
    variables: env,
  };
}
