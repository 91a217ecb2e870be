/** What of the unit depends on the machine. */
export interface UnitChoices {
  node: string;
  /** The launcher, `bin/sentinel.cjs`. */
  program: string;
  user: string;
  /** If left out, where the configuration says; 127.0.0.1:8080 without one. */
  listen?: string | undefined;
  config?: string | undefined;
}

/** A word of a unit's command line, as systemd reads it (systemd.service(5), COMMAND LINES). */
const word = (text: string): string => {
  const safe = text.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@%+=:,./$-]+$/.test(safe) ? safe : `"${safe.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
};

/** The unit in deploy/systemd with a machine's own paths. Throws if a line that has to be replaced isn't there. */
export function unitFor(template: string, { node, program, user, listen, config }: UnitChoices): string {
  const command = [node, program, "daemon", "--data", "/var/lib/sentinel", ...(config ? ["--config", config] : [])];
  const lines: Record<string, string | undefined> = {
    ExecStart: command.map(word).join(" "),
    // It would overrule the configuration's.
    ...(listen || config ? { Environment: listen && `SENTINEL_LISTEN=${listen}` } : {}),
    User: user,
  };
  return Object.entries(lines).reduce((unit, [name, value]) => {
    const line = new RegExp(`^${name}=.*\n`, "m");
    if (!line.test(unit)) throw new Error(`the unit has no ${name}=`);
    return unit.replace(line, () => (value ? `${name}=${value}\n` : ""));
  }, template);
}
