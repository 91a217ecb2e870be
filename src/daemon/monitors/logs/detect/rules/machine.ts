import { HOUR, MINUTE } from "../../../../../shared/time.ts";
import { type Rule, rule } from "../rule.ts";

/** Of the machine itself. */
export const machineRules: readonly Rule[] = [
  rule("kernel-fault", "critical", "Kernel fault", "line", { by: "program" }),
  rule("out-of-memory", "warning", "Out of memory", "line", { by: "program" }),
  rule("disk-failing", "critical", "Disk or file system failing", "error", { by: "disk" }),
  rule("read-only", "critical", "File system read-only", "line", { by: "disk" }),
  rule("data-corrupt", "critical", "Data corrupt", "line", { by: "program" }),
  rule("backup-failed", "warning", "Backup failed", "line", { by: "program" }),
  rule("no-one-left", "warning", "Service without enough servers", "line", { by: "program" }),
  rule("limits", "warning", "Limit of the system reached", "line", { by: "program" }),
  rule("disk-full", "warning", "Disk full", "line", { by: "program" }),
  rule("memory-error", "critical", "Memory or hardware error", "error", { by: "program" }),
  rule("hardware", "warning", "Hardware in trouble", "line", { by: "program" }),
  rule("crash-loop", "warning", "Service fails again and again", "message", {
    by: "program",
    least: 3,
    withinMs: 10 * MINUTE,
  }),
  rule("certificate", "warning", "Certificate refused", "error", { by: "program", least: 2, withinMs: HOUR }),
  rule("not-renewed", "warning", "Certificate not renewed", "failure", { by: "program" }),
  rule("tls-errors", "warning", "TLS fails", "error", { by: "program", least: 10, withinMs: 10 * MINUTE }),
  rule("dns-failures", "warning", "Names don't resolve", "failure", { by: "program", least: 5, withinMs: 10 * MINUTE }),
  rule("clock", "warning", "Clock not in step", "line", { by: "program", least: 2, withinMs: HOUR }),
  rule("link-flaps", "warning", "Link goes up and down", "change", { by: "program", least: 4, withinMs: 10 * MINUTE }),
];
