import type { HeardRequest, Play, Reply } from "./provider.ts";

/** One check, as healthchecks.io keeps it. */
interface Check {
  status: "new" | "up" | "down";
  lastPingAt?: number;
  /** Between start and end of a run. */
  running?: { at: number; rid: string | null } | undefined;
  /** Of the last run whose end matched its start. */
  durationMs?: number;
  /** What came, in order: `start`, `log`, `success`, `fail`. */
  pings: { event: string; rid: string | null; body: string }[];
}

const BODY_LIMIT = 100_000;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const actions = /^(start|fail|log|\d{1,9})$/;

/** Plays the ping API of healthchecks.io below `/ping`, and objects to all that it objects to. Checks go by UUID or `<ping key>/<slug>`. */
export function playHealthchecks(now: () => number, ...addresses: string[]) {
  const checks = new Map(addresses.map((address): [string, Check] => [address, { status: "new", pings: [] }]));

  const play: Play = ({ method, url, body }) => {
    if (!["HEAD", "GET", "POST"].includes(method)) return { status: 405 };
    const parts = /^\/ping\/([^/]+(?:\/[^/]+){0,2})$/.exec(url.pathname)?.[1]?.split("/") ?? [];
    const named = uuid.test(parts[0] ?? "") ? parts.splice(0, 1) : parts.splice(0, 2);
    const action = parts[0] ?? "0";
    if (named[1] !== undefined && named[1] !== named[1].toLowerCase())
      return { status: 400, body: "invalid url format" };
    const check = checks.get(named.join("/"));
    if (!check || parts.length > 1 || !actions.test(action)) return { status: 404, body: "not found" };
    if (Number(action) > 255) return { status: 400, body: "invalid url format" };
    const rid = url.searchParams.get("rid");
    if (rid !== null && !uuid.test(rid)) return { status: 400, body: "invalid uuid format" };
    keep(check, /^\d/.test(action) ? (Number(action) === 0 ? "success" : "fail") : action, rid, body);
    return { status: 200, headers: { "ping-body-limit": String(BODY_LIMIT) }, body: method === "HEAD" ? "" : "OK" };
  };

  function keep(check: Check, event: string, rid: string | null, body: string): void {
    check.pings.push({ event, rid, body: Buffer.from(body).subarray(0, BODY_LIMIT).toString() });
    if (event === "start") check.running = { at: now(), rid };
    if (event === "start" || event === "log") return;
    check.lastPingAt = now();
    check.status = event === "success" ? "up" : "down";
    const isEnd = check.running?.rid === rid;
    if (check.running && isEnd) check.durationMs = now() - check.running.at;
    // The end of another run leaves this one running, unless that run failed.
    if (isEnd || event === "fail") check.running = undefined;
  }

  return { play, checks };
}

/** What it answers to one request, without a network. */
export const answerTo = (play: Play, method: string, path: string, body = ""): Reply =>
  play({ method, url: new URL(path, "http://localhost"), headers: {}, body } satisfies HeardRequest);
