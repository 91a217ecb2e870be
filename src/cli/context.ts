import type { Clock } from "../shared/time.ts";
import type { Environment } from "./environment.ts";

/** What a command is given beside its arguments. */
export interface Context {
  env: Environment;
  clock: Clock;
  /** One or more whole lines on standard output. */
  print(text: string): void;
  /** One or more whole lines on standard error. */
  warn(text: string): void;
  /** Ends with another status than 0 without being a failure of its own. */
  endWith(status: number): void;
}
