import { HOUR, MINUTE, SECOND } from "../../../../../shared/time.ts";
import { type Rule, rule } from "../rule.ts";

/** Of web servers. */
export const webRules: readonly Rule[] = [
  rule("jndi", "critical", "JNDI look-up (Log4Shell) attempted", "look-up"),
  rule("shellshock", "critical", "Shellshock attempted", "request"),
  rule("command-injection", "critical", "Command injection attempted", "request"),
  rule("template-injection", "critical", "Template or expression injection attempted", "request"),
  rule("wrapper", "warning", "Stream wrapper or metadata address requested", "request"),
  rule("traversal", "warning", "Path traversal attempted", "request"),
  rule("sql-injection", "warning", "SQL injection attempted", "request"),
  rule("cross-site-scripting", "warning", "Cross-site scripting attempted", "request"),
  rule("known-target", "info", "Known exploitable path requested", "request"),
  rule("known-product", "info", "Products looked for that aren't here", "request", { least: 2, withinMs: HOUR }),
  rule("rate-limited", "info", "Held back by a rate limit", "refusal", { least: 5, withinMs: MINUTE }),
  rule("admin-probing", "info", "Administration pages looked for", "refused request", {
    least: 3,
    of: "item",
    withinMs: 10 * MINUTE,
  }),
  rule("crawling", "info", "Pages fetched faster than a person reads", "request", {
    least: 40,
    of: "item",
    withinMs: 20 * SECOND,
  }),
  rule("waf", "warning", "Web application firewall matched", "match"),
  rule("sensitive-files", "warning", "Files with secrets looked for", "request", {
    least: 3,
    of: "item",
    withinMs: HOUR,
  }),
  rule("backdoors", "warning", "Web shells looked for", "request", { least: 2, of: "item", withinMs: HOUR }),
  rule("scanner", "warning", "Scanner", "request", {
    signs: ["scanner", "scanner-probe"],
    few: 10,
    least: 2,
    withinMs: HOUR,
  }),
  rule("probing", "warning", "Probing for pages", "refused request", { least: 10, of: "item", withinMs: 5 * MINUTE }),
  rule("forbidden", "warning", "Forbidden pages tried", "refused request", { least: 6, of: "item", withinMs: MINUTE }),
  rule("server-errors", "warning", "Web server answers with errors", "failed request", {
    by: "program",
    least: 10,
    withinMs: MINUTE,
  }),
  rule("malformed", "info", "Requests that are no HTTP", "request", { least: 4, withinMs: 10 * MINUTE }),
  rule("proxy-abuse", "info", "Tried as an open proxy", "request"),
  rule("odd-methods", "info", "Unusual HTTP methods", "request", { least: 4, withinMs: HOUR }),
];
