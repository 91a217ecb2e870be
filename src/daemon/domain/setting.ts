import type { Args, Result } from "../../shared/api/registry.ts";
import { settingNames, type Values } from "../../shared/model.ts";
import { type Context, type Decision, decided, refuseField } from "./decision.ts";
import { almanacOf } from "./due.ts";
import { moveDeadlines, neverDue } from "./rederive.ts";
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
  change(state, { kind: "setting", id: name, value: { value } }, { name, value, isDefault: false }, now);

export function resetSetting(state: StateReader, { name }: Args<"setting.reset">, { now }: Context): Decision<View> {
  const answer = { name, value: defaultSettings[name] as Json, isDefault: true };
  if (!state.get("setting", name)) return decided(answer, []);
  return change(state, { kind: "setting", id: name, removed: true }, answer, now);
}

/** The change itself, and what follows from it for every host. */
function change(state: StateReader, one: Change, answer: View, now: number): Decision<View> {
  const { name, value } = answer;
  if (name === "pingBody") return decided(answer, [one]);
  const before = almanacOf(state);
  const { surroundings } = before;
  const after = { ...before, surroundings: { ...surroundings, settings: { ...surroundings.settings, [name]: value } } };
  const never = neverDue(state, before, after, now);
  return never ? refuseField("value", never) : decided(answer, [one, ...moveDeadlines(state, before, after, now)]);
}
