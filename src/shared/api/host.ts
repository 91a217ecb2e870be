import { z } from "zod";
import { beatSchema, hostSchema, instant, prose, recentBeatSchema, runSchema, slug, states } from "../model.ts";
import { logConfig } from "../log-config.ts";
import { windowHowTo, windowWords } from "../schedule/window-words.ts";
import { windowSchema } from "../schedule/window.ts";
import { MINUTE } from "../time.ts";
import { command } from "./command.ts";
import {
  hostCreateBody,
  hostEditBody,
  hostQuery,
  hostReply,
  toAddArgs,
  toEditArgs,
  toHostReply,
  tristates,
} from "./predecessor.ts";

/** A host with its state and last heartbeat beside what was configured. Never holds a secret. */
export const hostView = hostSchema.extend({
  id: slug,
  state: z.enum(states),
  since: instant,
  reason: z.string(),
  /** When heartbeats are expected, in words. */
  expected: z.string(),
  lastAt: instant.optional(),
  dueAt: instant,
  beat: beatSchema.optional(),
  recent: z.array(recentBeatSchema).optional(),
  /** Those under way. */
  runs: z.array(runSchema.omit({ host: true })).optional(),
});
export type HostView = z.infer<typeof hostView>;

/** A host's secrets, shown once: in the answer to its creation, or to `host.token`. */
export const hostSecrets = z.object({
  token: z.string(),
  heartbeat_url: z.string(),
  ping_url: z.string(),
  slug_url: z.string(),
  push_url: z.string(),
});
export type HostSecrets = z.infer<typeof hostSecrets>;

const { name, tags, graceMs, firstBeatMs } = hostSchema.shape;
const { periodMs, cron, calendar, zone, earlyMs, maxRunMs, minRunMs, parents, notes } = hostSchema.shape;
const logAnalysis = logConfig.optional();
/** What may be left out, of a new host and of an edit alike. */
const optional = { periodMs, cron, calendar, zone, earlyMs, maxRunMs, minRunMs, logAnalysis, parents, notes };
/** What an edit may take away again. */
export const unsettable = ["earlyMs", "maxRunMs", "minRunMs", "logAnalysis", "parents", "notes"] as const;
/** A window, or one in words: `always`, `business_hours`, `Mon-Fri 08:00-18:00 Europe/Berlin`. */
const window = z.union([windowSchema, windowWords], { error: windowHowTo });
const flags = {
  periodMs: "every",
  graceMs: "grace",
  firstBeatMs: "first-heartbeat-within",
  earlyMs: "early",
  maxRunMs: "max-run",
  minRunMs: "min-run",
  tags: "tag",
  parents: "parent",
};
const columns = ["id", "state", "lastAt", "expected", "graceMs", "reason"];

const one = z.object({ id: slug });
/** The hosts that a command acts on: one or many, all or none of them. */
const some = z
  .object({ id: slug.optional(), ids: z.array(slug).min(1).max(10_000).optional(), comment: prose(200).optional() })
  .refine((args) => (args.id === undefined) !== (args.ids === undefined), "give either id or ids");
const items = z.object({ items: z.array(hostView) });
type Items = z.infer<typeof items>;

const path = "/api/v1/hosts/{id}";
const firstReply = ({ items: [host] }: Items) => host && toHostReply(host);

export const hostAdd = command({
  name: "host.add",
  summary: "Register a host. The answer shows its token and ping URLs, this once.",
  access: "admin",
  effect: "write",
  secret: true,
  args: z.object({
    id: slug,
    name: name.optional(),
    tags: tags.default([]),
    ...optional,
    graceMs: graceMs.default(MINUTE),
    /** A day, or until the first expected time if that is later. */
    firstBeatMs: firstBeatMs.optional(),
    window: window.default({ kind: "always" }),
    token: z
      .string()
      .regex(/^[\x21-\x7e]{8,256}$/, "use 8 to 256 printable characters without spaces")
      .optional(),
  }),
  result: hostView.extend({ secrets: hostSecrets }),
  rest: {
    methods: ["POST"],
    path: "/api/v1/hosts",
    status: 201,
    body: hostCreateBody,
    reply: hostReply.extend(hostSecrets.shape),
    toArgs: ({ body }) => toAddArgs(body as z.infer<typeof hostCreateBody>),
    toReply: (host: HostView & { secrets: HostSecrets }) => ({ ...toHostReply(host), ...host.secrets }),
  },
  cli: { positionals: ["id"], flags, example: "sentinel host add web01 --every 5m --grace 1m" },
});

export const hostEdit = command({
  name: "host.edit",
  summary: "Change a host. Only the fields given change; its deadline follows in the same commit.",
  access: "admin",
  effect: "write",
  args: z.object({
    id: slug,
    name: name.optional(),
    tags: tags.optional(),
    ...optional,
    graceMs: graceMs.optional(),
    firstBeatMs: firstBeatMs.optional(),
    window: window.optional(),
    unset: z.array(z.enum(unsettable)).max(unsettable.length).optional(),
  }),
  result: hostView,
  rest: {
    methods: ["PUT"],
    path,
    status: 200,
    body: hostEditBody,
    reply: hostReply,
    toArgs: ({ params, body }) => ({ ...toEditArgs(body as z.infer<typeof hostEditBody>), id: params["id"] }),
    toReply: toHostReply,
  },
  cli: { positionals: ["id"], flags, example: "sentinel host edit web01 --every 10m" },
});

export const hostRemove = command({
  name: "host.remove",
  summary: "Remove hosts with their tokens; an open alert of theirs is resolved.",
  access: "admin",
  effect: "write",
  args: some,
  result: z.object({ removed: z.array(slug) }),
  rest: { methods: ["DELETE"], path, status: 204 },
  cli: { positionals: ["ids"], example: "sentinel host remove web01" },
});

export const hostPause = command({
  name: "host.pause",
  summary: "Stop watching hosts until they are resumed; an open alert of theirs is resolved.",
  access: "operator",
  effect: "write",
  args: some,
  result: items,
  rest: { methods: ["POST"], path: `${path}/pause`, status: 200, reply: hostReply, toReply: firstReply },
  cli: { positionals: ["ids"], table: { items: "items", columns }, example: "sentinel host pause web01 web02" },
});

export const hostResume = command({
  name: "host.resume",
  summary: "Watch hosts again; the next heartbeat is due one period from now.",
  access: "operator",
  effect: "write",
  args: some,
  result: items,
  rest: { methods: ["POST"], path: `${path}/resume`, status: 200, reply: hostReply, toReply: firstReply },
  cli: { positionals: ["ids"], table: { items: "items", columns }, example: "sentinel host resume web01" },
});

export const hostToken = command({
  name: "host.token",
  summary: "Give a host a new token and ping URLs, shown this once; the old ones work 24 hours more.",
  access: "admin",
  effect: "write",
  secret: true,
  args: one,
  result: hostSecrets.extend({ id: slug }),
  rest: { methods: ["POST"], path: `${path}/token`, status: 200 },
  cli: { positionals: ["id"], example: "sentinel host token web01" },
});

export const hostList = command({
  name: "host.list",
  summary: "List the hosts with their states.",
  access: "viewer",
  effect: "read",
  args: z.object({
    status: z.enum(tristates).optional(),
    state: z.enum(states).optional(),
    tag: slug.optional(),
    window: z.string().max(32).optional(),
  }),
  result: items,
  rest: {
    methods: ["GET"],
    path: "/api/v1/hosts",
    status: 200,
    query: hostQuery,
    reply: z.object({ hosts: z.array(hostReply), total: z.number() }),
    toArgs: ({ query: { schedule_type, ...query } }) => ({ ...query, window: schedule_type }),
    toReply: ({ items: hosts }: Items) => ({ hosts: hosts.map(toHostReply), total: hosts.length }),
  },
  cli: { table: { items: "items", columns }, example: "sentinel host list --state down" },
});

export const hostShow = command({
  name: "host.show",
  summary: "Show one host with its recent heartbeats.",
  access: "viewer",
  effect: "read",
  args: one,
  result: hostView,
  rest: { methods: ["GET"], path, status: 200, reply: hostReply, toReply: toHostReply },
  cli: { positionals: ["id"], example: "sentinel host show web01" },
});

export const hostRecent = command({
  name: "host.recent",
  summary: "The last 20 heartbeats of some hosts, oldest first.",
  access: "viewer",
  effect: "read",
  args: z.object({ ids: z.array(slug).min(1).max(500) }),
  result: z.object({ items: z.array(z.object({ id: slug, beats: z.array(recentBeatSchema) })) }),
  cli: { positionals: ["ids"], example: "sentinel host recent web01 --json" },
});

export const hostBody = command({
  name: "host.body",
  summary: "What the host's last ping sent along.",
  access: "viewer",
  effect: "read",
  args: one,
  result: z.object({ id: slug, at: instant, text: z.string(), keptBytes: z.number() }),
  rest: { methods: ["GET"], path: `${path}/body`, status: 200 },
  cli: { positionals: ["id"], example: "sentinel host body web01" },
});
