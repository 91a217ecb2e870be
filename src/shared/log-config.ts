/** How a host's logs are analysed, as its `logAnalysis` has it: in our words, or in those of the predecessor's clients. */
import { z } from "zod";
import { type LogSettings, logSettingsSchema, sshSchema } from "./analysing.ts";
import { MINUTE, SECOND } from "./time.ts";

type Json = z.core.util.JSONType;
type Given = Readonly<Record<string, unknown>>;

const { host, port, user, keyFile } = sshSchema.shape;
/** An empty text is what an unfilled form sends. */
const said = <T extends z.ZodType>(type: T) =>
  z.preprocess((value) => (value === "" || value === null ? undefined : value), type.optional());

const theirSchema = z.object({
  ssh_host: said(host),
  ssh_port: said(port.unwrap()),
  ssh_user: said(user.unwrap()),
  ssh_key_path: said(keyFile.unwrap()),
  log_command: said(z.string().max(2_000)),
  analysis_frequency: said(
    z
      .number()
      .positive()
      .max(31 * 86_400),
  ),
  analysis_prompt: said(logSettingsSchema.shape.prompt.unwrap()),
});
const schema = logSettingsSchema
  .extend(theirSchema.shape)
  .refine(({ periodMs, cron }) => periodMs === undefined || cron === undefined, {
    path: ["cron"],
    error: "give either periodMs or cron",
  });

/** What the predecessor's clients say; whatever else they send is kept, and left aside. */
export const logConfig = z
  .record(z.string(), z.json())
  .refine((given) => JSON.stringify(given).length <= 16_384, "at most 16 kB as JSON")
  .superRefine((given, context) => {
    for (const issue of schema.safeParse(given).error?.issues ?? [])
      context.addIssue({ code: "custom", path: issue.path, message: issue.message });
  });

/** Reads it. What can't be read, as nothing checked it when it was given, counts as not said. */
function read(given: Given): z.infer<typeof schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const wrong = new Set(parsed.error.issues.map(({ path }) => path[0]));
  return read(Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name))));
}

/** In our words. The predecessor's go first, as it is its clients that send back ours beside them. */
export function logSettings(given: Given): LogSettings {
  const { ssh_host, ssh_port, ssh_user, ssh_key_path, analysis_frequency, analysis_prompt, ...said } = read(given);
  const { log_command: _source, cron, zone, periodMs, ...rest } = said;
  const period =
    analysis_frequency === undefined ? periodMs : Math.max(MINUTE, Math.round(analysis_frequency * SECOND));
  return present({
    ...rest,
    ...(period === undefined ? { cron, zone } : { periodMs: period }),
    prompt: analysis_prompt ?? rest.prompt,
    ssh:
      ssh_host === undefined
        ? rest.ssh
        : present({
            ...rest.ssh,
            host: ssh_host,
            ...present({ port: ssh_port, user: ssh_user, keyFile: ssh_key_path }),
          }),
  });
}

/** The command that the predecessor ran to read the log. */
export const logCommand = (given: Given = {}): string | undefined => read(given).log_command;

/** In our words alone, but for the command and what nobody knows. */
export function inOurs(given: Record<string, Json>, settings: LogSettings): Record<string, Json> {
  const known = new Set([...Object.keys(logSettingsSchema.shape), ...Object.keys(theirSchema.shape)]);
  const rest = Object.entries(given).filter(([name]) => !known.has(name) || name === "log_command");
  return { ...Object.fromEntries(rest), ...(present(settings) as Record<string, Json>) };
}

/** As a client of the predecessor knows it, with what it gave. */
export function inTheirs(given: Record<string, Json>): Record<string, Json> {
  const { ssh, periodMs, prompt } = logSettings(given);
  return {
    ...given,
    ...present({
      ssh_host: ssh?.host,
      ssh_port: ssh?.port,
      ssh_user: ssh?.user,
      ssh_key_path: ssh?.keyFile,
      analysis_frequency: periodMs === undefined ? undefined : periodMs / SECOND,
      analysis_prompt: prompt,
    }),
  };
}

const present = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
