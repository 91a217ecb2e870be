import { readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { SECOND } from "../../shared/time.ts";
import { callDaemon } from "../call.ts";
import type { Target } from "../connect.ts";
import { failureOf } from "../failure.ts";
import { machineId } from "../this-machine.ts";

/** What is kept of this machine's own registration: the token is shown by the daemon only once. */
interface Note {
  host: string;
  token: string;
}

// Short, so that a person who looks on sees it tick.
const periodMs = 10 * SECOND;
const graceMs = 20 * SECOND;

async function readNote(file: string): Promise<Note | undefined> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "{}";
    throw error;
  });
  try {
    const note = JSON.parse(text) as Partial<Note>;
    return note.host && note.token ? { host: note.host, token: note.token } : undefined;
  } catch {
    // Cut short by a crash: a new token replaces it.
    return undefined;
  }
}

async function addHost(target: Target, id: string): Promise<Note> {
  const answer = await callDaemon(target, "host.add", { id, name: os.hostname(), periodMs, graceMs });
  if (!answer.ok) throw failureOf(answer);
  return { host: id, token: answer.value.secrets.token };
}

async function renewToken(target: Target, id: string): Promise<Note> {
  const answer = await callDaemon(target, "host.token", { id });
  if (!answer.ok) throw failureOf(answer);
  return { host: id, token: answer.value.token };
}

const opens = async (target: Target, token: string): Promise<boolean> => {
  const answer = await callDaemon({ ...target, token }, "health.show", {});
  return answer.ok || answer.code !== "unauthorized";
};

/** Sees to it that this machine is a host with a token that we hold, and says where its note lies. */
export async function registerThisHost(target: Target, data: string): Promise<{ host: string; file: string }> {
  const file = path.join(data, "agent.json");
  const kept = await readNote(file);
  const id = kept?.host ?? machineId();
  const known = await callDaemon(target, "host.show", { id });
  if (!known.ok && known.code !== "not_found") throw failureOf(known);
  if (known.ok && kept && (await opens(target, kept.token))) return { host: id, file };
  const note = known.ok ? await renewToken(target, id) : await addHost(target, id);
  await writeFile(file, `${JSON.stringify(note)}\n`, { mode: 0o600 });
  return { host: id, file };
}
