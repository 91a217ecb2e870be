import { MINUTE } from "../../../../../shared/time.ts";
import { type Rule, rule } from "../rule.ts";

/** Of what is run once somebody is in. */
export const executionRules: readonly Rule[] = [
  rule("privileged-container", "warning", "Privileged container started", "line", { by: "user" }),
  rule("download-and-run", "critical", "Script fetched and run", "line", { by: "user" }),
  rule("decode-and-run", "warning", "Encoded program unpacked", "line", { by: "user" }),
  rule("run-from-temp", "warning", "Program run from a temporary folder", "line", { by: "user" }),
  rule("reverse-shell", "critical", "Shell towards another machine", "line", { by: "user" }),
  rule("service-shell", "critical", "Shell started by a service's user", "line", { by: "user" }),
  rule("cover-up", "warning", "Traces or guards taken away", "line", { by: "user" }),
  rule("miner", "critical", "Crypto miner", "line", { by: "user" }),
  rule("setuid-crash", "warning", "Setuid program crashed", "crash", { by: "user" }),
  rule("removals", "info", "Files removed one after another", "removal", { by: "user", least: 10, withinMs: MINUTE }),
];
