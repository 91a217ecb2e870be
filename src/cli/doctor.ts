import type { CommandModule } from "yargs";
import type { Address } from "./connect.ts";
import type { Context } from "./context.ts";

export interface DoctorFlags extends Pick<Address, "data"> {
  repair?: boolean | undefined;
  json?: boolean | undefined;
}

/** Checks a data folder, and repairs what can be repaired. */
export const doctorCommand = (context: Context): CommandModule<object, DoctorFlags> => ({
  command: "doctor",
  describe: "Check the data folder while no daemon runs on it, and repair what can be repaired",
  builder: (parser) =>
    parser
      .option("repair", { type: "boolean", describe: "Mend it, and say what was lost" })
      .example("sentinel doctor --data /var/lib/sentinel --repair", "")
      .epilogue("Ends with status 1 while there is a problem. What a repair takes out goes into before-repair-…."),
  handler: async (flags) => {
    const { runDoctor } = await import("./run-doctor.ts");
    await runDoctor(flags, context);
  },
});
