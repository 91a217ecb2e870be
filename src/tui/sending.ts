import type { SentinelSocket } from "../shared/client/socket.ts";
import { SECOND } from "../shared/time.ts";
import type { Clock } from "../shared/time.ts";
import type { PendingAct } from "./state/acts/act.ts";
import type { Store } from "./state/store.ts";

const retryAfterMs = 1 * SECOND;

/** Sends what a person did as soon as it is due; after a lost connection the same key makes sure that it counts once. */
export function createSending(
  { command, state: connection }: Pick<SentinelSocket, "command" | "state">,
  store: Store,
  clock: Clock,
): { stop(): void; flush(): Promise<void> } {
  const sending = new Map<string, Promise<void>>();
  let cancelRetry: (() => void) | undefined;
  let over = false;

  async function send({ key, name, args, timeoutMs }: PendingAct): Promise<void> {
    const answer = await command(name, args, { key, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    sending.delete(key);
    if (over) return;
    if (answer.ok || !answer.unreached)
      store.dispatch(
        answer.ok ? { type: "answer", key, value: answer.value } : { type: "answer", key, refusal: answer },
      );
    else {
      cancelRetry?.();
      cancelRetry = clock.after(retryAfterMs, look);
    }
  }

  function sendDue(isDue: (act: PendingAct) => boolean): void {
    if (connection().phase !== "live") return;
    for (const act of store.latest().acts)
      if (act.answeredAt === undefined && !sending.has(act.key) && isDue(act)) sending.set(act.key, send(act));
  }

  const look = (): void => sendDue(({ sendAt }) => sendAt <= clock.now());
  const unfollow = store.follow(look);
  return {
    stop: () => ((over = true), unfollow(), cancelRetry?.()),
    /** Sends what could still have been taken back: the person is leaving. */
    async flush() {
      sendDue(() => true);
      await Promise.all(sending.values());
    },
  };
}
