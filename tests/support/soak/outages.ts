import { randomUUID } from "node:crypto";
import type { Mirror } from "./mirror.ts";

/** A person's acknowledgement that the daemon has confirmed. */
export interface Acked {
  alert: string;
  comment: string;
  /** What the console had seen by then. */
  rev: number;
}

export interface Outages {
  host: string;
  acked: Acked[];
  /** What was refused that shouldn't be. */
  refused: string[];
  stop(): Promise<void>;
}

const RETRY_MS = 25;

/** A host that reports, and then fails or falls silent until a person at the console has acknowledged the alert. */
export function createOutages(options: {
  url: string;
  host: string;
  token: string;
  console: Mirror;
  random: () => number;
}): Outages {
  const { url, host, token, console: mirror, random } = options;
  const outages: Outages = { host, acked: [], refused: [], stop };
  const end = Promise.withResolvers<void>();
  const running = { yes: true };
  // The console may hear of an acknowledgement after its answer.
  const seen = new Set<string>();

  async function until(isDone: () => Promise<boolean>): Promise<void> {
    while (running.yes && !(await isDone().catch(() => false)))
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }

  const report = (status: "ok" | "fail") =>
    until(async () => {
      const reply = await fetch(`${url}/api/v1/heartbeat/${host}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ status }),
      });
      await reply.text();
      return reply.ok;
    });

  async function alert(): Promise<string | undefined> {
    while (running.yes) {
      for (const { kind, id, value } of mirror.held.entities.values())
        if (kind === "alert" && value.host === host && value.state === "firing" && !seen.has(id)) {
          seen.add(id);
          return id;
        }
      await Promise.race([mirror.changed(), end.promise]);
    }
    return undefined;
  }

  /** The same key each time: it counts once, and the first answer is the answer. */
  async function acknowledge(id: string): Promise<void> {
    const [key, comment] = [randomUUID(), `outage ${outages.acked.length + 1} of ${host}`];
    await until(async () => {
      const answer = await mirror.socket.command("alert.ack", { ids: [id], comment }, { key });
      if (answer.ok) outages.acked.push({ alert: id, comment, rev: mirror.held.rev });
      else if (answer.code !== "unavailable") outages.refused.push(`${id}, ${comment}: ${answer.message}`);
      return answer.ok || answer.code !== "unavailable";
    });
  }

  const loop = (async () => {
    while (running.yes) {
      await report("ok");
      if (random() < 0.5) await report("fail");
      const id = await alert();
      if (id !== undefined) await acknowledge(id);
    }
  })();

  async function stop(): Promise<void> {
    running.yes = false;
    end.resolve();
    await loop;
  }
  return outages;
}
