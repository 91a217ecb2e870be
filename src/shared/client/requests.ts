import { refuse, unreached } from "../errors.ts";
import type { Refusal } from "../errors.ts";
import { limits } from "../protocol.ts";
import type { ServerFrame } from "../protocol.ts";
import type { Clock } from "../time.ts";

export interface Ack {
  ok: true;
  rev: number;
  periodMs: number;
  dueAt: number;
}
export interface Success<Value = unknown> {
  ok: true;
  value: Value;
}
export type Answer = Ack | Success | Refusal;

interface Request {
  id: number;
  text: string;
  settle(answer: Answer): void;
}

export interface Requests {
  ask(frame: object, timeoutMs: number): Promise<Answer>;
  /** Gives an answer to whoever asked; false when nobody did. */
  answer(frame: Extract<ServerFrame, { type: "ack" | "error" | "result" }>): boolean;
  open(send: (text: string) => void): void;
  /** Everything that waits fails with this. */
  close(refusal: Refusal): void;
}

function toAnswer(frame: Extract<ServerFrame, { type: "ack" | "error" | "result" }>): Answer {
  if (frame.type === "ack") return { ok: true, rev: frame.rev, periodMs: frame.periodMs, dueAt: frame.dueAt };
  if (frame.type === "result" && frame.ok) return { ok: true, value: frame.value };
  return refuse(frame.code, frame.message, frame.errors);
}

/** Pairs answers with questions, and holds back what would be more than the daemon takes unanswered. */
export function createRequests({
  clock,
  windowSize = limits.unanswered,
}: {
  clock: Clock;
  windowSize?: number;
}): Requests {
  const sent = new Map<number, Request>();
  let queued: Request[] = [];
  let send: ((text: string) => void) | undefined;
  let lastId = 0;

  function pump(): void {
    while (send && sent.size < windowSize) {
      const next = queued.shift();
      if (!next) return;
      sent.set(next.id, next);
      send(next.text);
    }
  }

  function ask(frame: object, timeoutMs: number): Promise<Answer> {
    const id = ++lastId;
    const text = JSON.stringify({ ...frame, id });
    if (new TextEncoder().encode(text).length > limits.frameBytes) {
      return Promise.resolve(refuse("too_large", `a frame holds at most ${limits.frameBytes} bytes`));
    }
    return new Promise((resolve) => {
      const cancel = clock.after(timeoutMs, () => {
        // One that was sent keeps its place in the window: the daemon still counts it as unanswered.
        queued = queued.filter((request) => request.id !== id);
        resolve(unreached(`no answer from the daemon within ${timeoutMs} ms`));
      });
      const settle = (answer: Answer): void => (cancel(), resolve(answer));
      queued.push({ id, text, settle });
      pump();
    });
  }

  function answer(frame: Parameters<Requests["answer"]>[0]): boolean {
    const request = sent.get(Number(frame.id));
    if (!request) return false;
    sent.delete(request.id);
    request.settle(toAnswer(frame));
    pump();
    return true;
  }

  function close(refusal: Refusal): void {
    const waiting = [...sent.values(), ...queued];
    send = undefined;
    sent.clear();
    queued = [];
    for (const request of waiting) request.settle(refusal);
  }

  return { ask, answer, close, open: (to) => ((send = to), pump()) };
}
