import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const bundle = fileURLToPath(new URL("../../dist/sentinel.mjs", import.meta.url));

// What a test expects of an answer it says by its assertions.
// oxlint-disable-next-line typescript/no-explicit-any
type Json = any;

export interface DaemonProcess {
  child: ChildProcess;
  url: string;
  token: string;
  /** Ends it at once, as a power cut or the kernel would. */
  kill(): Promise<void>;
  /** Ends it as a person does; returns its exit status. */
  stop(): Promise<number | null>;
  /** One REST call with the administrator's token. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }>;
}

/** How it is started, where that matters. */
interface How {
  /** Another program that is a daemon. */
  program?: readonly string[];
  environment?: Record<string, string>;
}

/** A real daemon as users run it, or another program that is one. */
export function spawnDaemon(folder: string, listen: string, { program, environment }: How = {}) {
  if (!program && !existsSync(bundle)) throw new Error("there is no bundle: run `npm run build` first");
  return spawn(process.execPath, program ?? [bundle, "daemon", "--data", folder, "--listen", listen], {
    stdio: ["ignore", "ignore", "pipe"],
    // No test reaches out to the internet.
    env: { ...process.env, LOG_LEVEL: "info", SENTINEL_LINE: "off", ...environment },
  });
}

/** Starts a real daemon on a real folder, and resolves when it listens. */
export async function startDaemon(folder: string, listen = "127.0.0.1:0", how: How = {}): Promise<DaemonProcess> {
  const child = spawnDaemon(folder, listen, how);
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    if (line.includes("watching")) break;
  }
  child.stderr.resume();
  if (!said.at(-1)?.includes("watching")) throw new Error(`the daemon didn't start:\n${said.join("\n")}`);
  const { url } = JSON.parse(readFileSync(join(folder, "daemon.json"), "utf8")) as { url: string };
  const token = readFileSync(join(folder, "admin.token"), "utf8").trim();

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, "exit");
    }
    return child.exitCode;
  }

  async function call(method: string, path: string, body?: unknown) {
    const reply = await fetch(url + path, {
      method,
      headers: { "x-api-key": token, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    return { status: reply.status, body: text === "" ? undefined : JSON.parse(text) };
  }

  return { child, url, token, kill: async () => void (await end("SIGKILL")), stop: () => end("SIGTERM"), call };
}
