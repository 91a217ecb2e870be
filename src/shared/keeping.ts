import { z } from "zod";

const keptDays = z.int().min(1).max(3_660);
const keptMegabytes = z.int().min(1).max(10_000_000);

/** How long history is kept, and how much of it: what goes over either goes, the oldest first. */
export const retentionSetting = z.strictObject({
  heartbeatDays: keptDays.describe("Heartbeats: for how many days.").default(30),
  heartbeatMegabytes: keptMegabytes.describe("Heartbeats: how many megabytes.").default(10_000),
  alertDays: keptDays.describe("Resolved alerts: for how many days.").default(90),
  alertMegabytes: keptMegabytes.describe("Resolved alerts: how many megabytes.").default(1_000),
  analysisDays: keptDays.describe("Analyses of logs: for how many days.").default(60),
  analysisMegabytes: keptMegabytes.describe("Analyses of logs: how many megabytes.").default(1_000),
  rollupDays: keptDays.describe("Summaries of days: for how many days.").default(400),
  rollupMegabytes: keptMegabytes.describe("Summaries of days: how many megabytes.").default(5_000),
  auditDays: keptDays.describe("The record of who did what: for how many days.").default(400),
  auditMegabytes: keptMegabytes.describe("The record of who did what: how many megabytes.").default(5_000),
});

/** The daily backup. */
export const backupSetting = z.object({
  keep: z.int().min(0).max(366).describe("How many daily backups are kept; with 0 none is made."),
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write a time of day as in 03:17")
    .describe("At what time of day it is made, UTC."),
});
