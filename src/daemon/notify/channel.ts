import type { z } from "zod";
import type { AlertView } from "../../shared/api/alert.ts";
import type { Severity } from "../../shared/model.ts";

/** What is to be told: one alert and what has become of it, many at once, or a test of the channel. */
export interface Notice {
  /** The same for every try of the same delivery: receivers that know idempotency keys drop repeats by it. */
  key: string;
  event: "raised" | "acknowledged" | "resolved" | "digest" | "test";
  /** Absent in a digest and a test. */
  alert?: AlertView;
  /** The worst that is open in a digest; absent if nothing is. */
  severity?: Severity;
  /** One line: what happened to what. */
  title: string;
  /** Why, in words. */
  reason: string;
  /** When it happened, which may be long before it is told. */
  at: number;
  /** What is over with this: alerts by their ids, and earlier digests by their keys once all in them is. */
  ended?: readonly string[];
  /** Addresses where whoever reads this can do something about it. */
  actions?: readonly Action[];
}

/** A link to a page. */
export interface Action {
  label: string;
  url: string;
}

/** What came of a try. `reason` is for people and never holds a secret or the provider's raw text unshortened. */
export type Sent =
  | { ok: true; /** What the provider calls the message, to edit it later. */ ref?: string }
  | {
      ok: false;
      reason: string;
      /** Worth another try: the provider was busy, broken or out of reach. */
      retry: boolean;
      /** The provider asked for this pause. */
      retryAfterMs?: number;
      /** That pause is for every channel of this type. */
      global?: true;
      /** The channel is no more (a deleted webhook): nothing will ever go through it. */
      gone?: true;
    };

/** What a channel gets besides the notice. */
export interface Sending {
  /** Checked by the channel's own schemas. */
  options: unknown;
  secrets: unknown;
  /** The provider's name for the message about the same alert, if one was sent. */
  ref?: string | undefined;
  signal: AbortSignal;
}

/** One way to reach people: a folder under `channels/` and a line in their registry. */
export interface Channel {
  type: string;
  /** What may be seen. */
  options: z.ZodType;
  /** What lies only in secrets.json. */
  secrets: z.ZodType;
  /** Can a later event change the first message instead of sending another? */
  edits: boolean;
  send(notice: Notice, sending: Sending): Promise<Sent>;
}
