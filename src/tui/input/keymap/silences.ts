import {
  askAnySilence,
  askMaintenance,
  confirmEndMaintenance,
  confirmEndSilences,
  confirmRemoveMaintenance,
} from "../../state/acts/silences.ts";
import type { Subject } from "../../state/pane.ts";
import { subjects } from "../../state/screens.ts";
import type { ConsoleState } from "../../state/state.ts";
import { maintenanceRow } from "../../state/tables/maintenance.ts";
import type { Binding } from "../binding.ts";

const idsOf = (state: ConsoleState, subject: Subject): string[] =>
  subjects(state).flatMap(({ [subject]: id }) => (id === undefined ? [] : [id]));
const some = (ids: readonly string[], none: string): true | string => ids.length > 0 || none;

const running = (state: ConsoleState): string[] =>
  idsOf(state, "maintenance").filter((id) => maintenanceRow(state, id)?.state === "active");

export const silences: readonly Binding[] = [
  {
    id: "silence.new",
    keys: ["+"],
    context: "pane:silences",
    title: "a new silence: host:web01 2h why",
    short: "add",
    command: "silence.add",
    run: askAnySilence,
  },
  {
    id: "silence.remove",
    keys: ["D"],
    context: "pane:silences",
    title: "end the silence",
    short: "end",
    command: "silence.remove",
    enabled: (state) => some(idsOf(state, "silence"), "no silence is selected"),
    run: (state) => confirmEndSilences(state, idsOf(state, "silence")),
  },
  {
    id: "maintenance.add",
    keys: ["+"],
    context: "pane:maintenance",
    title: "a new maintenance: host:web01 2h why",
    short: "add",
    command: "maintenance.add",
    run: askMaintenance,
  },
  {
    id: "maintenance.end",
    keys: ["x"],
    context: "pane:maintenance",
    title: "end the maintenance that is on; a repeating one comes again",
    short: "end",
    command: "maintenance.end",
    enabled: (state) => some(running(state), "it isn't on now; D takes it off the list"),
    run: (state) => confirmEndMaintenance(state, running(state)),
  },
  {
    id: "maintenance.remove",
    keys: ["D"],
    context: "pane:maintenance",
    title: "take the maintenance off the list",
    short: "remove",
    command: "maintenance.remove",
    enabled: (state) => some(idsOf(state, "maintenance"), "no maintenance is selected"),
    run: (state) => confirmRemoveMaintenance(state, idsOf(state, "maintenance")),
  },
];
