import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { SECOND } from "../src/shared/time.ts";
import { type Sent, startHonest } from "../tests/support/abuse/honest.ts";
import { quantile, whole } from "./support/figures.ts";
import type { Measured, Row } from "./support/report.ts";
import { type Server, startSentinel } from "./support/servers.ts";

const HOSTS = 1_000;
const PERIOD_MS = 5 * SECOND;
const SPAN_MS = 20 * SECOND;
/** Connections that are slow; ten times as many are idle. */
const SLOW = 500;

const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const abuser = fileURLToPath(new URL("../tests/support/abuse/abuser.ts", import.meta.url));

async function call({ port, token }: Server, path: string, body?: object) {
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { "x-api-key": token, "content-type": "application/json" },
    ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
  });
  if (!reply.ok) throw new Error(`${path} was answered ${reply.status}`);
  return (await reply.json()) as { token: string; items: { type: string }[] };
}

async function addHost(server: Server, id: string) {
  const args = { name: id, host_id: id, expected_frequency_seconds: PERIOD_MS / SECOND, grace_period_seconds: 5 };
  return { id, token: (await call(server, "/api/v1/hosts", args)).token };
}

const phases: [name: string, kinds: string[]][] = [
  ["quiet", []],
  [`${SLOW} slow-loris`, ["loris"]],
  [`${whole(10 * SLOW)} idle sockets`, ["idle"]],
  ["a flood of requests", ["flood"]],
  ["100 MB frames and bodies", ["huge"]],
  ["all of them at once", ["loris", "idle", "flood", "huge"]],
];

/** What honest hosts notice of it when others of the same address misuse the daemon. */
export async function run(): Promise<Measured> {
  const server = await startSentinel(undefined, undefined, { limited: true });
  const url = `http://127.0.0.1:${server.port}`;
  const hosts = [];
  for (let i = 0; i < HOSTS; i++) hosts.push(await addHost(server, `host-${i}`));
  const honest = startHonest({ url, hosts, periodMs: PERIOD_MS });
  await pass(PERIOD_MS);
  const rows: Row[] = [];
  let quiet: Sent[] | undefined;
  let calledDown = 0;
  for (const [name, kinds] of phases) {
    const child = spawn(process.execPath, [abuser, String(server.port), "7", String(SLOW), ...kinds]);
    honest.take();
    await pass(SPAN_MS);
    const sent = honest.take();
    const rss = Number(execFileSync("ps", ["-o", "rss=", "-p", String(server.pid)], { encoding: "utf8" })) / 1024;
    if (child.exitCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    const { items } = await call(server, "/api/v1/alerts?limit=1000");
    rows.push(...rowsOf(name, sent, (quiet ??= sent), rss), {
      name: "… hosts called down",
      goal: "0",
      figure: items.length - calledDown,
      unit: "hosts",
    });
    calledDown = items.length;
  }
  honest.stop();
  await server.stop();
  return {
    rows,
    about: `${whole(HOSTS)} hosts that report every ${PERIOD_MS / SECOND} s, grace as long, on a connection each time, while others of the same address do each of these for ${SPAN_MS / SECOND} s; ratios are to the quiet round; nothing is tried again; the abusers share the machine`,
  };
}

function rowsOf(name: string, sent: Sent[], quiet: Sent[], rssMb: number): Row[] {
  const took = (of: Sent[], share: number): number =>
    quantile(
      of.filter(({ ok }) => ok).map(({ tookMs }) => tookMs),
      share,
    );
  const late = (share: number) => ({
    ratio: took(sent, share) / took(quiet, share),
    figure: took(sent, share),
    unit: "ms",
  });
  return [
    { name: `${name}: answered, half of them in`, ...late(0.5) },
    { name: "… 99 of a hundred", ...late(0.99) },
    { name: "… acknowledged", figure: (100 * sent.filter(({ ok }) => ok).length) / sent.length, unit: "%" },
    { name: "… resident", figure: rssMb, unit: "MB" },
  ];
}
