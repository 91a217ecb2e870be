import type { z } from "zod";
import type { Args, Result } from "../../shared/api/registry.ts";
import { refuse, type Refusal, refuseInvalid } from "../../shared/errors.ts";
import type { Settings } from "../../shared/model.ts";
import { noProbe, showProbe } from "../domain/probe.ts";
import type { StateReader } from "../domain/state.ts";

/** What the engine must know of the ways to ask the network something: how each is set up, and how to ask. */
export interface ProbeKinds {
  names: readonly string[];
  find(type: string): { options: z.ZodType; title(options: unknown): string } | undefined;
  /** Asks once, now; resolves once what came of it is kept. */
  run(id: string): Promise<void>;
}

export const noKinds: ProbeKinds = { names: [], find: () => undefined, run: async () => {} };

/** What it takes to check a probe. */
type Types = Pick<ProbeKinds, "names" | "find">;
type Options = Args<"probe.add">["options"];
type Checked = { ok: true; options: Options; title: string };

/** A probe's options as its own schema sees them; each fault is named by its field. */
export function checkOptions(type: string, options: Options, kinds: Types): Checked | Refusal {
  const kind = kinds.find(type);
  if (!kind) {
    const message = `there is no such type; there are ${kinds.names.join(", ")}`;
    return refuse("invalid", `type: ${message}`, [{ field: "type", message }]);
  }
  const parsed = kind.options.safeParse(options);
  if (parsed.success) return { ok: true, options: parsed.data as Options, title: kind.title(parsed.data) };
  return refuseInvalid({ issues: parsed.error.issues.map((one) => ({ ...one, path: ["options", ...one.path] })) });
}

/** Why the line can't be judged by these targets. */
export function targetFault(targets: Settings["line"]["targets"], kinds: Types): Refusal | undefined {
  for (const { name, type, options } of targets) {
    const checked = checkOptions(type, options, kinds);
    if (checked.ok) continue;
    const { errors = [] } = checked;
    return refuseInvalid({
      issues: errors.map(({ field, message }) => ({ path: ["targets", name, field], message })),
    });
  }
  return undefined;
}

/** Asks once, and says what came of it. */
export async function runProbe(
  state: StateReader,
  kinds: ProbeKinds,
  id: string,
): Promise<{ ok: true; value: Result<"probe.run"> } | Refusal> {
  const before = showProbe(state, { id });
  if ("ok" in before) return before;
  if (before.state === "paused")
    return refuse(
      "conflict",
      `probe ${id} is paused, or its host isn't watched; \`sentinel probe resume ${id}\` resumes it`,
    );
  await kinds.run(id);
  const after = showProbe(state, { id });
  if ("ok" in after) return noProbe(id);
  const { runs: _runs, ...value } = after;
  return { ok: true, value };
}
