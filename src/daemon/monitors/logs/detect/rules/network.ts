import { HOUR, MINUTE } from "../../../../../shared/time.ts";
import { type Rule, rule } from "../rule.ts";

/** Of firewalls, mail and names, and of other guards. */
export const networkRules: readonly Rule[] = [
  rule("honeypot", "warning", "Honeypot visited", "line", { least: 3, withinMs: HOUR }),
  rule("wrong-protocol", "info", "Spoke the wrong protocol", "line", { least: 2, withinMs: HOUR }),
  rule("refused-connections", "info", "Connections refused by a list", "refusal", { least: 5, withinMs: 10 * MINUTE }),
  rule("early-talker", "info", "Mail client that breaks the protocol", "line"),
  rule("malicious-mail", "info", "Malicious mail stopped", "mail"),
  rule("pod-shell", "info", "Command run inside a container", "line", { by: "user" }),
  rule("said-attack", "warning", "Attack reported", "report"),
  rule("port-scan", "warning", "Port scan", "packet", { least: 10, of: "item", withinMs: 5 * MINUTE }),
  rule("sweep", "warning", "Many machines tried", "denied packet", { least: 10, of: "item", withinMs: 5 * MINUTE }),
  rule("denied-flood", "info", "Firewall keeps denying", "denied packet", { least: 30, withinMs: 10 * MINUTE }),
  rule("relay", "warning", "Mail relay tried", "denied relay", { least: 2, withinMs: HOUR }),
  rule("recipients", "warning", "Recipients guessed", "unknown recipient", { least: 5, withinMs: HOUR }),
  rule("refused-mail", "info", "Mail refused", "refusal", { least: 3, withinMs: HOUR }),
  rule("zone-transfer", "warning", "Zone transfer tried", "refused transfer", { least: 2, withinMs: HOUR }),
  rule("dns-refused", "info", "DNS queries refused", "refused query", { least: 3, withinMs: 10 * MINUTE }),
];
