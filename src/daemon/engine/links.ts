import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { AlertView, linkActions } from "../../shared/api/alert.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import type { Refusal } from "../../shared/errors.ts";
import { type Clock, DAY, HOUR } from "../../shared/time.ts";
import { noAlert } from "../domain/alert-actions.ts";
import { alertView } from "../domain/alert-view.ts";
import { type Store, StoreUnavailable } from "../domain/store.ts";

/** What a link stands for: one thing to do to one alert, until `expiresAt`. */
export interface Link {
  alert: string;
  action: (typeof linkActions)[number];
  expiresAt: number;
  /** Of a snooze; else 0. */
  durationMs: number;
}

/** A link as somebody presents it. Why one is `unknown` isn't told: that would help whoever makes them up. */
export type Opened =
  | { ok: true; link: Link; alert: AlertView }
  | { ok: false; reason: "unknown" | "expired" | "unavailable" };

export interface Links {
  make(asked: Args<"alert.link">): Promise<{ ok: true; value: Result<"alert.link"> } | Refusal>;
  /** Those that a notice offers; none while no key can be kept. */
  forNotice(alert: string): Promise<{ label: string; url: string }[]>;
  /** Finds what a link is about, and does nothing. The alert is as it is on disk. */
  open(token: string): Promise<Opened>;
}

/** Under which name the key is kept. */
const NAME = "links";
const NOTICE_MS = DAY;

/**
 * Signed links, `<payload>.<signature>` in base64url: whoever has one can use it. The signature is an HMAC-SHA256 over
 * the payload's text and the name of the data's history, as after a restore the same id may be another alert's.
 */
export function createLinks({ store, clock, publicUrl }: { store: Store; clock: Clock; publicUrl(): string }): Links {
  let making: Promise<string> | undefined;
  const kept = (): string | undefined => store.secrets.get(NAME)?.["key"];

  async function makeKey(): Promise<string> {
    const key = randomBytes(32).toString("base64url");
    await store.secrets.put(NAME, { key });
    return key;
  }

  /** The key, made at first need, and once for all who need it then. */
  const key = async (): Promise<string> => kept() ?? (making ??= makeKey().finally(() => (making = undefined)));

  const sign = (payload: string, key: string): string =>
    createHmac("sha256", Buffer.from(key, "base64url")).update(`${store.instance}.${payload}`).digest("base64url");

  async function urlOf({ alert, action, expiresAt, durationMs }: Link): Promise<string> {
    const payload = Buffer.from([alert, action, expiresAt, durationMs].join(" ")).toString("base64url");
    return `${publicUrl()}/link/${payload}.${sign(payload, await key())}`;
  }

  async function make({ id: alert, action, durationMs = 0, expiresMs }: Args<"alert.link">) {
    if (!store.state.get("alert", alert)) return noAlert(alert);
    await store.durable(store.state.rev);
    const expiresAt = clock.now() + expiresMs;
    return { ok: true as const, value: { url: await urlOf({ alert, action, expiresAt, durationMs }), expiresAt } };
  }

  async function forNotice(alert: string) {
    const expiresAt = clock.now() + NOTICE_MS;
    try {
      return [
        { label: "Acknowledge", url: await urlOf({ alert, action: "ack", expiresAt, durationMs: 0 }) },
        { label: "Snooze 1h", url: await urlOf({ alert, action: "snooze", expiresAt, durationMs: HOUR }) },
      ];
    } catch (error) {
      if (error instanceof StoreUnavailable) return [];
      throw error;
    }
  }

  /** What was signed here, whether or not its time is over. */
  function read(token: string): Link | undefined {
    const key = kept();
    const dot = token.indexOf(".");
    const payload = token.slice(0, dot);
    if (!key || dot < 0 || !isSame(token.slice(dot + 1), sign(payload, key))) return undefined;
    const [alert = "", action, expiresAt, durationMs] = Buffer.from(payload, "base64url").toString().split(" ");
    return { alert, action: action as Link["action"], expiresAt: Number(expiresAt), durationMs: Number(durationMs) };
  }

  async function open(token: string): Promise<Opened> {
    const link = read(token);
    const alert = link && store.state.get("alert", link.alert);
    if (!alert) return { ok: false, reason: "unknown" };
    if (link.expiresAt <= clock.now()) return { ok: false, reason: "expired" };
    const view = alertView(store.state, alert);
    try {
      await store.durable(store.state.rev);
    } catch (error) {
      if (error instanceof StoreUnavailable) return { ok: false, reason: "unavailable" };
      throw error;
    }
    return { ok: true, link, alert: view };
  }

  return { make, forNotice, open };
}

/** Compares the texts, as base64url's last letter has bits that don't count, in a time that doesn't tell where they differ. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
