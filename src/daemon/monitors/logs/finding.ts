import type { Severity } from "../../../shared/model.ts";

/** What the local analyser found: it rests on lines that can be looked at, and says why it fired. */
export interface LocalFinding {
  /** The same trouble has the same key in each run: rule and subject (`brute-force:203.0.113.9`). */
  key: string;
  rule: string;
  severity: Severity;
  /** 0 to 100: what it is sorted by. */
  score: number;
  /** A line for a person: `Brute force on sshd from 203.0.113.9`. */
  title: string;
  /** Why it fired, with the numbers: `212 failed log-ins for 31 users in 4m`. */
  why: string;
  source?: string;
  user?: string;
  /** How many lines bear it out. */
  count: number;
  /** When the first and the last of them were written, epoch ms, if they say so. */
  firstAt?: number;
  lastAt?: number;
  /** Some of them, at most 20, in order: numbers of records and their text. */
  evidence: readonly { line: number; text: string }[];
  /** The templates that they are of. */
  templates: readonly string[];
}
