import type { ProbeKind } from "../kind.ts";

/** Every way to ask the network something, by the name that a configuration gives it. */
export const probeKinds: Record<string, ProbeKind> = {};

export const findProbeKind = (name: string): ProbeKind | undefined =>
  Object.hasOwn(probeKinds, name) ? probeKinds[name] : undefined;
