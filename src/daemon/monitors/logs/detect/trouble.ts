import type { LogRecord } from "../record.ts";

const grave = new Set(["emerg", "alert", "crit"]);
// In capitals, as systems write it that name their severities in a column of their own.
const said = /\b(?:FATAL|FAILURE|SEVERE|CRITICAL|EMERG(?:ENCY)?|PANIC)\b/;
const troubled =
  /interrupt|\berrors?\b|fail|panic|fatal|abort|terminat|kill|crash|exception|fault|sever(?:ed|e)|corrupt|lost|timed? ?out|unreachable|refused|cannot|can't|unable|stopp(?:ed|ing)|dead|hang|hung|overflow|exhausted|broken/i;
// One line of a dump: a name and dots and a number, a register, a list of them.
const dumped =
  /\.{4,}\s?\w{1,10}$|^[\w /,()=-]{2,60}:?\s+(?:0x)?[\da-f]{8,16}$|^[\w ]{2,40}:$|(?:\b\w{2,4}:[\da-f]{8}\b.?){2,}/i;
const mended = /\bcorrected\b|\brecovered\b|\bretr(?:y|ied|ying)\b/i;
// A person's mistake, not the machine's: a file that isn't there or may not be read.
const mistaken =
  /no such file or directory|permission denied|invalid argument|missing or invalid|invalid or missing|not a directory|is a directory|file exists|bad file descriptor|block device required|exec format error/i;

/**
 * Whether a line tells of trouble by itself: it says so in its severity and in its words, and is no dump, no mended
 * fault, and no mistake in somebody's job.
 */
export function isTrouble({ severity, message }: LogRecord): boolean {
  if (severity === undefined ? !said.test(message) : !grave.has(severity)) return false;
  return troubled.test(message) && !dumped.test(message) && !mended.test(message) && !mistaken.test(message);
}
