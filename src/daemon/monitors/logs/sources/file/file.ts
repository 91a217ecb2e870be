import { z } from "zod";
import { defineSource } from "../define-source.ts";
import { followedCursor, followedOptions, followFiles } from "../follow-file.ts";
import { localFiles } from "./local-files.ts";

/** A log file of this machine, or several. */
export const file = defineSource({
  type: "file",
  options: z.strictObject(followedOptions),
  cursor: followedCursor,
  title: ({ path }) => `file ${path}`,
  collect: (request) => followFiles(localFiles, request),
});
