import { formatDuration, MINUTE, SECOND } from "../../../shared/time.ts";
import { ask } from "../overlays.ts";
import type { ConsoleState } from "../state.ts";
import { withToast } from "../toast.ts";
import { act, perform } from "./act.ts";

const isPendingOf =
  (host: string) =>
  ({ name, args, answeredAt }: ConsoleState["acts"][number]): boolean =>
    name === "logs.analyze" && (args as { host: string }).host === host && answeredAt === undefined;

/** For how long a host's logs have been looked at because somebody here asked for it; undefined if they aren't. */
export function pendingAnalysis(state: ConsoleState, host: string): string | undefined {
  const pending = state.acts.find(isPendingOf(host));
  return pending && formatDuration(Math.max(SECOND, Math.floor((state.now - pending.sendAt) / SECOND) * SECOND));
}

/** With a slow model it takes its time. */
const PATIENCE_MS = 10 * MINUTE;

/** Has a host's logs looked at now. */
export function analyse(state: ConsoleState, host: string, key: string): ConsoleState {
  if (state.acts.some(isPendingOf(host))) return withToast(state, `${host}: its logs are being read`, "dim");
  const one = act({
    name: "logs.analyze",
    args: { host },
    about: host,
    done: "Analysed",
    atOnce: true,
    timeoutMs: PATIENCE_MS,
  });
  const begun = perform(state, one, key);
  return begun.connection.phase === "live" ? withToast(begun, `${host}: reading its logs`, "accent") : begun;
}

/** Asks whose logs are to be looked at; `host` is a guess. */
export const askAnalyse = (state: ConsoleState, host = ""): ConsoleState =>
  ask(
    state,
    {
      label: "Read the logs of:",
      about: "a host",
      submit: (after, text, newKey) => (text === "" ? after : analyse(after, text, newKey())),
    },
    host,
  );
