import type { HostSecrets } from "../shared/api/host.ts";
import type { PasteSchedule } from "../shared/paste-lines.ts";
import { pasteOf, sayPasteOf } from "./paste.ts";
import { layPairs } from "./table.ts";

const names = ["token", "heartbeat_url", "ping_url", "slug_url", "push_url"] as const satisfies (keyof HostSecrets)[];

const isHostSecrets = (value: unknown): value is HostSecrets =>
  typeof value === "object" && value !== null && "ping_url" in value;

/** Finds a host's secrets in a result and takes them out, so that they are shown in one place only. */
export function takeSecrets(value: object): { rest: object; secrets?: HostSecrets } {
  if ("secrets" in value && isHostSecrets(value.secrets)) {
    const { secrets, ...rest } = value;
    return { rest, secrets };
  }
  if (!isHostSecrets(value)) return { rest: value };
  const rest = Object.entries(value).filter(([name]) => !(names as readonly string[]).includes(name));
  return { rest: Object.fromEntries(rest), secrets: value };
}

/** The secrets with a warning, and what to paste. */
export function saySecrets(id: string, secrets: HostSecrets, schedule: PasteSchedule): string {
  const present = names.filter((name) => secrets[name] !== undefined);
  return [
    `Shown this once: keep them now. (\`sentinel host token ${id}\` makes new ones.)`,
    layPairs(
      present.map((name) => [name, secrets[name]]),
      "  ",
    ),
    "",
    sayPasteOf(secrets, schedule),
  ].join("\n");
}

/** A result as JSON, with the lines to paste beside the secrets in it. */
export function withPaste(value: object): object {
  const { secrets } = takeSecrets(value);
  return secrets ? { ...value, paste: pasteOf(secrets, value) } : value;
}
