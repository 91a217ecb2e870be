import { z } from "zod";
import { type closeCodes, codes } from "./errors.ts";
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

/** When each close code comes, in words. */
export const closeReasons: Readonly<Record<keyof typeof closeCodes, string>> = {
  invalid: "a frame is no JSON text, or the hello isn't valid",
  unauthorized: "no hello came first, or its token isn't known, or the token was revoked, has expired or was changed",
  forbidden: "never sent: clients say it of an upgrade that was refused with 403",
  noHello: "no hello came within 5 s",
  replaced: "never sent so far",
  tooLarge: "a frame is longer than 256 KiB",
  tooFast: "more than 64 frames are unanswered, or the limits of how often one may ask are exceeded",
  internal: "the daemon failed; its log says why",
  restarting: "the daemon ends or restarts: connect again",
};

const id = z
  .union([z.string().max(64), z.number()])
  .describe("The client's own: the answer has the same.")
  .optional();

export const heartbeatArgs = z.object({
  host: slug,
  status: z.enum(["ok", "start", "fail", "log"]).describe("`ok` if it isn't said.").optional(),
  exitCode: z.number().int().min(0).max(255).describe("0 is a success, all others are failures.").optional(),
  message: prose(1024).describe("What people are to see of it.").optional(),
  metrics: metrics.describe("Numbers by name.").optional(),
  run: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[A-Za-z0-9._-]+$/, "use A-Z a-z 0-9 . _ -")
    .describe("Names one run, so that its start and its end find each other.")
    .optional(),
  at: instant.describe("The client's own clock: history only. At most 7 days back and 60 s ahead.").optional(),
  buffered: z.boolean().describe("Held back while the line was down and handed in now: history only.").optional(),
});
export type HeartbeatArgs = z.infer<typeof heartbeatArgs>;

export const helloFrame = z.object({
  type: z.literal("hello"),
  token: z.string().max(512).describe("Else that of the request's `Authorization: Bearer`.").optional(),
  client: z.string().max(128).describe("Who connects, as in `sentinel-tui 0.1.0`."),
});
export const heartbeatFrame = heartbeatArgs.extend({ type: z.literal("heartbeat"), id });
export const watchFrame = z.object({
  type: z.literal("watch"),
  since: z.number().int().nonnegative().describe("The revision that the client has; 0 for everything."),
  kinds: z
    .array(z.string().max(32))
    .max(32)
    .describe("Of these kinds; all that can be watched if left out. Unknown ones are ignored.")
    .optional(),
});
export const commandFrame = z.object({
  type: z.literal("command"),
  id,
  name: z.string().max(64).describe("Which command, as in `alert.ack`."),
  args: z.unknown().describe("Its arguments."),
  key: z.uuid().describe("A UUID, which makes the command idempotent for 24 h.").optional(),
});
export const clientFrame = z.discriminatedUnion("type", [helloFrame, heartbeatFrame, watchFrame, commandFrame]);
export type ClientFrame = z.infer<typeof clientFrame>;

const code = z.enum(codes).describe("One of the [error codes](errors.md).");
const message = z.string().describe("What is wrong and what to do, for people.");
const fieldErrors = z
  .array(z.object({ field: z.string(), message: z.string() }))
  .describe("Each field that is wrong, and why.")
  .optional();

export const welcomeFrame = z.object({
  type: z.literal("welcome"),
  version: z.string().describe("The daemon's."),
  instance: z
    .string()
    .describe(
      "Names the data's history: the same after a restart, new after a restore. When it differs, watch from 0.",
    ),
  role: z.enum(roles).describe("What the token allows."),
  rev: z.number().describe("The newest revision."),
  now: instant.describe("The daemon's clock."),
});
export const ackFrame = z.object({
  type: z.literal("ack"),
  id,
  rev: z.number().describe("The revision that holds the heartbeat: it is durable."),
  periodMs: z.number().describe("How often the daemon expects one."),
  dueAt: z.number().describe("When the next is due."),
});
export const errorFrame = z.object({
  type: z.literal("error"),
  id,
  code,
  message,
  errors: fieldErrors,
});
export const changesFrame = z.object({
  type: z.literal("changes"),
  rev: z.number().describe("The revision that the client has with it."),
  snapshot: z.boolean().describe("This list replaces what the client holds."),
  more: z
    .boolean()
    .describe("More of the same list follows; only the frame without it makes `rev` and the upserts count."),
  upserts: z
    .array(z.object({ kind: z.string(), id: z.string(), rev: z.number(), value: z.unknown() }))
    .describe("What is new or has changed, each with `kind`, `id`, `rev` and `value`."),
  removals: z
    .array(z.object({ kind: z.string(), id: z.string(), rev: z.number() }))
    .describe("What is gone, each with `kind`, `id` and `rev`."),
});
export const resultFrame = z.discriminatedUnion("ok", [
  z.object({
    type: z.literal("result"),
    id,
    ok: z.literal(true),
    value: z.unknown().describe("The command's result."),
  }),
  z.object({
    type: z.literal("result"),
    id,
    ok: z.literal(false),
    code,
    message,
    errors: fieldErrors,
  }),
]);
export const serverFrame = z.union([welcomeFrame, ackFrame, errorFrame, changesFrame, resultFrame]);
export type ServerFrame = z.infer<typeof serverFrame>;
export type ChangesFrame = z.infer<typeof changesFrame>;
export type WelcomeFrame = z.infer<typeof welcomeFrame>;
