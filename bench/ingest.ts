import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pinnedFetch } from "../src/shared/client/pinned.ts";
import { makeCertificate } from "../tests/support/certificate.ts";
import { median } from "./support/figures.ts";
import { loadHttp, loadWs, type Target } from "./support/load.ts";
import { type Server, startBare, startSentinel } from "./support/servers.ts";
import type { Measured, Row } from "./support/report.ts";

const ROUNDS = 5;
const SPAN_MS = 2_000;
const hosts = Array.from({ length: 64 }, (_, i) => `host-${i}`);

async function addHosts({ port, token, tls }: Server): Promise<void> {
  const ask = tls ? pinnedFetch(tls.certFile) : fetch;
  for (const name of hosts) {
    const reply = await ask(`http${tls ? "s" : ""}://127.0.0.1:${port}/api/v1/hosts`, {
      method: "POST",
      headers: { "x-api-key": token, "content-type": "application/json" },
      body: JSON.stringify({ name }),
    });
    if (!reply.ok) throw new Error(`host ${name} was not added: ${reply.status}`);
  }
}

/** Durable heartbeats a second, beside a bare server in the same run: rounds alternate, so that both see the same machine. */
export async function run(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-bench-"));
  const tls = makeCertificate(folder, "bench");
  const plain = { bare: await startBare(), sentinel: await startSentinel() };
  const secret = { bare: await startBare(tls), sentinel: await startSentinel(undefined, tls) };
  for (const { sentinel } of [plain, secret]) await addHosts(sentinel);
  const rows: Row[] = [];
  for (const [name, load, { bare, sentinel }, goal] of [
    ["HTTP", loadHttp, plain, "≥ 0.6"],
    ["HTTP over TLS", loadHttp, secret, "≥ 0.6"],
    ["WebSocket", loadWs, plain, "≥ 0.7"],
  ] as const) {
    const rates = await rounds(load, { ...bare, hosts }, { ...sentinel, hosts });
    rows.push({
      name: `over ${name}`,
      goal,
      ratio: median(rates.map((round) => round.sentinel / round.bare)),
      figure: median(rates.map((round) => round.sentinel)),
      unit: "durable heartbeats/s",
    });
  }
  for (const { bare, sentinel } of [plain, secret]) await Promise.all([bare.stop(), sentinel.stop()]);
  rmSync(folder, { recursive: true, force: true });
  return {
    rows,
    about: `heartbeats that are answered once they are on disk, beside a bare server that parses and answers and keeps nothing; medians of ${ROUNDS} rounds of ${SPAN_MS / 1000} s; HTTP: 256 connections, one request each; WebSocket: 64 with 16 frames each; the client shares the machine`,
  };
}

async function rounds(load: typeof loadHttp, bare: Target, sentinel: Target) {
  const rates: { bare: number; sentinel: number }[] = [];
  for (let i = 0; i < ROUNDS; i++)
    rates.push({ bare: await load(bare, SPAN_MS), sentinel: await load(sentinel, SPAN_MS) });
  return rates;
}
