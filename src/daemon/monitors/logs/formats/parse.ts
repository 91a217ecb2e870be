import type { LogRecord } from "../record.ts";
import { readBody, readContainer } from "./body.ts";
import { headOf } from "./head.ts";
import type { Head } from "./head.ts";
import { readHeader } from "./header.ts";
import { severityOfMessage } from "./level.ts";
import { createStamps } from "./stamp.ts";
import type { Stamps } from "./stamp.ts";

export interface Parser {
  /** Takes apart a line that is cleaned and redacted. Never fails: what it doesn't know is all message. */
  parse(text: string, line: number): LogRecord;
}

/** `now`, in epoch ms, tells the year of times that name none. `messageOnly`: the lines have no header. */
export function createParser({ now, messageOnly = false }: { now: number; messageOnly?: boolean }): Parser {
  const stamps = createStamps(now);
  return {
    parse: (text, line) => recordOf(messageOnly ? headOf(text) : readLine(text, stamps), line),
  };
}

function readLine(text: string, stamps: Stamps): Head {
  const head = headOf(text);
  readHeader(head, stamps);
  if (readContainer(head)) readHeader(head, stamps);
  readBody(head, stamps);
  // Docker's driver puts whatever line a program wrote into JSON.
  if (head.message === undefined || !text.startsWith('{"log":')) return head;
  const inner = readLine(head.message, stamps);
  const message = inner.message ?? inner.text.slice(inner.rest, inner.end).trim();
  return { ...inner, text, message, at: head.at ?? inner.at, host: inner.host ?? head.host };
}

function recordOf(head: Head, line: number): LogRecord {
  const { text, at, host, program, pid, fields } = head;
  const message = head.message ?? text.slice(head.rest, head.end).trim();
  const severity = head.severity ?? severityOfMessage(message, 0);
  return {
    line,
    text,
    message,
    ...(at !== undefined && { at }),
    ...(host !== undefined && { host }),
    ...(program !== undefined && { program }),
    ...(pid !== undefined && { pid }),
    ...(severity && { severity }),
    ...(fields && { fields }),
  };
}
