import { z } from "zod";
import { SECOND } from "../../../../../shared/time.ts";
import { borrow, meansOf } from "../../ssh/borrow.ts";
import { quote, SshFault } from "../../ssh/fault.ts";
import { runLine } from "../../ssh/run.ts";
import { sshTargetSchema, whoAt } from "../../ssh/target.ts";
import { defineSource } from "../define-source.ts";
import type { Fault, Limits } from "../source.ts";
import { takeLines } from "../take-lines.ts";
import { findFresh, overlapCursor } from "./overlap.ts";

/** A command on another machine that prints the end of a log; what it printed before is left out. */
export const sshCommand = defineSource({
  type: "ssh-command",
  options: sshTargetSchema.extend({
    /** To the letter as `logs.commands` has it. */
    command: z.string().min(1).max(1_000),
  }),
  cursor: overlapCursor,
  title: ({ command, ...target }) => `command ${command} on ${whoAt(target)}`,
  collect({ options: { command, ...options }, means, cursor, limits, clock, signal }) {
    checkAllowed(command, meansOf(means).commands);
    return borrow({ options, means, signal, clock }, async (connection) => {
      const late = new AbortController();
      const chunks: Uint8Array[] = [];
      let left = limits.bytes;
      const onOutput = (chunk: Uint8Array): boolean => {
        chunks.push(chunk.subarray(0, Math.max(0, left)));
        left -= chunk.length;
        return left >= 0;
      };
      const stop = clock.after(limits.ms, () => late.abort());
      const wait = { clock, signal: AbortSignal.any([signal, late.signal]) };
      const fault = await runLine(connection, command, onOutput, wait)
        .then(({ status, stderr }) => (left < 0 ? tooMuch(limits) : faultOfStatus(status, stderr)))
        .catch((error: unknown) => (late.signal.aborted ? tooLong(limits) : faultInReading(error)))
        .finally(stop);

      // What was cut short may end within a line; that one comes again, with what follows it.
      const end = fault === undefined || fault.step === "open" ? "over" : "more";
      const { lines } = takeLines(Buffer.concat(chunks), { room: Infinity, passedBytes: 0, end });
      const { from, isGap, after } = findFresh(lines, cursor);
      const to = Math.min(lines.length, from + limits.lines);
      return {
        lines: lines.slice(from, to),
        cursor: after(to),
        gaps: isGap ? [{ reason: "overrun" }] : [],
        more: to < lines.length,
        faults: fault ? [fault] : [],
      };
    });
  },
});

function checkAllowed(command: string, allowed: readonly string[]): void {
  if (allowed.includes(command)) return;
  const what = `the command isn't on the list of those that may be run: add it to the setting logs.commands, to the letter: ${quote(command)}`;
  throw new SshFault("open", "not-allowed", what);
}

/** Of the faults of a connection those in mid-read alone, after which what came counts. */
function faultInReading(error: unknown): Fault {
  if (error instanceof SshFault && error.step === "read") return { step: error.step, message: error.message };
  throw error;
}

function faultOfStatus(status: number | undefined, stderr: string): Fault | undefined {
  if (status === 0) return undefined;
  const how = status === undefined ? "was killed" : `ended with the status ${status}`;
  const said = quote(stderr);
  return { step: "open", message: `the command ${how}: ${said || "see ForceCommand there, and try it in a shell"}` };
}

const tooMuch = ({ bytes }: Limits): Fault => ({
  step: "limit",
  message: `the command prints more than ${bytes} bytes: let it print less, as by tail -n 10000`,
});

const tooLong = ({ ms }: Limits): Fault => ({
  step: "limit",
  message: `the command doesn't end within ${ms / SECOND} s: let it print what there is, and end`,
});
