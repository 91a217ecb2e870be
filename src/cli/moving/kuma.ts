import { z } from "zod";
import { probeAdd } from "../../shared/api/probe.ts";
import { idFromName } from "../../shared/api/predecessor.ts";
import { refuseInvalid } from "../../shared/errors.ts";
import { MINUTE, SECOND } from "../../shared/time.ts";
import { leftBehind, movedHost, uniqueIds } from "./moved.ts";
import type { Moved } from "./moved.ts";

const text = z.string().nullish();
/** A monitor of an Uptime Kuma backup (Settings → Backup → Export). */
const monitor = z.object({
  name: z.string(),
  type: z.string(),
  active: z.union([z.boolean(), z.number()]).nullish(),
  interval: z.number().default(60),
  maxretries: z.number().default(0),
  retryInterval: z.number().nullish(),
  timeout: z.number().nullish(),
  url: text,
  method: text,
  hostname: text,
  port: z.number().nullish(),
  keyword: text,
  invertKeyword: z.union([z.boolean(), z.number()]).nullish(),
  accepted_statuscodes: z.array(z.string()).nullish(),
  ignoreTls: z.union([z.boolean(), z.number()]).nullish(),
  dns_resolve_server: text,
  dns_resolve_type: text,
  pushToken: text,
});
type Monitor = z.infer<typeof monitor>;

export const kumaBackup = z.object({
  monitorList: z.array(monitor),
  notificationList: z.array(z.object({ name: z.string() })).default([]),
});

/** What each kind of monitor asks, as a probe's kind and options here. */
const probes: Record<string, (one: Monitor) => { type: string; options: object } | undefined> = {
  http: web,
  keyword: web,
  port: ({ hostname, port }) => ({ type: "tcp", options: { host: hostname, port } }),
  ping: ({ hostname }) => ({ type: "icmp", options: { host: hostname } }),
  dns: ({ hostname, dns_resolve_type: record, dns_resolve_server: server }) => ({
    type: "dns",
    options: { name: hostname, ...(record ? { type: record } : {}), ...(server ? { resolver: server } : {}) },
  }),
};

function web({ url, method, keyword, ignoreTls, accepted_statuscodes: codes, invertKeyword }: Monitor) {
  const status = codes?.join(",");
  return {
    type: "http",
    options: {
      url,
      ...(method && method !== "GET" ? { method } : {}),
      ...(keyword ? { [invertKeyword ? "containsNot" : "contains"]: keyword } : {}),
      ...(ignoreTls ? { insecure: true } : {}),
      ...(status ? { status } : {}),
    },
  };
}

/** Push monitors as hosts with their tokens, so that `/api/push/<token>` goes on; the others as probes. */
export function fromKuma({ monitorList, notificationList }: z.infer<typeof kumaBackup>): Moved[] {
  const idOf = uniqueIds();
  const moved = monitorList.map((one): Moved => {
    const id = idOf(idFromName(one.name));
    return one.type === "push" ? pushed(id, one) : probed(id, one);
  });
  const channels = notificationList.map(({ name }) =>
    leftBehind("channel", idFromName(name), "its secrets stay there: `sentinel channel add` sets it up"),
  );
  return [...moved, ...channels];
}

const pushed = (id: string, { name, interval, maxretries, pushToken, active }: Monitor): Moved =>
  movedHost(
    {
      id,
      name,
      periodMs: interval * SECOND,
      // It waits that much longer before it tells.
      graceMs: Math.max(MINUTE, maxretries * interval * SECOND),
      token: pushToken ?? undefined,
    },
    active === false || active === 0,
  );

function probed(id: string, one: Monitor): Moved {
  const asks = probes[one.type]?.(one);
  if (!asks) return leftBehind("probe", id, `no probe here asks what a ${one.type} monitor does`);
  const args = {
    id,
    ...asks,
    periodMs: Math.max(10, one.interval) * SECOND,
    failures: Math.min(10, one.maxretries + 1),
    ...(one.retryInterval ? { retryMs: one.retryInterval * SECOND } : {}),
  };
  const parsed = probeAdd.args.safeParse(args);
  if (!parsed.success) return leftBehind("probe", id, refuseInvalid(parsed.error).message);
  const isOff = one.active === false || one.active === 0;
  const pause = isOff ? [{ name: "probe.pause" as const, args: { id } }] : [];
  return { kind: "probe", id, calls: [{ name: "probe.add", args }, ...pause] };
}
