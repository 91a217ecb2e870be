import { recordsIn } from "./questions.ts";
import type { HeardQuestion } from "./server.ts";

/** What a good model says of `anInput()`: an explanation of its finding, and a finding of its own. */
export function goodAnswer(question: Pick<HeardQuestion, "user">): string {
  const records = recordsIn(question);
  const numberOf = (part: string): number => records.find(({ label }) => label.includes(part))?.number ?? 0;
  const failed = numberOf("for root");
  const disk = numberOf("template new");
  const explaining = {
    title: "Passwords are guessed from 203.0.113.9",
    severity: "critical",
    records: [failed],
    quote: "Failed password for root from 203.0.113.9",
    numbers: [],
    explanation: "Somebody guesses passwords.",
    recommendation: "Block 203.0.113.9.",
    groups: ["brute-force:203.0.113.9"],
  };
  const finding = {
    ...explaining,
    title: "A disk fails: 3 errors",
    severity: "warning",
    records: [disk],
    quote: "I/O error on device",
    numbers: [{ name: "errors", value: 3, records: [disk] }],
    explanation: "The disk has errors.",
    recommendation: "Replace it.",
    groups: [],
  };
  return JSON.stringify({ findings: [explaining, finding], summary: "Passwords are guessed, and a disk fails." });
}
