import { cleanText } from "../../../../shared/text.ts";
import { SourceFault, type Step } from "../sources/source.ts";

/** What went wrong, for those who decide by it; the message is for people. */
type SshReason =
  | "unknown-name"
  | "refused"
  | "unreachable"
  | "timed-out"
  | "cut"
  | "not-ssh"
  | "no-algorithm"
  | "host-key-changed"
  | "no-credentials"
  | "key-unreadable"
  | "agent"
  | "denied"
  | "not-offered"
  | "forbidden"
  | "failed"
  | "not-allowed"
  | "stopped";

/** What stands between us and a host's log. Its message names the trouble and what to do, and holds no secret. */
export class SshFault extends SourceFault {
  readonly reason: SshReason;

  constructor(step: Step, reason: SshReason, message: string, cause?: unknown) {
    super(step, message, cause);
    this.name = "SshFault";
    this.reason = reason;
  }
}

/** What somebody else says, in a message: one line of text, and short. */
export function quote(text: string, limit = 160): string {
  const points = [...cleanText(text).toWellFormed().replace(/\s+/g, " ").trim()];
  return points.length > limit ? `${points.slice(0, limit - 1).join("")}…` : points.join("");
}
