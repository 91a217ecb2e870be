import { http as nodeHttp } from "../../../../../shared/node-http.ts";
import { SECOND } from "../../../../../shared/time.ts";
import { isInside } from "../../../../outgoing/url.ts";
import { type Asking, defineKind } from "../../define-kind.ts";
import type { Outcome } from "../../kind.ts";
import { brief } from "../../words.ts";
import { type Answer, exchange, type Request } from "./exchange.ts";
import { type Options, optionsSchema, statusFits } from "./options.ts";

/** Does an address answer as it should, and in time? */
export const http = defineKind({
  options: optionsSchema,
  title: ({ url, method }) => `HTTP ${method === "GET" ? "" : `${method} `}${shown(new URL(url))}`,
  async ask(options, asking) {
    const { answer, followed } = await follow(options, asking);
    const objection = objectionTo(answer, options, followed);
    const latencyMs = asking.took();
    if (objection !== undefined) {
      const { status } = answer;
      // 511: Network Authentication Required (RFC 6585).
      const captive = options.captive && ((status >= 200 && status < 400) || status === 511);
      return { ok: false, latencyMs, reason: objection, ...(captive ? { captive } : {}) };
    }
    return { ok: true, ...inTime(answer, latencyMs, options) };
  },
});

const isWeb = ({ protocol }: URL): boolean => /^https?:$/.test(protocol);

/** An address without what may be secret in it. */
const shown = ({ origin, pathname, search }: URL): string => `${origin}${pathname}${search ? "?…" : ""}`;

async function follow(options: Options, asking: Asking): Promise<{ answer: Answer; followed: number }> {
  const { method, headers, insecure, redirects, anywhere } = options;
  let request: Request = { url: new URL(options.url), method, headers, insecure };
  for (let followed = 0; ; followed += 1) {
    const answer = await exchange(request, asking);
    const next = redirected(request, answer);
    if (!next || followed >= redirects || !(anywhere || mayLead(request, answer, next.url)))
      return { answer, followed };
    request = { ...next, outside: !anywhere && (request.outside || !isInside(answer.from)) };
  }
}

/** Whoever is outside may not lead us inside, nor from what is secret to what is in the clear. */
export const mayLead = ({ url }: Pick<Request, "url">, { from }: Pick<Answer, "from">, to: URL): boolean =>
  (url.protocol === to.protocol || to.protocol === "https:") && (isInside(from) || !isInside(to.hostname));

/** The request that a redirect asks for (RFC 9110, 15.4). Headers go to nobody but whom they were meant for. */
function redirected({ url, method, headers, insecure }: Request, { status, location }: Answer): Request | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || !location || !isWeb(location)) return undefined;
  location.username = location.password = "";
  const kept = status >= 307 || method === "HEAD";
  return {
    url: location,
    method: kept ? method : "GET",
    headers: location.origin === url.origin ? headers : {},
    insecure,
  };
}

function objectionTo({ status, location, body }: Answer, options: Options, followed: number): string | undefined {
  const { contains, containsNot } = options;
  if (!statusFits(status, options.status)) {
    // More of the address than its origin may be secret.
    const where =
      location && status >= 300 && status < 400 ? ` to ${isWeb(location) ? location.origin : location.protocol}` : "";
    const after = followed > 0 ? ` after ${followed} redirect${followed === 1 ? "" : "s"}` : "";
    return `an unexpected ${named(status)}${where}${after}, not ${options.status}`;
  }
  if (contains !== undefined && !body.includes(contains)) return `${status}, but the body lacks ${quoted(contains)}`;
  if (containsNot !== undefined && body.includes(containsNot))
    return `${status}, but the body has ${quoted(containsNot)} in it`;
  return undefined;
}

const quoted = (text: string): string => brief(JSON.stringify(text));

const named = (status: number): string => `${status} ${nodeHttp.STATUS_CODES[status] ?? ""}`.trim();

function inTime({ status, steps }: Answer, latencyMs: number, { slowMs = Infinity }: Options): Omit<Outcome, "ok"> {
  if (latencyMs <= slowMs) return { latencyMs, reason: named(status) };
  const parts = [
    ["connected", steps.connected],
    ["TLS", steps.secured],
    ["answered", steps.answered],
  ].flatMap(([name, at]) => (at === undefined ? [] : `${name} after ${Math.round(Number(at))} ms`));
  const reason = `${named(status)}, but slow: ${Math.round(latencyMs) / SECOND} s (${parts.join(", ")})`;
  return { latencyMs, warning: true, reason };
}
