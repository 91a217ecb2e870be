import { z } from "zod";

/** How often one may ask, and how many may be connected. */
export const limitsSetting = z.strictObject({
  publicPerMinute: z.int().min(10).max(1_000_000).describe("Requests from one address without a token."),
  wrongPerMinute: z
    .int()
    .min(5)
    .max(1_000_000)
    .describe("Requests from one address with a token that isn't known, log-ins over a WebSocket among them."),
  hostPerSecond: z.int().min(1).max(1_000_000).describe("Requests, pings and frames with the token of one host."),
  tokenPerSecond: z
    .int()
    .min(10)
    .max(1_000_000)
    .describe("The same with any other token, such as a ping key of all hosts."),
  unprovenPerAddress: z
    .int()
    .min(10)
    .max(100_000)
    .describe("Connections of one address on which no known token has been shown yet."),
  unproven: z.int().min(10).max(100_000).describe("Such connections in all."),
});
