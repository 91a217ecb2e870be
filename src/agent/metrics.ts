import { statfs } from "node:fs/promises";
import os from "node:os";

const round = (value: number): number => Math.round(value * 100) / 100;
const percent = (part: number, whole: number): number => (whole > 0 ? round((part / whole) * 100) : 0);

function memory(): Record<string, number> {
  const totalBytes = os.totalmem();
  const freeBytes = os.freemem();
  return {
    memoryUsedPercent: percent(totalBytes - freeBytes, totalBytes),
    memoryFreeBytes: freeBytes,
    memoryTotalBytes: totalBytes,
  };
}

/** Used as `df` counts it: what is kept for root counts neither as used nor as free. */
async function disk(folder: string): Promise<Record<string, number>> {
  const { blocks, bfree, bavail, bsize } = await statfs(folder);
  const used = blocks - bfree;
  return { diskUsedPercent: percent(used, used + bavail), diskFreeBytes: bavail * bsize };
}

/** How this machine is just now, as named numbers. A file system that doesn't answer is left out. */
export async function readMetrics(folder = "/"): Promise<Record<string, number>> {
  const [load1 = 0, load5 = 0, load15 = 0] = os.loadavg().map(round);
  return {
    load1,
    load5,
    load15,
    cpus: os.availableParallelism(),
    ...memory(),
    ...(await disk(folder).catch(() => ({}))),
    uptimeSeconds: Math.round(os.uptime()),
  };
}
