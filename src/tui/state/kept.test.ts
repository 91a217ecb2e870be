import { expect, test } from "vitest";
import { aConsole, aList, hostIn } from "../../../tests/support/console-state.ts";
import { keptOf, withKept } from "./kept.ts";
import { reduce } from "./reduce.ts";
import { screens } from "./screens.ts";
import { initialState } from "./state.ts";
import { tableOf, withTable } from "./table.ts";

const fleet = ["web01", "web02", "web03"].flatMap((id) => hostIn(id, "up"));
const asNew = () => initialState({ address: "prod", size: { columns: 80, rows: 24 }, now: 0 });
const onDisk = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("a console goes on where it was left: screen, filter, sort, cursor and theme", () => {
  const left = withTable({ ...aConsole(fleet), theme: "light", place: { screen: "hosts", pane: "hosts" } }, "hosts", {
    cursor: { id: "web02", top: 0 },
    filter: "web",
    sort: { column: "last", reversed: true },
  });
  const begun = withKept(asNew(), onDisk(keptOf(left)));
  expect(begun).toMatchObject({ theme: "light", place: { screen: "hosts", pane: "hosts" } });
  const filled = reduce(begun, { type: "changes", lists: [aList(fleet, { snapshot: true })] });
  expect(tableOf(filled, "hosts")).toMatchObject({
    cursor: { id: "web02" },
    filter: "web",
    sort: { column: "last", reversed: true },
    order: ["web01", "web02", "web03"],
  });
});

test("a detail is kept with what it is about", () => {
  const place = { screen: "host", pane: screens.host.panes[0]?.id ?? "", subject: "web02" } as const;
  expect(withKept(asNew(), onDisk(keptOf({ ...aConsole(fleet), place }))).place).toEqual(place);
});

test.each([
  ["nothing", undefined],
  ["text", "x"],
  ["a screen that there isn't", { place: { screen: "moon", pane: "hosts" } }],
  ["a pane of another screen", { place: { screen: "hosts", pane: "alerts" } }],
  ["tables of another kind", { tables: "x", theme: "pink" }],
  ["a table that is none", { tables: { hosts: 3 } }],
  ["values of other kinds", { tables: { hosts: { cursor: 3, filter: 4, sort: { column: 5 } } } }],
])("%s in the file is left as it begins", (_, kept) => {
  const begun = withKept(asNew(), kept);
  expect([begun.place, begun.theme]).toEqual([asNew().place, "default"]);
  expect(tableOf(begun, "hosts")).toMatchObject({ cursor: { top: 0 }, filter: "" });
});
