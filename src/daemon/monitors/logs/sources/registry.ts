import { file } from "./file/file.ts";
import { journal } from "./journal/journal.ts";
import type { Source } from "./source.ts";
import { syslog } from "./syslog/syslog.ts";
import { sshCommand } from "./ssh-command/ssh-command.ts";
import { sshFile } from "./ssh-file/ssh-file.ts";
import { sshJournal } from "./ssh-journal/ssh-journal.ts";

/** Every way to get at a log, by the name that a configuration gives it. */
export const sources: Record<string, Source> = {
  file,
  journal,
  syslog,
  "ssh-file": sshFile,
  "ssh-journal": sshJournal,
  "ssh-command": sshCommand,
};

export const findSource = (type: string): Source | undefined =>
  Object.hasOwn(sources, type) ? sources[type] : undefined;
