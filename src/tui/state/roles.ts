import type { CommandName } from "../../shared/api/registry.ts";
import { roleOf } from "./selectors.ts";
import type { ConsoleState } from "./state.ts";

/** Every command that the console sends for a person, and the role that it takes: the registry's, which a test compares. */
export const roles = {
  "alert.ack": "operator",
  "alert.unack": "operator",
  "alert.comment": "operator",
  "alert.assign": "operator",
  "alert.snooze": "operator",
  "alert.resolve": "operator",
  "silence.add": "operator",
  "silence.remove": "operator",
  "maintenance.add": "operator",
  "maintenance.end": "operator",
  "maintenance.remove": "operator",
  "host.add": "admin",
  "host.edit": "admin",
  "host.remove": "admin",
  "host.token": "admin",
  "host.pause": "operator",
  "host.resume": "operator",
  "probe.pause": "operator",
  "probe.resume": "operator",
  "probe.run": "operator",
  "logs.analyze": "operator",
  "job.run": "admin",
} as const satisfies Partial<Record<CommandName, "operator" | "admin">>;

export type SentCommand = keyof typeof roles;

/** Why the console's token may not send a command; undefined if it may, or as long as nobody knows. */
export function whyNot(state: ConsoleState, command: SentCommand): string | undefined {
  const role = roleOf(state);
  const needed = roles[command];
  if (role === undefined || role === "admin" || role === needed) return undefined;
  const may = role === "viewer" ? "this token may look but not act" : `this token is an ${role}'s`;
  return `${may}: that takes an ${needed === "admin" ? "administrator" : needed}'s`;
}
