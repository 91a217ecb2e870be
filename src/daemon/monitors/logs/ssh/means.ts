import type { Connections } from "./connections.ts";

/** What the daemon hands to the sources that read other machines. */
export interface SshMeans {
  connections: Connections;
  /** Whom Sentinel's commands name: its id of the host. */
  host: string;
  /** The commands that may be run on other machines, to the letter (setting `logs.commands`). */
  commands: readonly string[];
}
