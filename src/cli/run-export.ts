import { SECOND } from "../shared/time.ts";
import type { SentinelSocket } from "../shared/client/socket.ts";
import { unreached } from "../shared/errors.ts";
import { explain, openSocket } from "./call.ts";
import { findDaemon } from "./connect.ts";
import type { Target } from "./connect.ts";
import type { Context } from "./context.ts";
import type { ExportFlags } from "./export.ts";
import { CliFailure, failureOf, statuses } from "./failure.ts";
import { type Line, type PortableKind, portableKinds } from "./portable.ts";

const patienceMs = 60 * SECOND;

/** One line an entity, in the order in which an import needs them. */
export async function runExport(flags: ExportFlags, { env, print }: Context): Promise<void> {
  const kinds = flags.kinds ?? portableKinds;
  const unknown = kinds.find((kind) => !(portableKinds as readonly string[]).includes(kind));
  if (unknown !== undefined)
    throw new CliFailure(statuses.usage, `--kinds: there is no ${unknown}; there are ${portableKinds.join(", ")}`);
  const lines = await readLines(findDaemon(flags, env));
  for (const line of lines) if (kinds.includes(line.kind)) print(JSON.stringify(line));
}

/** All that is set up on a daemon. */
export async function readLines(target: Target): Promise<Line[]> {
  const socket = openSocket(target);
  try {
    // Asked first: it says what is wrong with the address or the token.
    const settings = await socket.command("setting.list", {});
    if (!settings.ok) throw failureOf(explain(settings, target));
    const changed = settings.value.items.filter(({ isDefault }) => !isDefault);
    const lines = changed.map(({ name, value }): Line => ({ kind: "setting", id: name, value: { value } }));
    lines.push(...(await watched(socket, target)));
    return lines.toSorted((a, b) => orderOf(a) - orderOf(b));
  } finally {
    socket.close();
  }
}

const orderOf = ({ kind }: Line): number => portableKinds.indexOf(kind);

/** What the feed begins with is all there is. */
function watched(socket: SentinelSocket, target: Target): Promise<Line[]> {
  const kinds = portableKinds.filter((kind): kind is Exclude<PortableKind, "setting"> => kind !== "setting");
  return new Promise((resolve, reject) => {
    const late = unreached("it doesn't send what it has");
    const timer = setTimeout(() => reject(failureOf(explain(late, target))), patienceMs);
    socket.watch({
      since: 0,
      kinds,
      onChanges: ({ upserts }) => {
        clearTimeout(timer);
        resolve(upserts.map(({ kind, id, value }) => ({ kind: kind as PortableKind, id, value })));
      },
    });
  });
}
