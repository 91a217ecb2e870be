import type { Refusal } from "../../shared/errors.ts";
import type { HeartbeatArgs } from "../../shared/protocol.ts";
import type { Clock } from "../../shared/time.ts";
import type { Caller, Context, Decision } from "../domain/decision.ts";
import { heartbeat as decide } from "../domain/heartbeat.ts";
import type { Store } from "../domain/store.ts";
import { refuseAccess } from "./access.ts";
import { forgetBodies, keepBody } from "./bodies.ts";
import type { Engine, Outcome } from "./engine.ts";

/** What any command goes through, without what a heartbeat has no use for: it makes no secret, and carries no key. */
export function createHeartbeats({
  store,
  clock,
  before,
  settle,
  unkept,
}: {
  store: Store;
  clock: Clock;
  before(): void;
  settle(decision: Extract<Decision<unknown>, { ok: true }>, at: number, by: string): Promise<unknown>;
  unkept(error: unknown): Refusal;
}): Engine["heartbeat"] {
  function take(args: HeartbeatArgs, caller: Caller, ping?: Pick<Context, "body" | "resumes">): Promise<Outcome> {
    before();
    const now = clock.now();
    const decision = decide(store.state, args, { now, by: caller, ...ping });
    if (!decision.ok) return Promise.resolve(decision);
    return settle(decision, now, caller.name).then(() => ({ ok: true, value: decision.value }), unkept);
  }

  async function takeWithBody(args: HeartbeatArgs, caller: Caller, bytes: Uint8Array): Promise<Outcome> {
    try {
      const body = await keepBody(store, args.host, clock.now(), bytes);
      const outcome = await take(args, caller, { body, resumes: true });
      await forgetBodies(store, args.host);
      return outcome;
    } catch (error) {
      return unkept(error);
    }
  }

  // Each promise more is a thousandth of a second for a thousand heartbeats.
  return (args, caller, ping) => {
    const denied = refuseAccess(caller, "host", args, store.state);
    if (denied) return Promise.resolve(denied);
    if (ping?.body?.length) return takeWithBody(args, caller, ping.body);
    try {
      return take(args, caller, ping && { resumes: true });
    } catch (error) {
      return failed(error);
    }
  };
}

async function failed(error: unknown): Promise<never> {
  throw error;
}
