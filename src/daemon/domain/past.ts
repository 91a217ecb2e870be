import { analysisName } from "../../shared/analysing.ts";
import type { PastAlert, PastAnalysis } from "../../shared/api/past.ts";
import type { Alert, Finding } from "../../shared/model.ts";
import type { ArchivedAlert, ArchivedAnalysis } from "./store.ts";

/** So many alerts of one instant are told apart. */
const NTH_MOST = 1_000;

/**
 * An alert of another monitor, as one that is over. It is older than any of our own, whose ids begin with the revision
 * that raised them; among its kind it goes by its time. When it ended isn't always known: then it ended as it began, so
 * that it is the same however often it is taken.
 */
export function pastAlert({ at, nth, resolvedAt = at, ...said }: PastAlert): ArchivedAlert {
  const value: Alert = {
    ...said,
    key: `past:${said.type}:${said.host ?? ""}`,
    state: "resolved",
    raisedAt: at,
    lastAt: resolvedAt,
    count: 1,
    resolvedAt,
    resolution: resolvedAt === at ? "taken over; when it ended isn't known" : "taken over",
  };
  return { id: `a0-${at * NTH_MOST + nth}`, value, deliveries: [] };
}

/** An analysis of another monitor, and what it said as its one finding. */
export function pastAnalysis({ host, at, lines, model, severity, text }: PastAnalysis): ArchivedAnalysis & {
  finding: Omit<Finding, "host" | "analysis" | "state" | "firstSeenAt" | "lastSeenAt" | "seen"> & { id: string };
} {
  const id = analysisName(at, host);
  const about = { key: `past:${host}`, rule: "predecessor", origin: "model", severity } as const;
  return {
    id,
    value: {
      host,
      at,
      tookMs: 0,
      trigger: "schedule",
      sources: [],
      lines,
      sent: 0,
      redactions: 0,
      templates: 0,
      newTemplates: 0,
      findings: { critical: 0, warning: 0, info: 0, [severity]: 1 },
      ...(model === undefined ? {} : { model: { name: model, tokensIn: 0, tokensOut: 0 } }),
      kept: `logs/${id}`,
    },
    finding: {
      id: "past",
      ...about,
      score: 0,
      title: "What it said",
      why: text,
      count: 0,
      evidence: [],
      templates: [],
    },
  };
}
