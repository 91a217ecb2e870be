import type { Alert } from "../../shared/model.ts";
import { cached } from "./cached.ts";

type Alerts = ReadonlyMap<string, Alert>;

/** The open alert that hides this one, if it is there to be looked at. */
function hiderOf(alerts: Alerts, id: string): string | undefined {
  const alert = alerts.get(id);
  const hider = alert && alert.state !== "resolved" ? alert.hiddenBy : undefined;
  const state = hider === undefined ? "resolved" : alerts.get(hider)?.state;
  return state === undefined || state === "resolved" ? undefined : hider;
}

/** The alert that explains this one and that nothing else explains; none for alerts that would hide each other. */
function causeOf(alerts: Alerts, id: string): string | undefined {
  const passed = new Set<string>();
  let last = id;
  for (let next = hiderOf(alerts, id); next !== undefined; next = hiderOf(alerts, next)) {
    if (passed.has(next)) return undefined;
    passed.add(next);
    last = next;
  }
  return last === id ? undefined : last;
}

/** What is behind what: the cause of each hidden alert, the alerts behind each cause, and the host behind which a host is. */
export const behind = cached((alerts: Alerts) => {
  const causes = new Map<string, string>();
  const hidden = new Map<string, string[]>();
  const hosts = new Map<string, string>();
  for (const [id, { host }] of alerts) {
    const cause = causeOf(alerts, id);
    if (cause === undefined) continue;
    causes.set(id, cause);
    const list = hidden.get(cause);
    if (list) list.push(id);
    else hidden.set(cause, [id]);
    if (host !== undefined) hosts.set(host, alerts.get(cause)?.host ?? "the internet line");
  }
  return { causes, hidden, hosts };
});
