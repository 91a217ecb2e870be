import { z } from "zod";
import { createEngine, type Engine } from "../../src/daemon/engine/engine.ts";
import { noLogKinds } from "../../src/daemon/engine/logs.ts";
import { createMemoryStore } from "../../src/daemon/store/memory/memory-store.ts";
import { type Caller, refuseField } from "../../src/daemon/domain/decision.ts";
import { hashSecret } from "../../src/daemon/engine/tokens.ts";
import { createFakeClock } from "./fake-clock.ts";

export const admin: Caller = { name: "ada", role: "admin" };

/** A disk that a test can stop, let go on, or fill up. */
export function createGate() {
  let held: PromiseWithResolvers<void> | undefined;
  let failure: Error | undefined;
  return {
    hold: () => void (held = Promise.withResolvers()),
    release: () => held?.resolve(),
    fail: (error: Error | undefined) => void (failure = error),
    async write(): Promise<void> {
      await held?.promise;
      if (failure) throw failure;
    },
  };
}

const path = z.string().startsWith("/");
const titled = (given: unknown): string => `file ${(given as { path: string }).path}`;
const kindsOfLogs: Record<string, { options: z.ZodType; title(options: unknown): string }> = {
  file: { options: z.strictObject({ path }), title: titled },
  "ssh-file": { options: z.strictObject({ path, host: z.string(), user: z.string() }), title: titled },
};

/** The engine on the in-memory store, with a clock and a disk in the test's hands. */
export function createTestEngine({
  lastPulseAt,
  before,
  onDetect,
  runProbe = async () => {},
  runLogs = async () => {},
}: {
  lastPulseAt?: number;
  before?: () => void;
  onDetect?: (lagMs: number) => void;
  runProbe?: (id: string) => Promise<void>;
  runLogs?: (host: string) => Promise<void>;
} = {}) {
  const clock = createFakeClock();
  const gate = createGate();
  const store = createMemoryStore({ write: gate.write, ...(lastPulseAt === undefined ? {} : { lastPulseAt }) });
  let minted = 0;
  const faults: unknown[] = [];
  const engine: Engine = createEngine({
    store,
    clock,
    mint({ id: host = "", token: given }) {
      const token = given ?? `token-${host}-${++minted}`;
      const ping = `0b9d1c3e-2f4a-4b5c-8d6e-${String(++minted).padStart(12, "0")}`;
      const secrets = {
        token,
        heartbeat_url: "h",
        ping_url: `/ping/${ping}`,
        slug_url: `/ping/${token}/${host}`,
        push_url: `/api/push/${token}`,
      };
      return { tokenId: `t-${minted}`, hashes: [hashSecret(token), hashSecret(ping)], secrets };
    },
    fixedTokens: [
      { secret: "admin-secret", caller: admin },
      { secret: "viewer-secret", caller: { name: "vera", role: "viewer" } },
      { secret: "metrics-secret", caller: { name: "prom", role: "metrics" } },
    ],
    channels: {
      names: ["plain"],
      find: (type) =>
        type === "plain"
          ? { entry: z.object({ options: z.object({}), secrets: z.record(z.string(), z.string()) }), edits: false }
          : undefined,
      test: async () => ({ ok: true, answer: "it went through" }),
    },
    probes: {
      names: ["tcp"],
      find: (type) =>
        type === "tcp"
          ? {
              options: z.strictObject({ port: z.int().min(1) }),
              title: (given) => `TCP ${(given as { port: number }).port}`,
            }
          : undefined,
      run: runProbe,
    },
    logs: {
      ...noLogKinds,
      names: ["file", "ssh-file"],
      find: (type) => (Object.hasOwn(kindsOfLogs, type) ? kindsOfLogs[type] : undefined),
      run: runLogs,
      test: async () => [{ source: "auth", step: "read", ok: true, detail: "10 lines read" }],
      refuseRules: (rules, field) =>
        rules.some(({ pattern }) => pattern === "(") ? refuseField(`${field}.0.pattern`, "is no pattern") : undefined,
    },
    publicUrl: () => "https://sentinel.example.org",
    onFault: (error) => void faults.push(error),
    health: () => ({
      status: "healthy",
      version: "0",
      uptime_seconds: 0,
      components: {},
      timestamp: new Date(clock.now()).toISOString(),
    }),
    ...(before ? { before } : {}),
    ...(onDetect ? { onDetect } : {}),
  });
  /** Adds a host and returns its secrets. */
  async function addHost(id: string, args: object = {}) {
    const outcome = await engine.execute("host.add", { id, periodMs: 60_000, graceMs: 30_000, ...args }, admin);
    if (!outcome.ok) throw new Error(outcome.message);
    return (outcome.value as { secrets: { token: string; ping_url: string; slug_url: string; push_url: string } })
      .secrets;
  }
  return { engine, store, clock, gate, addHost, faults };
}

/** Lets everything that is ready to run do so, as often as it takes for chains of promises. */
export async function settled(turns = 20): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}
