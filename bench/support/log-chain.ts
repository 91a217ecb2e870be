import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createParser } from "../../src/daemon/monitors/logs/formats/parse.ts";
import { createChain } from "../../src/daemon/monitors/logs/offline/chain.ts";
import { createLineReader } from "../../src/daemon/monitors/logs/read/lines.ts";
import type { Row } from "./report.ts";
import { syslog } from "./syslog.ts";

const BLOCK = 10_000;
const program = join(import.meta.dirname, "../../dist/sentinel.mjs");

/** Generated lines as the bytes of a file, so many at a time. */
function* blocks(lines: number): Generator<Buffer> {
  let block: string[] = [];
  for (const line of syslog({ lines })) {
    block.push(line);
    if (block.length < BLOCK) continue;
    yield Buffer.from(`${block.join("\n")}\n`);
    block = [];
  }
  yield Buffer.from(block.map((line) => `${line}\n`).join(""));
}

/** Seconds of CPU that `take` needs for all blocks; making them doesn't count. */
function cpuSeconds(lines: number, take: (block: Buffer) => void): number {
  let micros = 0;
  for (const block of blocks(lines)) {
    const from = process.cpuUsage();
    take(block);
    const { user, system } = process.cpuUsage(from);
    micros += user + system;
  }
  return micros / 1e6;
}

function chainSeconds(lines: number, detect: boolean): number {
  const reader = createLineReader();
  const chain = createChain({ key: new Uint8Array(32), now: Date.parse("2026-01-01T00:00Z"), detect });
  return cpuSeconds(lines, (block) => {
    for (const line of reader.push(block)) chain.take(line);
  });
}

/** Reading, cleaning and taking apart alone. */
function parseSeconds(lines: number): number {
  const reader = createLineReader();
  const parser = createParser({ now: Date.parse("2026-01-01T00:00Z") });
  return cpuSeconds(lines, (block) => {
    for (const line of reader.push(block)) if (typeof line === "string") parser.parse(line, 1);
  });
}

/** The most that the command line ever held while it went through a file, in MB, as the system says (VmHWM). */
async function mostResident(verb: string, file: string): Promise<number> {
  const child = spawn(process.execPath, [program, "logs", verb, file], { stdio: ["ignore", "ignore", "inherit"] });
  let most = 0;
  const look = (): void => {
    try {
      most = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? most);
    } catch {
      // It has ended, or this system has no such file.
    }
  };
  const timer = setInterval(look, 50);
  await new Promise((resolve) => child.on("close", resolve));
  clearInterval(timer);
  return most > 0 ? most / 1024 : Number.NaN;
}

/** The whole way of a line: how many a second of CPU, and what the commands hold meanwhile. */
export async function chainRows(lines: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-bench-"));
  const file = join(folder, "generated.log");
  const handle = openSync(file, "w");
  for (const block of blocks(lines)) writeSync(handle, block);
  closeSync(handle);
  const unit = "lines/s of CPU";
  const rows: Row[] = [
    { name: "lines read and taken apart", figure: lines / parseSeconds(lines), unit },
    { name: "normalise, redact and mine", goal: "≥ 60,000", figure: lines / chainSeconds(lines, false), unit },
    { name: "… and detect", figure: lines / chainSeconds(lines, true), unit },
  ];
  for (const verb of ["redact", "templates", "analyze"])
    rows.push({ name: `logs ${verb}, resident`, goal: "≤ 200", figure: await mostResident(verb, file), unit: "MB" });
  rmSync(folder, { recursive: true, force: true });
  return rows;
}
