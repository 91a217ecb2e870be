import type { ConsoleState } from "./state.ts";

/** What a pane says while nothing has come; undefined once something has. */
export function stillWaiting({ synced, connection, address }: ConsoleState): readonly string[] | undefined {
  if (synced) return undefined;
  if (connection.phase === "refused")
    return [`${address} refused: ${connection.message}.`, "", "Give another token with --token or SENTINEL_TOKEN."];
  if (connection.phase === "waiting")
    return [`${address} doesn't answer: ${connection.reason}.`, "", "Trying again until it does."];
  return [`Connecting to ${address}`];
}
