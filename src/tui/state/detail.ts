import { behind } from "./behind.ts";
import { alertNotes } from "./notes.ts";
import { probeState } from "./probes.ts";
import { jobOf } from "./reports.ts";
import { hostReason, selectedId } from "./selectors.ts";
import type { ConsoleState } from "./state.ts";

/** The whole of what the selected row is about, which its columns may have to cut. */
export function detail(state: ConsoleState): string {
  const id = selectedId(state);
  return id === undefined ? "" : says[state.pane](state, id);
}

const says: Record<ConsoleState["pane"], (state: ConsoleState, id: string) => string> = {
  hosts({ entities }, id) {
    const host = entities.host.get(id);
    const status = entities.status.get(id);
    const named = host && host.name !== id ? `${id} (${host.name})` : id;
    return status ? `${named} ${status.state}: ${hostReason(status, behind(entities.alert).hosts.get(id))}` : named;
  },
  alerts(state, id) {
    const alert = state.entities.alert.get(id);
    if (!alert) return "";
    const by = alert.ackedBy ? `, acknowledged by ${alert.ackedBy}${alert.comment ? `: "${alert.comment}"` : ""}` : "";
    const hides = behind(state.entities.alert).hidden.get(id)?.length ?? 0;
    const notes = alertNotes({ alert, hides }, state).map((note) => `, ${note}`);
    return `${alert.title}: ${alert.reason}${by}${notes.join("")}${alert.count > 1 ? ` (${alert.count} times)` : ""}`;
  },
  targets({ line }, id) {
    const target = line?.targets.find((one) => one.id === id);
    return target ? `${id} ${target.state}: ${target.reason || "it hasn't been asked yet"}` : "";
  },
  probes({ entities }, id) {
    const { title = "" } = entities.probe.get(id) ?? {};
    const reason = entities.result.get(id)?.reason ?? "it hasn't run yet";
    return `${id} (${title}) ${probeState(entities, id)}: ${reason}`;
  },
  jobs(state, id) {
    const { state: is, error, failures, byHand } = jobOf(state, id) ?? {};
    const facts = [
      error,
      failures && `failed ${failures} times since the start`,
      byHand && `\`sentinel job run ${id}\` runs it now`,
    ];
    return `${id} ${is}: ${facts.filter(Boolean).join("; ") || "it runs by itself"}`;
  },
  health: ({ health }, id) => `${id}: ${health?.components[id]?.detail ?? ""}`,
};
