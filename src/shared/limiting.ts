import { z } from "zod";

/** How often one may ask, and how many may be connected. */
export const limitsSetting = z.strictObject({
  /** Requests from one address without a token. */
  publicPerMinute: z.int().min(10).max(1_000_000),
  /** … with a token that isn't known, log-ins over a WebSocket among them. */
  wrongPerMinute: z.int().min(5).max(1_000_000),
  /** Requests, pings and frames with the token of one host; and with any other, such as a ping key of all of them. */
  hostPerSecond: z.int().min(1).max(1_000_000),
  tokenPerSecond: z.int().min(10).max(1_000_000),
  /** Connections on which no known token has been shown yet: of one address, and in all. */
  unprovenPerAddress: z.int().min(10).max(100_000),
  unproven: z.int().min(10).max(100_000),
});
