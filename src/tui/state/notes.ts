import { timeOrDay } from "./time-of-day.ts";
import type { Alert } from "../../shared/model.ts";
import type { ConsoleState } from "./state.ts";

/** What is special about an alert, in a few words each; instants as this machine's clock shows them. */
export function alertNotes({ alert, hides }: { alert: Alert; hides: number }, state: ConsoleState): string[] {
  const { type, heldBy, ackedUntil } = alert;
  return [
    ...(hides > 0 ? [`+${hides} behind it`] : []),
    ...(alert.state === "firing" && heldBy !== undefined ? [`held: ${heldBy}`] : []),
    ...(alert.state === "acknowledged" && ackedUntil !== undefined
      ? [`acked until ${timeOrDay(ackedUntil - state.skewMs, state.now)}`]
      : []),
    ...(type === "flapping" ? ["flapping"] : []),
  ];
}
