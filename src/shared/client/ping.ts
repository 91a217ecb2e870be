import ky from "ky";
import type { Refusal } from "../errors.ts";
import { refusalOf } from "./rest.ts";
import { pingAdvice } from "./retry.ts";

/** One ping: what is said in the URL's last part, which run it belongs to, and what goes along. */
export interface Ping {
  /** Nothing is a success; a number is an exit status. */
  action?: "start" | "fail" | "log" | number;
  run?: string;
  body?: string;
}

/** The address of one ping: the action comes before whatever query the ping URL has. */
export function pingAddress(pingUrl: string, { action, run }: Ping): string {
  const address = new URL(pingUrl);
  if (action !== undefined) address.pathname = `${address.pathname.replace(/\/+$/, "")}/${action}`;
  if (run !== undefined) address.searchParams.set("rid", run);
  return address.href;
}

/** Sends one ping once. No refusal names the URL: it is a secret. */
export async function postPing(pingUrl: string, ping: Ping): Promise<{ ok: true } | Refusal> {
  const { timeoutMs: timeout } = pingAdvice;
  try {
    await ky.post(pingAddress(pingUrl, ping), {
      timeout,
      retry: 0,
      headers: { "content-type": "text/plain; charset=utf-8" },
      ...(ping.body ? { body: ping.body } : {}),
    });
    return { ok: true };
  } catch (error) {
    return refusalOf(error);
  }
}
