import type { Result } from "../../../shared/api/registry.ts";
import type { Settings } from "../../../shared/model.ts";
import { cleanText } from "../../../shared/text.ts";

/** How the monitor is, for whoever watches it: what is wrong, a line a component, or that all is well. */
export interface Report {
  healthy: boolean;
  lines: string[];
}

export type UpstreamKind = NonNullable<Settings["upstream"]["kind"]>;

/** One request to the upstream. */
export interface Telling {
  method: "get" | "post";
  url: string;
  body?: string;
}

// UTF-8 needs at most three bytes for each of these: healthchecks.io keeps the first 10 kB of a body at least.
const longestBody = 3_300;
const longestMessage = 500;

/** The upstream's own trouble is left out: reported as failure it would be gone by being told. */
export function reportOf({ components }: Result<"health.show">): Report {
  const wrong = Object.entries(components).filter(([name, { status }]) => name !== "upstream" && status !== "ok");
  const lines = wrong.map(([name, { detail }]) => cleanText(`${name}: ${detail}`));
  return lines.length === 0 ? { healthy: true, lines: ["all is well"] } : { healthy: false, lines };
}

/** Which of them a URL looks like: hc-ping.com or a `/ping/` of one's own, an `/api/push/` of Uptime Kuma, or neither. */
export function kindOf(url: string): UpstreamKind {
  const { hostname, pathname } = new URL(url);
  if (/\/api\/push\/[^/]+\/?$/.test(pathname)) return "kuma";
  return hostname === "hc-ping.com" || pathname.startsWith("/ping/") ? "healthchecks" : "url";
}

/**
 * What tells the report; a plain URL can't be told that something is wrong, so it hears nothing then. `tookMs` is how
 * long the last answer took, `run` names the run that this report ends at healthchecks.io.
 */
export function tellingOf(
  kind: UpstreamKind,
  url: string,
  report: Report,
  { tookMs, run }: { tookMs?: number | undefined; run?: string | undefined } = {},
): Telling | undefined {
  if (kind === "url") return report.healthy ? { method: "get", url } : undefined;
  if (kind === "kuma") return pushOf(url, report, tookMs);
  return post(ofRun(report.healthy ? url : below(url, "fail"), run), report.lines.join("\n"));
}

/** That this monitor has begun: only healthchecks.io can be told, which measures until the first report of the same run. */
export const startOf = (kind: UpstreamKind, url: string, run: string): Telling | undefined =>
  kind === "healthchecks" ? post(ofRun(below(url, "start"), run), "the monitor has started") : undefined;

const post = (url: string, text: string): Telling => ({ method: "post", url, body: cut(text, longestBody) });

function pushOf(address: string, { healthy, lines }: Report, tookMs?: number): Telling {
  const url = new URL(address);
  url.searchParams.set("status", healthy ? "up" : "down");
  url.searchParams.set("msg", cut(lines.join("; "), longestMessage));
  url.searchParams.set("ping", tookMs === undefined ? "" : String(Math.round(tookMs)));
  return { method: "get", url: url.href };
}

function below(address: string, word: string): string {
  const url = new URL(address);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/${word}`;
  return url.href;
}

function ofRun(address: string, run: string | undefined): string {
  if (run === undefined) return address;
  const url = new URL(address);
  url.searchParams.set("rid", run);
  return url.href;
}

const cut = (text: string, limit: number): string => text.slice(0, limit).toWellFormed();
