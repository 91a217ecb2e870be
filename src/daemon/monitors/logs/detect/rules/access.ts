import { HOUR, MINUTE, SECOND } from "../../../../../shared/time.ts";
import { type Rule, rule } from "../rule.ts";

const FEW = 10;

/** Of getting in, and of rights. The order is that of the family. */
export const accessRules: readonly Rule[] = [
  rule("login-after-failures", "critical", "Log-in after many failures", "log-in", {
    signs: ["login"],
    after: "brute-force",
  }),
  rule("password-spraying", "warning", "Many users tried", "failed log-in", {
    signs: ["failed-login"],
    least: 4,
    of: "user",
    withinMs: 24 * HOUR,
    few: FEW,
    family: "login",
  }),
  rule("brute-force", "warning", "Brute force", "failed log-in", {
    signs: ["failed-login"],
    least: 5,
    withinMs: 10 * MINUTE,
    few: FEW,
    family: "login",
  }),
  rule("slow-brute-force", "warning", "Slow brute force", "failed log-in", {
    signs: ["failed-login"],
    least: 10,
    withinMs: 24 * HOUR,
    few: FEW,
    family: "login",
  }),
  rule("login-posts", "warning", "Log-in page hammered", "log-in request", {
    least: 5,
    withinMs: MINUTE,
    few: FEW,
    family: "login",
  }),
  rule("fast-failures", "info", "Failed log-ins faster than a person types", "failed log-in", {
    signs: ["failed-login"],
    least: 4,
    withinMs: 15 * SECOND,
    family: "login",
  }),
  rule("user-enumeration", "warning", "Users guessed that don't exist", "unknown user", {
    least: 4,
    withinMs: HOUR,
    few: FEW,
    family: "login",
  }),
  rule("distributed-brute-force", "warning", "One user tried from many addresses", "failed log-in", {
    signs: ["failed-login"],
    by: "user",
    least: 8,
    of: "source",
    withinMs: HOUR,
  }),
  rule("impossible-travel", "warning", "Logged in from different networks at once", "log-in", {
    signs: ["public-login"],
    by: "user",
    least: 2,
    of: "source",
    withinMs: MINUTE,
  }),
  rule("new-address", "info", "First log-in", "log-in", { signs: ["login"], unseen: true }),
  rule("handshake-failures", "info", "Handshakes that fail", "failed handshake", { least: 4, withinMs: 2 * MINUTE }),
  rule("hang-ups", "info", "Connects and hangs up", "connection", { least: 10, withinMs: MINUTE }),
  rule("pkexec-abuse", "critical", "pkexec used with a forged environment", "line", { by: "user" }),
  rule("new-admin", "warning", "Administrator's rights given", "line", { by: "user" }),
  rule("second-root", "critical", "Second root account made", "line", { by: "user" }),
  rule("new-account", "info", "Account or group made", "line", { by: "user" }),
  rule("privilege-file", "warning", "File that grants rights changed", "line", { by: "user" }),
  rule("sudo-refused", "warning", "sudo refused", "refusal", { by: "user" }),
  rule("su-failed", "warning", "su failed", "failure", { by: "user", least: 3, withinMs: HOUR }),
];
