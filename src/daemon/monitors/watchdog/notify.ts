import { execFile, type ExecFileException } from "node:child_process";
import { cleanText } from "../../../shared/text.ts";
import { SECOND } from "../../../shared/time.ts";

/** Tells the service manager, `KEY=value` each (sd_notify(3)). Never rejects: we go on whether it hears us or not. */
export type Notify = (...states: string[]) => Promise<void>;

const PROGRAM = "systemd-notify";
/** Less than a stop may take. */
const LIMIT_MS = 2 * SECOND;

/**
 * By the program that comes with systemd: its socket takes datagrams, which Node has for no Unix socket. It stalls us for
 * 2 ms, and waits itself until it was heard. One after the other, so that what was said last is heard last.
 */
export function createNotify({
  warn,
  env,
}: {
  /** Called with the reason when telling begins to fail. */
  warn(reason: string): void;
  /** All of the program's environment, `NOTIFY_SOCKET` and `PATH`: there may be secrets in ours. */
  env: Record<string, string>;
}): Notify {
  let trouble: string | undefined;
  let last = Promise.resolve();

  const send = (states: string[]): Promise<void> =>
    new Promise((resolve) => {
      execFile(PROGRAM, states, { timeout: LIMIT_MS, env }, (error, _said, complaint) => {
        note(error ? reasonOf(error, complaint) : undefined);
        resolve();
      });
    });

  function note(reason: string | undefined): void {
    if (reason !== undefined && reason !== trouble) warn(reason);
    trouble = reason;
  }

  // What there is no memory for isn't called back, but thrown.
  return (...states) => (last = last.then(() => send(states)).catch((error: Error) => note(cleanText(error.message))));
}

function reasonOf({ code, killed }: ExecFileException, complaint: string): string {
  if (code === "ENOENT") return "there is no systemd-notify";
  if (killed) return "systemd-notify took over 2 s";
  return cleanText(complaint.trim()) || `systemd-notify ended with ${code}`;
}
