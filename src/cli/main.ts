/** The entry of `sentinel`. */
import { runEntry } from "./entry.ts";
import { runProgram } from "./program.ts";

await runEntry(runProgram);
