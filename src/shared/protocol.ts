import { z } from "zod";
import { codes } from "./errors.ts";
import { instant, metrics, prose, roles, slug } from "./model.ts";

/** The WebSocket subprotocol; JSON text frames. */
export const SUBPROTOCOL = "sentinel.v1";
export const WS_PATH = "/api/v1/ws";

export const limits = {
  frameBytes: 256 * 1024,
  unanswered: 64,
  helloMs: 5_000,
  pingMs: 20_000,
  /** A watcher hears something at least this often. */
  feedIdleMs: 5_000,
} as const;

const id = z.union([z.string().max(64), z.number()]).optional();

export const heartbeatArgs = z.object({
  host: slug,
  status: z.enum(["ok", "start", "fail", "log"]).optional(),
  exitCode: z.number().int().min(0).max(255).optional(),
  message: prose(1024).optional(),
  metrics: metrics.optional(),
  /** Names one run, so that its start and its end find each other. */
  run: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[A-Za-z0-9._-]+$/, "use A-Z a-z 0-9 . _ -")
    .optional(),
  /** The client's own clock: history only. At most 7 days back and 60 s ahead. */
  at: instant.optional(),
  /** Held back while the line was down and handed in now: history only. */
  buffered: z.boolean().optional(),
});
export type HeartbeatArgs = z.infer<typeof heartbeatArgs>;

export const helloFrame = z.object({
  type: z.literal("hello"),
  token: z.string().max(512).optional(),
  client: z.string().max(128),
});
export const heartbeatFrame = heartbeatArgs.extend({ type: z.literal("heartbeat"), id });
export const watchFrame = z.object({
  type: z.literal("watch"),
  /** The revision that the client has; 0 for everything. */
  since: z.number().int().nonnegative(),
  /** Of these kinds; all that can be watched if left out. Unknown ones are ignored. */
  kinds: z.array(z.string().max(32)).max(32).optional(),
});
export const commandFrame = z.object({
  type: z.literal("command"),
  id,
  name: z.string().max(64),
  args: z.unknown(),
  /** Makes the command idempotent for 24 h. */
  key: z.uuid().optional(),
});
export const clientFrame = z.discriminatedUnion("type", [helloFrame, heartbeatFrame, watchFrame, commandFrame]);
export type ClientFrame = z.infer<typeof clientFrame>;

const fieldErrors = z.array(z.object({ field: z.string(), message: z.string() })).optional();

export const welcomeFrame = z.object({
  type: z.literal("welcome"),
  version: z.string(),
  /** Names the data's history: the same after a restart, new after a restore. When it differs, watch from 0. */
  instance: z.string(),
  role: z.enum(roles),
  rev: z.number(),
  now: instant,
});
export const ackFrame = z.object({
  type: z.literal("ack"),
  id,
  rev: z.number(),
  periodMs: z.number(),
  dueAt: z.number(),
});
export const errorFrame = z.object({
  type: z.literal("error"),
  id,
  code: z.enum(codes),
  message: z.string(),
  errors: fieldErrors,
});
export const changesFrame = z.object({
  type: z.literal("changes"),
  rev: z.number(),
  /** This list replaces what the client holds. */
  snapshot: z.boolean(),
  /** More of the same list follows; only the frame without it makes `rev` and the upserts count. */
  more: z.boolean(),
  upserts: z.array(z.object({ kind: z.string(), id: z.string(), rev: z.number(), value: z.unknown() })),
  removals: z.array(z.object({ kind: z.string(), id: z.string(), rev: z.number() })),
});
export const resultFrame = z.discriminatedUnion("ok", [
  z.object({ type: z.literal("result"), id, ok: z.literal(true), value: z.unknown() }),
  z.object({
    type: z.literal("result"),
    id,
    ok: z.literal(false),
    code: z.enum(codes),
    message: z.string(),
    errors: fieldErrors,
  }),
]);
export const serverFrame = z.union([welcomeFrame, ackFrame, errorFrame, changesFrame, resultFrame]);
export type ServerFrame = z.infer<typeof serverFrame>;
export type ChangesFrame = z.infer<typeof changesFrame>;
export type WelcomeFrame = z.infer<typeof welcomeFrame>;
