import type { Duplex } from "node:stream";
import type { Logger } from "pino";
import type { RawData, WebSocket } from "ws";
import { refuse, type Refusal, refuseInvalid } from "../../shared/errors.ts";
import { type ClientFrame, clientFrame, closeCodes, limits } from "../../shared/protocol.ts";
import { watchableKinds } from "../../shared/model.ts";
import type { Result } from "../../shared/api/registry.ts";
import type { Clock } from "../../shared/time.ts";

import type { Caller, Engine, Outcome } from "../engine/engine.ts";

interface SessionOptions {
  ws: WebSocket;
  /** What it runs over. */
  socket: Duplex;
  engine: Engine;
  clock: Clock;
  log: Logger;
  version: string;
  bearer: string | undefined;
  onClose(): void;
}

type Frame<T extends ClientFrame["type"]> = Extract<ClientFrame, { type: T }>;

// A watcher gets no more while this much waits in its line.
const BACKLOG_BYTES = 1024 * 1024;

// A client that asks and never reads is cut off.
const STUCK_BYTES = 8 * BACKLOG_BYTES;

// Over TLS a frame is never gone at once, but in a turn of the program or two.
const WAITED_MS = 100;

/** One client's connection: parse, execute, answer. Nothing is answered before its `hello`. */
export function openSession({ ws, socket, engine, clock, log, version, bearer, onClose }: SessionOptions): {
  close(): void;
} {
  let caller: Caller | undefined;
  let unanswered = 0;
  let heard = true;
  let unwatch: (() => void) | undefined;
  const cancelHello = clock.after(limits.helloMs, () => caller ?? end(closeCodes.noHello, "no hello within 5 s"));
  let cancelPing = clock.after(limits.pingMs, keepAlive);

  /** Answers that become durable together leave together: one write for all of a turn's frames. */
  function send(frame: object): void {
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    ws.send(JSON.stringify(frame));
  }
  const end = (code: number, reason: string): void => ws.close(code, reason);

  function keepAlive(): void {
    if (!heard) return ws.terminate();
    heard = false;
    ws.ping();
    cancelPing = clock.after(limits.pingMs, keepAlive);
  }

  function receive(data: RawData, binary: boolean): void {
    heard = true;
    if ((data as Buffer).length > limits.frameBytes)
      return end(closeCodes.tooLarge, `a frame is at most ${limits.frameBytes / 1024} KiB`);
    if (ws.bufferedAmount > STUCK_BYTES) return ws.terminate();
    const raw = binary ? undefined : parseJson(data);
    if (typeof raw !== "object" || raw === null) return end(closeCodes.invalid, "frames are JSON text");
    const parsed = clientFrame.safeParse(raw);
    if (!parsed.success) return misread(raw as Record<string, unknown>, refuseInvalid(parsed.error, "frame"));
    dispatch(parsed.data);
  }

  /** A frame that isn't one of ours is answered, not fatal, once the client is known. */
  function misread(raw: Record<string, unknown>, refusal: Refusal): void {
    if (!caller && raw["type"] !== "hello") return end(closeCodes.unauthorized, "say hello first");
    const { ok: _ok, ...error } = refusal;
    const id = typeof raw["id"] === "string" || typeof raw["id"] === "number" ? { id: raw["id"] } : {};
    if (raw["type"] === "command") send({ type: "result", ...id, ok: false, ...error });
    else send({ type: "error", ...id, ...error });
    if (!caller) end(closeCodes.invalid, "not a valid hello");
  }

  function dispatch(frame: ClientFrame): void {
    if (frame.type === "hello") return hello(frame);
    if (!caller) return end(closeCodes.unauthorized, "say hello first");
    if (frame.type === "watch") return watch(frame, caller);
    if (unanswered >= limits.unanswered)
      return end(closeCodes.tooFast, `more than ${limits.unanswered} frames unanswered`);
    if (frame.type === "heartbeat") answer(heartbeat(frame, caller));
    else answer(command(frame, caller));
  }

  function answer(coming: Promise<object>): void {
    unanswered++;
    void coming.then(say, fail);
  }

  function say(frame: object): void {
    unanswered--;
    send(frame);
  }

  function fail(error: unknown): void {
    unanswered--;
    log.error({ err: error }, "a frame failed");
    end(closeCodes.internal, "internal error");
  }

  function hello({ token = bearer }: Frame<"hello">): void {
    const known = token === undefined ? undefined : engine.authenticate(token, clock.now());
    if (!known || known.role === "public" || known.role === "system") {
      send({ type: "error", code: "unauthorized", message: "give a token that is known here" });
      return end(closeCodes.unauthorized, "no or wrong token");
    }
    caller = known;
    cancelHello();
    const { store } = engine;
    send({
      type: "welcome",
      version,
      instance: store.instance,
      role: known.role,
      rev: store.durableRev,
      now: clock.now(),
    });
  }

  const heartbeat = (frame: Frame<"heartbeat">, by: Caller): Promise<object> =>
    engine.heartbeat(frame, by).then((outcome) => acknowledgement(frame.id, outcome));

  const command = async ({ id, name, args, key }: Frame<"command">, by: Caller): Promise<object> => ({
    type: "result",
    id,
    ...(await engine.execute(name, args, by, key)),
  });

  function watch({ since, kinds: wanted }: Frame<"watch">, { role }: Caller): void {
    if (role === "host" || role === "metrics")
      return refuseWatch(refuse("forbidden", `watching takes the role viewer; the token has ${role}`));
    // A newer client may know kinds that this daemon doesn't.
    const kinds = wanted && watchableKinds.filter((kind) => wanted.includes(kind));
    if (kinds?.length === 0 && wanted?.length !== 0)
      return refuseWatch(
        refuse("invalid", `kinds: none of these can be watched; there are ${watchableKinds.join(", ")}`),
      );
    unwatch?.();
    unwatch = engine.feed.watch({
      since,
      kinds,
      ready: () => ws.bufferedAmount < BACKLOG_BYTES,
      send(frame, sent) {
        const sentAt = clock.monotonic();
        ws.send(frame, { binary: false }, () => {
          // What the line couldn't take at once and takes later, somebody reads: on a slow one, long before they see our ping.
          heard ||= clock.monotonic() - sentAt >= WAITED_MS;
          sent();
        });
      },
    });
  }

  const refuseWatch = ({ ok: _ok, ...refusal }: Refusal): void => send({ type: "error", ...refusal });

  ws.on("message", receive);
  ws.on("pong", () => (heard = true));
  // ws closes with its own codes (1009 for a frame too large); what is told to the client is in the close frame.
  ws.on("error", () => undefined);
  ws.on("close", () => {
    cancelHello();
    cancelPing();
    unwatch?.();
    onClose();
  });
  return { close: () => end(closeCodes.restarting, "the daemon restarts") };
}

function acknowledgement(id: Frame<"heartbeat">["id"], outcome: Outcome): object {
  if (!outcome.ok) return { type: "error", id, code: outcome.code, message: outcome.message, errors: outcome.errors };
  const { rev, periodMs, dueAt } = outcome.value as Result<"heartbeat.post">;
  return { type: "ack", id, rev, periodMs, dueAt };
}

function parseJson(data: RawData): unknown {
  try {
    return JSON.parse((data as Buffer).toString());
  } catch {
    return undefined;
  }
}
