import type { Args, Result } from "../../shared/api/registry.ts";
import { type SettingName, settingNames, type Values } from "../../shared/model.ts";
import { type Context, type Decision, decided } from "./decision.ts";
import { almanacOf } from "./due.ts";
import { moveDeadlines } from "./rederive.ts";
import type { Change, StateReader } from "./state.ts";
import { defaultSettings, settingOf } from "./surroundings.ts";

type View = Result<"setting.set">;
type Json = Values["setting"]["value"];

export const listSettings = (state: StateReader): Result<"setting.list"> => ({
  items: settingNames.map((name) => ({
    name,
    value: settingOf(state, name) as Json,
    isDefault: !state.get("setting", name),
  })),
});

export const setSetting = (
  state: StateReader,
  { name, value }: Args<"setting.set">,
  { now }: Context,
): Decision<View> =>
  decided({ name, value, isDefault: false }, [
    { kind: "setting", id: name, value: { value } },
    ...consequences(state, name, value, now),
  ]);

export function resetSetting(state: StateReader, { name }: Args<"setting.reset">, { now }: Context): Decision<View> {
  const value = defaultSettings[name] as Json;
  const answer = { name, value, isDefault: true };
  if (!state.get("setting", name)) return decided(answer, []);
  return decided(answer, [{ kind: "setting", id: name, removed: true }, ...consequences(state, name, value, now)]);
}

function consequences(state: StateReader, name: SettingName, value: Json, now: number): Change[] {
  if (name === "pingBody") return [];
  const before = almanacOf(state);
  const { surroundings } = before;
  const after = { ...before, surroundings: { ...surroundings, settings: { ...surroundings.settings, [name]: value } } };
  return moveDeadlines(state, before, after, now);
}
