import { describe, expect, test } from "vitest";
import {
  aConsole,
  aHost,
  aList,
  entity,
  hostIn,
  orderOf,
  press,
  selectedId,
  type,
} from "../../../../tests/support/console-state.ts";
import type { HostSecrets } from "../../../shared/api/host.ts";
import { hostEdit } from "../../../shared/api/host.ts";
import { refuse } from "../../../shared/errors.ts";
import type { Host } from "../../../shared/model.ts";
import { HOUR, MINUTE } from "../../../shared/time.ts";
import { shownErrors } from "../form.ts";
import { topOverlay } from "../overlays.ts";
import { reduce } from "../reduce.ts";
import { formLines, sheetLines } from "../sheet-lines.ts";
import type { ConsoleState } from "../state.ts";
import { backArgs } from "./host-forms.ts";

/** As the program around does it: loads what was wanted, and goes on. */
async function loaded(state: ConsoleState): Promise<ConsoleState> {
  const [effect] = state.effects;
  if (effect?.type !== "load") throw new Error("nothing is to be loaded");
  return (await effect.load())({ ...state, effects: [] });
}
const formOf = (state: ConsoleState) => {
  const overlay = topOverlay(state);
  if (overlay?.kind !== "form") throw new Error("there is no form");
  return overlay.form;
};
const texts = (lines: readonly (readonly { text: string }[])[]): string =>
  lines
    .map((line) =>
      line
        .map(({ text }) => text)
        .join("")
        .trimEnd(),
    )
    .join("\n");
const drawn = (state: ConsoleState, height: number): string => {
  const overlay = topOverlay(state);
  if (overlay?.kind === "form") return texts(formLines(state, overlay.form, height));
  return overlay?.kind === "sheet" ? texts(sheetLines(state, overlay, height)) : "";
};

const base = press(aConsole([...hostIn("db01", "up"), ...hostIn("web01", "up")]), "2");
const secrets: HostSecrets = {
  token: "sentinel_host_secret",
  heartbeat_url: "http://127.0.0.1:3000/api/v1/heartbeat/web02",
  ping_url: "http://127.0.0.1:3000/ping/0123",
  slug_url: "http://127.0.0.1:3000/ping/0123/web02",
  push_url: "http://127.0.0.1:3000/api/push/0123",
};
const answer = (state: ConsoleState, value: unknown): ConsoleState =>
  reduce(state, { type: "answer", key: "key", value });
const refused = (state: ConsoleState, field: string, message: string): ConsoleState =>
  reduce(state, { type: "answer", key: "key", refusal: refuse("invalid", message, [{ field, message }]) });

describe("adding a host", async () => {
  const opened = await loaded(press(base, "+"));
  const added = press(type(press(type(opened, "web02"), "tab", "tab"), "prod"), "enter");

  test("asks for it in a form that says what is wrong as it is typed", () => {
    const wrong = type(opened, "Web 02");
    expect(drawn(wrong, 20)).toMatch(/▸ Id +Web 02 +! use 1 to 64/);
    expect(drawn(press(wrong, "tab"), 20)).toMatch(/! Id +Web 02 +! use 1 to 64/);
    expect(press(wrong, "enter").acts).toEqual([]);
  });
  test("keeps the field that has the keys in view where there is little room", () => {
    for (let at = 0, state = opened; at < 12; at++, state = press(state, "tab")) {
      expect(drawn(state, 8).split("\n")).toHaveLength(8);
      expect(drawn(state, 8)).toContain("▸");
    }
    expect(drawn(opened, 8)).toContain("7 more below");
  });
  test("shows it at once, selected", () => {
    expect(added.acts).toMatchObject([
      { name: "host.add", args: { id: "web02", tags: ["prod"], periodMs: 5 * MINUTE } },
    ]);
    expect([orderOf(added, "hosts"), selectedId(added)]).toEqual([["web02", "db01", "web01"], "web02"]);
    expect(topOverlay(added)).toBeUndefined();
  });
  test("shows its token and what to paste this once, and closes that only when told to", async () => {
    const shown = await loaded(answer(added, { id: "web02", secrets }));
    expect(drawn(shown, 12)).toContain("sentinel_host_secret");
    const curl = press(shown, "tab");
    expect(drawn(curl, 12)).toMatch(/\[curl\][^]*curl -fsS .*\/ping\/0123/);
    expect(press(curl, "c").effects).toEqual([
      { type: "copy", what: "curl", text: expect.stringMatching(/^curl .*\/ping\/0123'$/) },
    ]);
    const units = press(shown, "tab", "tab", "tab");
    expect(drawn(units, 10)).toContain("job.service");
    expect(drawn(press(units, "space", "space"), 10)).not.toContain("job.service");
    expect(topOverlay(press(shown, "escape", "n"))?.kind).toBe("sheet");
    expect(topOverlay(press(shown, "escape", "y"))).toBeUndefined();
  });
  test("is taken back with the form as it was if the daemon refuses", () => {
    const again = refused(added, "tags", "there are too many");
    expect([orderOf(again, "hosts"), formOf(again).focus]).toEqual([["db01", "web01"], "tags"]);
    expect(shownErrors(formOf(again))).toEqual({ tags: "there are too many" });
    expect(drawn(again, 20)).toMatch(/Tags +prod +! there are too many/);
  });
  test("puts no form over what the person has turned to", () => {
    expect(topOverlay(refused(press(added, "?"), "tags", "no"))?.kind).toBe("help");
  });
  test("asks before what was written is lost, and only then", () => {
    expect(topOverlay(press(opened, "escape"))).toBeUndefined();
    const asked = press(type(opened, "w"), "escape");
    expect(topOverlay(asked)).toMatchObject({ kind: "confirm" });
    expect(topOverlay(press(asked, "n"))?.kind).toBe("form");
    expect(topOverlay(press(asked, "y"))).toBeUndefined();
  });
});

describe("changing a host", async () => {
  const opened = await loaded(press(base, "j", "ctrl+e"));
  const graceAt = Array<string>(4).fill("tab");
  const changed = press(type(press(opened, ...graceAt, "ctrl+u"), "9m"), "enter");

  test("sends what was changed, shows it at once, and u changes it back", () => {
    expect(changed.acts).toMatchObject([{ name: "host.edit", args: { id: "web01", graceMs: 9 * MINUTE } }]);
    expect(changed.entities.host.get("web01")?.graceMs).toBe(9 * MINUTE);
    const back = press(answer(changed, {}), "u");
    expect(back.acts.at(-1)).toMatchObject({ name: "host.edit", args: { id: "web01", graceMs: 2 * MINUTE } });
    expect(back.entities.host.get("web01")?.graceMs).toBe(2 * MINUTE);
  });
  test("is shown until the feed has it", () => {
    const told = aHost({ name: "web01", graceMs: 9 * MINUTE, updatedAt: 1 });
    expect(answer(changed, {}).acts).toHaveLength(1);
    const fed = reduce(answer(changed, {}), { type: "changes", lists: [aList([entity("host", "web01", told)])] });
    expect(fed.acts).toEqual([]);
  });
  test("is rolled back if the daemon refuses, and can be corrected", () => {
    const again = refused(changed, "graceMs", "too long");
    expect(again.entities.host.get("web01")?.graceMs).toBe(2 * MINUTE);
    expect(shownErrors(formOf(again))).toEqual({ graceMs: "too long" });
    expect(press(press(again, "backspace"), "5", "m", "enter").acts).toHaveLength(1);
  });
  test("sends nothing if nothing was changed", () => {
    expect(press(opened, "enter")).toMatchObject({ acts: [], toast: { text: "web01: nothing was changed" } });
  });
  test("is for one host at a time", () => {
    expect(press(base, "space", "space", "ctrl+e").toast?.text).toBe("one host at a time: take the marks away first");
  });
});

test.each<[string, Partial<Host>, object, object]>([
  ["a value", {}, { graceMs: 1 }, { graceMs: 2 * MINUTE }],
  ["what was added", {}, { maxRunMs: HOUR }, { unset: ["maxRunMs"] }],
  ["what was taken away", { maxRunMs: HOUR }, { unset: ["maxRunMs"] }, { maxRunMs: HOUR }],
  ["a window", {}, { window: "business_hours" }, { window: { kind: "always" } }],
  ["another schedule", {}, { cron: "@daily", zone: "UTC" }, { periodMs: 5 * MINUTE }],
  ["a zone that wasn't said", { periodMs: undefined, cron: "@daily" }, { zone: "Europe/Berlin" }, { zone: "UTC" }],
  [
    "an expression for another",
    { periodMs: undefined, cron: "@daily", zone: "Europe/Berlin" },
    { calendar: "daily" },
    { cron: "@daily", zone: "Europe/Berlin" },
  ],
])("%s is changed back", (_name, host, edit, back) => {
  const args = backArgs(aHost(host), { id: "web01", ...edit });
  expect(args).toEqual({ id: "web01", ...back });
  expect(hostEdit.args.safeParse(args).error).toBeUndefined();
});

test("a new token is asked for by its name, and shown as the first one was", async () => {
  const asked = press(type(press(base, ":"), "host.token"), "enter");
  expect(topOverlay(asked)).toMatchObject({ kind: "confirm", question: expect.stringContaining("db01") });
  const sent = press(asked, "y");
  expect(sent.acts).toMatchObject([{ name: "host.token", args: { id: "db01" } }]);
  expect(drawn(await loaded(answer(sent, { id: "db01", ...secrets })), 12)).toContain("sentinel_host_secret");
});
