import type { ProbeKind } from "../kind.ts";
import { dns } from "./dns/dns.ts";
import { gateway } from "./gateway/gateway.ts";
import { http } from "./http/http.ts";
import { icmp } from "./icmp/icmp.ts";
import { tcp } from "./tcp/tcp.ts";
import { tls } from "./tls/tls.ts";

/** Every way to ask the network something, by the name that a configuration gives it. */
export const probeKinds: Record<string, ProbeKind> = { icmp, tcp, dns, http, tls, gateway };

export const findProbeKind = (name: string): ProbeKind | undefined =>
  Object.hasOwn(probeKinds, name) ? probeKinds[name] : undefined;
