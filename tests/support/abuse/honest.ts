import { request } from "node:http";

export interface Sent {
  /** Until the answer was there; of what wasn't acknowledged, until that was clear. */
  tookMs: number;
  ok: boolean;
}

/**
 * A fleet of hosts that report as cron jobs do, with a connection for each heartbeat and nothing tried again, each every
 * `periodMs`. The answer ends it, and has all that was sent since.
 */
export function startHonest({
  url,
  hosts,
  periodMs,
}: {
  url: string;
  hosts: readonly { id: string; token: string }[];
  periodMs: number;
}): { take(): Sent[]; stop(): void } {
  const sent: Sent[] = [];
  let next = 0;
  const from = performance.now();

  function post({ id, token }: { id: string; token: string }): void {
    const began = performance.now();
    const end = (ok: boolean): void => void sent.push({ ok, tookMs: performance.now() - began });
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "content-length": 2 };
    const one = request(`${url}/api/v1/heartbeat/${id}`, { method: "POST", headers, agent: false }, (reply) => {
      reply.resume().once("end", () => end(reply.statusCode === 200));
    });
    one.once("error", () => end(false)).end("{}");
  }

  // Evenly over the period, and what a turn came too late for at once.
  const timer = setInterval(() => {
    const due = ((performance.now() - from) * hosts.length) / periodMs;
    for (; next < due; next++) {
      const host = hosts[next % hosts.length];
      if (host) post(host);
    }
  }, 5);

  return {
    take: () => sent.splice(0),
    stop: () => clearInterval(timer),
  };
}
