import os from "node:os";
import { idFromName } from "../shared/api/predecessor.ts";

/** The id under which this machine is registered when nobody names another. */
export const machineId = (hostname: string = os.hostname()): string => idFromName(hostname) || "this-machine";
