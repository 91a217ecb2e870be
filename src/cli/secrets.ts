import type { HostSecrets } from "../shared/api/host.ts";
import { layPairs } from "./table.ts";

const names = ["token", "heartbeat_url", "ping_url", "slug_url", "push_url"] as const satisfies (keyof HostSecrets)[];

/** Finds a host's secrets in a result and takes them out, so that they are shown in one place only. */
export function takeSecrets(value: object): { rest: object; secrets?: HostSecrets } {
  if ("secrets" in value) {
    const { secrets, ...rest } = value as { secrets: HostSecrets };
    return { rest, secrets };
  }
  const rest = Object.entries(value).filter(([name]) => !(names as readonly string[]).includes(name));
  return { rest: Object.fromEntries(rest), secrets: value as HostSecrets };
}

/** The secrets with a warning, and the line to paste into a crontab. */
export function saySecrets(id: string, secrets: HostSecrets): string {
  const present = names.filter((name) => secrets[name] !== undefined);
  return [
    `Shown this once: keep them now. (\`sentinel host token ${id}\` makes new ones.)`,
    layPairs(
      present.map((name) => [name, secrets[name]]),
      "  ",
    ),
    "",
    "Send a heartbeat with:",
    `  curl -fsS -m 10 --retry 5 -o /dev/null '${secrets.heartbeat_url}'`,
  ].join("\n");
}
