import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

interface TlsFiles {
  certFile: string;
  keyFile: string;
}

export interface Server {
  pid: number | undefined;
  port: number;
  token: string;
  tls?: TlsFiles | undefined;
  stop(): Promise<void>;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

/** The bare server, in a process of its own. */
export async function startBare(tls?: TlsFiles): Promise<Server> {
  const files = tls ? [tls.certFile, tls.keyFile] : [];
  const child = spawn(process.execPath, [here("./bare-server.ts"), ...files], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { pid: child.pid, port: Number(line.split(" ")[1]), token: "none", tls, stop: () => ended(child) };
}

/** The daemon as users run it, on the folder given or on one of its own that goes with it. A token has no limit, unless `limited`. */
export async function startSentinel(given?: string, tls?: TlsFiles, { limited = false } = {}): Promise<Server> {
  const folder = given ?? mkdtempSync(join(tmpdir(), "sentinel-bench-"));
  const child = spawn(
    process.execPath,
    [
      here("../../dist/sentinel.mjs"),
      "daemon",
      "--data",
      folder,
      "--listen",
      "127.0.0.1:0",
      ...(limited ? [] : ["--config", here("./unlimited.yaml")]),
      ...(tls ? ["--tls-cert", tls.certFile, "--tls-key", tls.keyFile] : []),
    ],
    { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, LOG_LEVEL: "info" } },
  );
  for await (const line of createInterface({ input: child.stderr })) if (line.includes("watching")) break;
  child.stderr.resume();
  const { url } = JSON.parse(readFileSync(join(folder, "daemon.json"), "utf8")) as { url: string };
  return {
    pid: child.pid,
    port: Number(new URL(url).port),
    token: readFileSync(join(folder, "admin.token"), "utf8").trim(),
    tls,
    async stop() {
      await ended(child);
      if (given === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
