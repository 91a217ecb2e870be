import { randomUUID } from "node:crypto";
import type { ArgsInput, CommandName } from "../shared/api/registry.ts";
import { createSocket } from "../shared/client/socket.ts";
import type { SentinelSocket } from "../shared/client/socket.ts";
import { refuse, unreached } from "../shared/errors.ts";
import type { Refusal } from "../shared/errors.ts";
import { systemClock } from "../shared/system-clock.ts";
import type { Target } from "./connect.ts";
import { version } from "./installation.ts";

/** What stands in the way of a connection, by what the system said of it. */
const remedies: readonly [RegExp, string][] = [
  [/certificate/, "say with --ca (or SENTINEL_CA) who signed its certificate"],
  [/socket hang up/, "if it speaks TLS, write https://"],
  [/wrong version number|packet length too long|EPROTO/, "if it speaks no TLS, write http://"],
];

/** A refusal with the daemon it came from. The token is looked for only where it is needed: what is public works without. */
export function explain(refusal: Refusal, target: Target): Refusal {
  if (refusal.code === "unauthorized" && !target.token)
    return refuse("unauthorized", `${target.url} wants a token: give --token-file or SENTINEL_TOKEN`);
  if (refusal.code === "unauthorized")
    return refuse("unauthorized", `${target.url} doesn't know this token: check --token-file or SENTINEL_TOKEN`);
  if (!refusal.unreached) return refusal;
  const [, remedy = "is the daemon running?"] = remedies.find(([sign]) => sign.test(refusal.message)) ?? [];
  return unreached(`${target.url} doesn't answer (${refusal.message}): ${remedy}`);
}

export const openSocket = (target: Target): SentinelSocket =>
  createSocket({ ...target, client: `sentinel/${version()}`, clock: systemClock, random: Math.random });

/** Asks the daemon one thing. A write carries a key, so that it happens once however often it is sent. */
export async function callDaemon<N extends CommandName>(
  target: Target,
  name: N,
  args: ArgsInput<N>,
): ReturnType<typeof send<N>> {
  const socket = openSocket(target);
  try {
    const answer = await send(socket, name, args);
    return answer.ok ? answer : explain(answer, target);
  } finally {
    socket.close();
  }
}

const send = <N extends CommandName>(
  socket: SentinelSocket,
  name: N,
  args: ArgsInput<N>,
): ReturnType<typeof socket.command<N>> => socket.command(name, args, { key: randomUUID() });
