import { z } from "zod";
import { instant, slug, states } from "../model.ts";
import { heartbeatArgs } from "../protocol.ts";
import { command } from "./command.ts";
import { tristate, tristates } from "./predecessor.ts";

const result = z.object({
  host: slug,
  rev: z.number(),
  at: instant,
  periodMs: z.number(),
  dueAt: instant,
  state: z.enum(states),
});

/** What a POST may say beside being there; `token` in the query authenticates and is no argument. */
const { status, message, metrics, exitCode, run } = heartbeatArgs.shape;
const body = z.object({ status, message, metrics, exitCode, run });

/** The predecessor never read a body, and its clients send all sorts: what isn't understood is left aside, never refused. */
export function understood(said: unknown): z.infer<typeof body> {
  if (typeof said !== "object" || said === null) return {};
  const whole = body.safeParse(said);
  if (whole.success) return whole.data;
  const fields = Object.entries(body.shape).map(
    ([name, schema]) => [name, schema.safeParse((said as Record<string, unknown>)[name])] as const,
  );
  return Object.fromEntries(fields.flatMap(([name, one]) => (one.success ? [[name, one.data]] : [])));
}

/** The answer in the predecessor's words. */
export const received = ({ host, at, state }: z.infer<typeof result>) => ({
  message: "Heartbeat received",
  host_id: host,
  timestamp: new Date(at).toISOString(),
  status: tristate(state),
});

export const heartbeatPost = command({
  name: "heartbeat.post",
  summary: "A host says that it is alive (or has started, failed, or has something to log).",
  access: "host",
  effect: "write",
  args: heartbeatArgs,
  result,
  rest: {
    methods: ["GET", "POST"],
    path: "/api/v1/heartbeat/{id}",
    status: 200,
    lenient: true,
    query: z.object({ token: z.string().max(512).optional() }),
    body: body.loose().or(z.unknown()),
    reply: z.object({ message: z.string(), host_id: slug, timestamp: z.iso.datetime(), status: z.enum(tristates) }),
    toArgs: ({ params, body: said }) => ({ ...understood(said), host: params["id"] }),
    toReply: received,
  },
});
