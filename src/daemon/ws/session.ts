import type { Socket } from "node:net";
import type { Logger } from "pino";
import type { RawData, WebSocket } from "ws";
import { isTooDeep } from "../../shared/depth.ts";
import { closeCodes, refuse, type Refusal, refuseInvalid } from "../../shared/errors.ts";
import { frameAccess } from "../../shared/api/access.ts";
import { type ClientFrame, clientFrame, limits } from "../../shared/protocol.ts";
import { watchableKinds } from "../../shared/model.ts";
import type { Result } from "../../shared/api/registry.ts";
import type { Clock } from "../../shared/time.ts";

import type { Door } from "../door/door.ts";
import { refuseAccess } from "../engine/access.ts";
import type { Caller, Engine, Outcome } from "../engine/engine.ts";

interface SessionOptions {
  ws: WebSocket;
  /** What it runs over. */
  socket: Socket;
  door: Pick<Door, "refuseKnown" | "refuseUnknown">;
  engine: Engine;
  clock: Clock;
  log: Logger;
  version: string;
  bearer: string | undefined;
  /** The address at its other end. */
  from: string;
  onClose(): void;
}

type Frame<T extends ClientFrame["type"]> = Extract<ClientFrame, { type: T }>;

// A watcher gets no more while this much waits in its line.
const BACKLOG_BYTES = 1024 * 1024;

// A client that asks and never reads is cut off.
const STUCK_BYTES = 8 * BACKLOG_BYTES;

// A hello has no need for more, and whoever hasn't said it gets no memory of ours.
const HELLO_BYTES = 16 * 1024;

// Over TLS a frame is never gone at once, but in a turn of the program or two.
const WAITED_MS = 100;

/** One client's connection: parse, execute, answer. Nothing is answered before its `hello`. */
export function openSession({ ws, socket, door, engine, clock, log, version, bearer, from, onClose }: SessionOptions): {
  close(): void;
} {
  let caller: Caller | undefined;
  let unanswered = 0;
  let heard = true;
  let unwatch = (): void => {};
  let release = (): void => {};
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
  /** What still comes counts for nothing, and nothing more is said: the other side may take its time to close. */
  function end(code: number, reason: string): void {
    unwatch();
    ws.close(code, reason);
  }

  function keepAlive(): void {
    if (!heard) return ws.terminate();
    heard = false;
    ws.ping();
    cancelPing = clock.after(limits.pingMs, keepAlive);
  }

  /** Everything that comes counts, pings too; says whether it may. */
  function count(): boolean {
    heard = true;
    if (ws.bufferedAmount > STUCK_BYTES) ws.terminate();
    const wait = caller && door.refuseKnown(caller, "ws");
    if (wait) end(closeCodes.tooFast, wait.message);
    return ws.readyState === ws.OPEN;
  }

  function guardHello(): void {
    if (caller) socket.off("data", guardHello);
    else if (socket.bytesRead - readBefore > HELLO_BYTES) ws.terminate();
  }

  function receive(data: RawData, binary: boolean): void {
    if (!count()) return;
    if ((data as Buffer).length > limits.frameBytes)
      return end(closeCodes.tooLarge, `a frame is at most ${limits.frameBytes / 1024} KiB`);
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
    if (frame.type === "heartbeat")
      answer(engine.heartbeat(frame, caller), (outcome) => acknowledgement(frame.id, outcome));
    else if (isTooDeep(frame.args)) misread({ ...frame }, refuse("invalid", "args: at most 64 levels deep"));
    else answer(command(frame, caller), (result) => result);
  }

  function answer<T>(coming: Promise<T>, frameOf: (came: T) => object): void {
    unanswered++;
    void coming.then((came) => {
      unanswered--;
      send(frameOf(came));
    }, fail);
  }

  function fail(error: unknown): void {
    unanswered--;
    log.error({ err: error }, "a frame failed");
    end(closeCodes.internal, "internal error");
  }

  function hello({ token = bearer }: Frame<"hello">): void {
    const known = token === undefined ? undefined : engine.authenticate(token, clock.now());
    if (!known || known.role === "public" || known.role === "system") return void refuseHello();
    const wait = door.refuseKnown(known, "ws", socket);
    if (wait) return end(closeCodes.tooFast, wait.message);
    caller = { ...known, from };
    cancelHello();
    unwatch();
    release();
    release = engine.hold(known, () =>
      end(closeCodes.unauthorized, "the token was revoked, has expired, or was changed"),
    );
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

  async function refuseHello(): Promise<void> {
    const wait = await door.refuseUnknown(from, true, "ws");
    if (wait) return end(closeCodes.tooFast, wait.message);
    send({ type: "error", code: "unauthorized", message: "give a token that is known here" });
    end(closeCodes.unauthorized, "no or wrong token");
  }

  const command = async ({ id, name, args, key }: Frame<"command">, by: Caller): Promise<object> => ({
    type: "result",
    id,
    ...(await engine.execute(name, args, by, key)),
  });

  function watch({ since, kinds: wanted }: Frame<"watch">, by: Caller): void {
    const denied = refuseAccess(by, frameAccess.watch, undefined, engine.store.state);
    if (denied) return refuseWatch(denied);
    // A newer client may know kinds that this daemon doesn't.
    const kinds = wanted && watchableKinds.filter((kind) => wanted.includes(kind));
    if (kinds?.length === 0 && wanted?.length !== 0)
      return refuseWatch(
        refuse("invalid", `kinds: none of these can be watched; there are ${watchableKinds.join(", ")}`),
      );
    unwatch();
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
  const readBefore = socket.bytesRead;
  socket.on("data", guardHello);
  ws.on("ping", count);
  ws.on("pong", count);
  // ws closes with its own codes (1009 for a frame too large); what is told to the client is in the close frame.
  ws.on("error", () => undefined);
  ws.on("close", () => {
    cancelHello();
    cancelPing();
    unwatch();
    release();
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
