import { Resolver } from "node:dns/promises";
import { isIP, isIPv6, SocketAddress } from "node:net";
import { z } from "zod";
import { codeIn } from "../../../../../shared/error-code.ts";
import { SECOND } from "../../../../../shared/time.ts";
import { type Asking, defineKind } from "../../define-kind.ts";
import type { Outcome } from "../../kind.ts";
import { nameSchema } from "../../target.ts";
import { brief } from "../../words.ts";

const types = ["A", "AAAA", "CNAME", "MX", "TXT", "NS", "SOA", "PTR", "SRV"] as const;
type Type = (typeof types)[number];

const options = z
  .strictObject({
    resolver: z
      .string()
      .max(100)
      .refine(
        (text) => text === "system" || isIP(text) !== 0 || SocketAddress.parse(text) !== undefined,
        "a resolver is system, an IP address, or one with its port: 192.0.2.1:53, [2001:db8::1]:53",
      )
      .default("system"),
    name: nameSchema.refine((text) => isIP(text) === 0, "ask for an address by its name: 1.2.0.192.in-addr.arpa"),
    type: z.enum(types).default("A"),
    /** Values that must come: as `dig +short` shows them, without quotes and final dots. */
    expect: z.array(z.string().min(1).max(500)).min(1).max(20).optional(),
    /** Is one of them enough, or must each of them come? Others may come beside. */
    match: z.enum(["any", "all"]).default("any"),
    /** There must be no such name, or nothing of that type. */
    expectNone: z.boolean().default(false),
  })
  .refine(({ expect, expectNone }) => !(expect && expectNone), {
    path: ["expectNone"],
    message: "leave out expect, or expectNone",
  });
type Options = z.infer<typeof options>;

/** Does a resolver answer, and what? Nothing but DNS is asked: no hosts file, no cache. */
export const dns = defineKind({
  options,
  title: ({ resolver, name, type }) => `DNS ${resolver} ${name} ${type}`,
  async ask(given, asking) {
    const resolver = resolverFor(given, asking);
    const cancel = (): void => resolver.cancel();
    asking.signal.addEventListener("abort", cancel);
    try {
      const came = await records(resolver, given.name, given.type);
      return { latencyMs: asking.took(), ...judge(came, given) };
    } catch (error) {
      const code = codeIn(error);
      if (asking.signal.aborted || code === undefined) throw error;
      return failed(code, given, asking);
    } finally {
      asking.signal.removeEventListener("abort", cancel);
    }
  },
});

/** Each server is asked once. Where the system has several, a dead one leaves time for the others. */
function resolverFor({ resolver }: Options, { timeoutMs }: Asking): Resolver {
  if (resolver === "system") {
    const servers = new Resolver().getServers();
    return new Resolver({ tries: 1, timeout: Math.ceil(timeoutMs / Math.max(1, servers.length)) });
  }
  const chosen = new Resolver({ tries: 1, timeout: timeoutMs });
  chosen.setServers([resolver]);
  return chosen;
}

/** What came, as the values of `expect` are written. */
async function records(resolver: Resolver, name: string, type: Type): Promise<string[]> {
  switch (type) {
    case "A":
      return resolver.resolve4(name);
    case "AAAA":
      return resolver.resolve6(name);
    case "CNAME":
      return resolver.resolveCname(name);
    case "NS":
      return resolver.resolveNs(name);
    case "PTR":
      return resolver.resolvePtr(name);
    case "TXT":
      return (await resolver.resolveTxt(name)).map((pieces) => pieces.join(""));
    case "MX":
      return (await resolver.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${exchange}`);
    case "SRV":
      return (await resolver.resolveSrv(name)).map(
        ({ priority, weight, port, name }) => `${priority} ${weight} ${port} ${name}`,
      );
    case "SOA": {
      const { nsname, hostmaster, serial, refresh, retry, expire, minttl } = await resolver.resolveSoa(name);
      return [[nsname, hostmaster, serial, refresh, retry, expire, minttl].join(" ")];
    }
  }
}

function judge(came: string[], { type, expect, match, expectNone }: Options): Outcome {
  const said = brief(came.toSorted().join(", "));
  if (expectNone) return { ok: false, reason: `an unexpected answer: ${said}` };
  const seen = new Set(came.map((value) => comparable(value, type)));
  const missing = (expect ?? []).filter((value) => !seen.has(comparable(value, type)));
  const fits = match === "all" || !expect ? missing.length === 0 : missing.length < expect.length;
  if (fits) return { ok: true, reason: said };
  return { ok: false, reason: `an unexpected answer: ${said}, without ${brief(missing.join(", "))}` };
}

/** Two spellings of the same value are the same; texts differ in every letter. */
function comparable(value: string, type: Type): string {
  if (type === "TXT") return value;
  if (isIPv6(value)) return new SocketAddress({ address: value, family: "ipv6" }).address;
  return value.toLowerCase().replace(/\.$/, "");
}

const answers: Record<string, string> = {
  ESERVFAIL: "the resolver couldn't find out (SERVFAIL)",
  EREFUSED: "the resolver won't answer (REFUSED)",
  ENOTIMP: "the resolver doesn't know how (NOTIMP)",
  EFORMERR: "the resolver didn't understand (FORMERR)",
  EBADRESP: "the resolver's answer makes no sense",
};

function failed(code: string, { type, expectNone }: Options, { timeoutMs, took }: Asking): Outcome {
  const latencyMs = took();
  if (code === "ENOTFOUND" || code === "ENODATA") {
    const reason = code === "ENODATA" ? `the name has no ${type}` : "there is no such name (NXDOMAIN)";
    return { ok: expectNone, latencyMs, reason };
  }
  if (code === "ETIMEOUT") return { ok: false, reason: `timed out after ${timeoutMs / SECOND} s` };
  if (code === "ECONNREFUSED") return { ok: false, reason: "no resolver can be reached there" };
  const reason = answers[code];
  return reason === undefined ? { ok: false, reason: `failed (${code})` } : { ok: false, latencyMs, reason };
}
