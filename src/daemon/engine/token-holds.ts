import type { Token } from "../../shared/model.ts";
import { type Clock, MINUTE } from "../../shared/time.ts";
import type { Caller } from "../domain/decision.ts";
import type { Store } from "../domain/store.ts";

/** An open connection that rests on a token as it was when the connection began. */
interface Hold {
  token: Token;
  onVoid(): void;
  disarm(): void;
}

const isSame = (a: Token, b: Token | undefined): boolean =>
  a.role === b?.role && a.host === b.host && a.hashes.join() === b.hashes.join();

/** Which tokens open connections rest on; each is told once, as soon as it is durable that its token holds no longer. */
export function createHolds({ state, onDurable }: Store, { now, after }: Pick<Clock, "now" | "after">) {
  const byToken = new Map<string, Set<Hold>>();

  function release(id: string, hold: Hold): void {
    hold.disarm();
    const others = byToken.get(id);
    others?.delete(hold);
    if (others?.size === 0) byToken.delete(id);
  }

  /** Looks whether it holds, and again when it expires: within a minute, should the clock be set. */
  function look(id: string, hold: Hold): void {
    hold.disarm();
    const token = state.get("token", id)?.value;
    const leftMs = (token?.expiresAt ?? Infinity) - now();
    if (!isSame(hold.token, token) || leftMs <= 0) {
      release(id, hold);
      return hold.onVoid();
    }
    if (leftMs < Infinity) hold.disarm = after(Math.min(leftMs, MINUTE), () => look(id, hold));
  }

  onDurable(({ changes }) => {
    for (const { kind, id } of changes) {
      if (kind !== "token") continue;
      byToken.get(id)?.forEach((hold) => look(id, hold));
    }
  });

  return {
    /** The ids of those that are held. */
    held: () => byToken.keys(),
    hold({ token: id = "" }: Caller, onVoid: () => void): () => void {
      const token = state.get("token", id)?.value;
      if (!token) return () => {};
      const hold: Hold = { token, onVoid, disarm() {} };
      const others = byToken.get(id);
      if (others) others.add(hold);
      else byToken.set(id, new Set([hold]));
      look(id, hold);
      return () => release(id, hold);
    },
  };
}
