import { z } from "zod";
import { command } from "./command.ts";

/** One value that the daemon goes by; a secret shows where it leads at most. */
const configItem = z.object({
  name: z.string(),
  value: z.json(),
  source: z.enum(["run-time", "flag", "environment", "file", "default"]),
  /** The flag, the variable or the file that it came from. */
  from: z.string().optional(),
});
export type ConfigItem = z.infer<typeof configItem>;

export const configShow = command({
  name: "config.show",
  summary: "Every option and setting, and where its value came from.",
  access: "admin",
  effect: "read",
  args: z.object({}),
  result: z.object({ items: z.array(configItem) }),
  rest: { methods: ["GET"], path: "/api/v1/config/values", status: 200 },
  cli: { table: { items: "items", columns: ["name", "value", "source", "from"] }, example: "sentinel config show" },
});
