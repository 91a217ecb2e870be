import type { LocalFinding } from "../finding.ts";
import type { AnalystInput } from "./analyst.ts";

/** A local finding as tests want one. */
export const aFinding = (given: Partial<LocalFinding> = {}): LocalFinding => ({
  key: "brute-force:203.0.113.9",
  rule: "brute-force",
  severity: "critical",
  score: 92,
  title: "Brute force on sshd from 203.0.113.9",
  why: "212 failed log-ins for 31 users in 4m",
  source: "203.0.113.9",
  count: 212,
  evidence: [
    { line: 17, text: "sshd[811]: Failed password for root from 203.0.113.9 port 40022 ssh2" },
    { line: 18, text: "sshd[811]: Failed password for admin from 203.0.113.9 port 40023 ssh2" },
  ],
  templates: ["t-failed"],
  ...given,
});

/** What is known of a host's log: one finding, a new template, a line. */
export const anInput = (given: Partial<AnalystInput> = {}): AnalystInput => ({
  host: { name: "web01" },
  findings: [aFinding()],
  templates: [
    { id: "t-failed", text: "Failed password for <*> from <IP> port <NUM> ssh2", count: 212, isNew: false, rate: 40 },
    { id: "t-disk", text: "I/O error on device <*>, sector <NUM>", count: 3, isNew: true },
  ],
  samples: [{ line: 99, text: "kernel: I/O error on device sdb, sector 88211", template: "t-disk" }],
  totals: { lines: 5_000 },
  ...given,
});
