import type { Args, Result } from "../../shared/api/registry.ts";
import { type SettingName, settingNames, type Settings, type Values } from "../../shared/model.ts";
import { type Context, type Decision, decided, defined, refuseField } from "./decision.ts";
import { almanacOf } from "./due.ts";
import { restartLine } from "./line.ts";
import { moveDeadlines, neverDue } from "./rederive.ts";
import type { Change, StateReader } from "./state.ts";
import { configuredId, defaultSettings, settingOf, unsetValue } from "./surroundings.ts";

type View = Result<"setting.reset">;
type Json = Values["setting"]["value"];

/** What environment and file say: fields that they don't name are as they are by default. */
export type Configured = { [N in SettingName]?: Given<Settings[N]> | undefined };
type Given<T> = T extends unknown[] ? T : { [F in keyof T]?: T[F] | undefined };

export const listSettings = (state: StateReader): Result<"setting.list"> => ({
  items: settingNames.map((name) => ({
    name,
    value: settingOf(state, name) as Json,
    isDefault: !state.get("setting", name) && !state.get("setting", configuredId(name)),
  })),
});

/** Those of which only what changes is given. */
const inParts: ReadonlySet<SettingName> = new Set(["line", "logs", "model", "limits"]);

export function setSetting(
  state: StateReader,
  { name, value: given }: Args<"setting.set">,
  { now }: Context,
): Decision<Result<"setting.set">> {
  const value = inParts.has(name) ? ({ ...settingOf(state, name), ...(given as object) } as Json) : given;
  const follows = consequences(state, { [name]: value }, now);
  if ("never" in follows) return refuseField("value", follows.never);
  return decided({ name, value, isDefault: false }, [
    { kind: "setting", id: name, value: { value } },
    ...follows.moved,
  ]);
}

/** Back to what the daemon was configured with, or to the default. */
export function resetSetting(state: StateReader, { name }: Args<"setting.reset">, { now }: Context): Decision<View> {
  const value = unsetValue(state, name);
  const answer: View = { name, value: value as Json, isDefault: !state.get("setting", configuredId(name)) };
  if (!state.get("setting", name)) return decided(answer, []);
  const follows = consequences(state, { [name]: value }, now);
  if ("never" in follows) return refuseField("value", follows.never);
  return decided(answer, [{ kind: "setting", id: name, removed: true }, ...follows.moved]);
}

/** Keeps what the daemon was started with; what it isn't configured with any more goes. A run-time setting rules over it. */
export function configure(state: StateReader, configured: Configured, { now }: Context): Decision<undefined> {
  const changes: Change[] = [];
  const after: Partial<Settings> = {};
  for (const name of settingNames) {
    const change = configuring(state, name, configured[name]);
    if (!change) continue;
    changes.push(change);
    const value = "value" in change ? change.value.value : defaultSettings[name];
    if (!state.get("setting", name)) Object.assign(after, { [name]: value });
  }
  const follows = consequences(state, after, now);
  if ("never" in follows) return refuseField(Object.keys(after).join(", "), follows.never);
  return decided(undefined, [...changes, ...follows.moved]);
}

function configuring(state: StateReader, name: SettingName, given: Configured[SettingName]) {
  const id = configuredId(name);
  const before = state.get("setting", id)?.value.value;
  if (given === undefined) return before === undefined ? undefined : ({ kind: "setting", id, removed: true } as const);
  const value = (Array.isArray(given) ? given : { ...defaultSettings[name], ...defined(given) }) as Json;
  if (JSON.stringify(value) === JSON.stringify(before)) return undefined;
  return { kind: "setting", id, value: { value } } as const;
}

/** What other settings mean: the line watched in another way, the deadlines that they move, or why they can't be. */
function consequences(
  state: StateReader,
  changed: Partial<Settings>,
  now: number,
): { moved: Change[] } | { never: string } {
  const line = "line" in changed ? restartLine(state, now) : [];
  if (!("businessHours" in changed || "holidays" in changed)) return { moved: line };
  const before = almanacOf(state);
  const { surroundings } = before;
  const after = { ...before, surroundings: { ...surroundings, settings: { ...surroundings.settings, ...changed } } };
  const never = neverDue(state, before, after, now);
  return never === undefined ? { moved: [...line, ...moveDeadlines(state, before, after, now)] } : { never };
}

/** Changes what is given of it; the engine has checked the URL and put it away. */
export function setUpstream(
  state: StateReader,
  { url: _secret, ...given }: Args<"upstream.set">,
  { url }: Context,
): Decision<Result<"upstream.set">> {
  const value = { ...settingOf(state, "upstream"), ...defined(given) };
  return decided({ ...value, url: url ?? null }, [
    { kind: "setting", id: "upstream", value: { value: value as Json } },
  ]);
}
