import { WebSocket } from "ws";
import type { RawData } from "ws";
import { closeCodes } from "../errors.ts";
import { limits, SUBPROTOCOL } from "../protocol.ts";
import type { ServerFrame, WelcomeFrame } from "../protocol.ts";
import { formatDuration } from "../time.ts";
import type { Clock } from "../time.ts";
import { readFrame } from "./frames.ts";
import { connectPinned } from "./pinned.ts";

/** Why a connection is over. Only `refused` needs a person. */
export type Ending = { kind: "lost"; reason: string } | { kind: "refused"; code: number; message: string };

export interface LinkOptions {
  url: string;
  token?: string | undefined;
  certFile?: string | undefined;
  client: string;
  clock: Clock;
  /** From the dial to `welcome`. */
  attemptMs: number;
  maxPayloadBytes: number;
  /** How long the daemon may be silent before it counts as gone; asked anew at each check. */
  silenceMs(): number;
  onWelcome(welcome: WelcomeFrame): void;
  onFrame(frame: ServerFrame): void;
  onEnd(ending: Ending): void;
}

export interface Link {
  send(text: string): void;
  /** When anything was last heard, as a monotonic instant. */
  heardAt(): number;
  close(): void;
}

const checkMs = limits.feedIdleMs;
const recheckMs = 500;
const closingMs = 1_000;
const refusals: Record<number, number> = { 401: closeCodes.unauthorized, 403: closeCodes.forbidden };

/** ws hands text over as one Buffer; the other forms are for binary types that aren't asked for. */
const textOf = (data: RawData): string => (Array.isArray(data) ? data.join("") : new TextDecoder().decode(data));

/** One connection, from the dial to its one ending. */
export function openLink(options: LinkOptions): Link {
  const { clock } = options;
  let heardAt = clock.monotonic();
  let suspected = false;
  let over = false;
  let welcomed = false;
  let complaint = "";
  const { url, certFile, maxPayloadBytes: maxPayload } = options;
  const pinned = certFile && { createConnection: () => connectPinned(url, certFile) };
  const ws = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false, maxPayload, ...pinned });
  let cancelTimer = clock.after(options.attemptMs, () =>
    end({ kind: "lost", reason: `no answer within ${formatDuration(options.attemptMs)}` }),
  );

  function end(ending: Ending): void {
    if (over) return;
    over = true;
    cancelTimer();
    ws.terminate();
    options.onEnd(ending);
  }

  function heard(): void {
    heardAt = clock.monotonic();
    suspected = false;
  }

  /** Timers run before sockets are read, so after a stall of this process the peer gets one more moment to be heard. */
  function checkSilence(): void {
    const quietMs = clock.monotonic() - heardAt;
    const leftMs = options.silenceMs() - quietMs;
    if (leftMs <= 0 && suspected) return end({ kind: "lost", reason: `nothing heard for ${formatDuration(quietMs)}` });
    suspected = leftMs <= 0;
    cancelTimer = clock.after(suspected ? recheckMs : Math.min(checkMs, leftMs), checkSilence);
  }

  function welcome(frame: WelcomeFrame): void {
    welcomed = true;
    cancelTimer();
    checkSilence();
    options.onWelcome(frame);
  }

  function receive(text: string): void {
    const frame = readFrame(text);
    if (frame === "unknown") return;
    if (frame === "broken") return end({ kind: "lost", reason: "the daemon sent what is not a frame" });
    if (frame.type === "welcome") return welcome(frame);
    if (frame.type === "error" && frame.id === undefined) complaint = frame.message;
    if (welcomed) options.onFrame(frame);
  }

  function closed(code: number, reason: string): void {
    const said = reason || complaint;
    if (code === closeCodes.unauthorized || code === closeCodes.forbidden) {
      return end({
        kind: "refused",
        code,
        message: said || (code === closeCodes.forbidden ? "not allowed" : "no or wrong token"),
      });
    }
    end({
      kind: "lost",
      reason: said || (code === closeCodes.restarting ? "the daemon restarts" : `the connection ended (${code})`),
    });
  }

  ws.on("open", () =>
    ws.send(
      JSON.stringify({ type: "hello", client: options.client, ...(options.token ? { token: options.token } : {}) }),
    ),
  );
  ws.on("message", (data, isBinary) => {
    if (over) return;
    heard();
    if (!isBinary) receive(textOf(data));
  });
  ws.on("ping", heard);
  ws.on("pong", heard);
  ws.on("unexpected-response", (_request, response) => {
    const status = response.statusCode ?? 0;
    const code = refusals[status];
    end(
      code
        ? { kind: "refused", code, message: `the daemon answered ${status}` }
        : { kind: "lost", reason: `the daemon answered ${status}` },
    );
  });
  ws.on("error", (error) =>
    end({ kind: "lost", reason: error.message || (error as { code?: string }).code || "the connection failed" }),
  );
  ws.on("close", (code, reason) => closed(code, String(reason)));

  function close(): void {
    over = true;
    cancelTimer();
    cancelTimer = clock.after(closingMs, () => ws.terminate());
    ws.on("close", cancelTimer);
    ws.close(1000);
  }

  return { send: (text) => ws.send(text), heardAt: () => heardAt, close };
}
