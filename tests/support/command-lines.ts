import { describeProgram } from "../../src/cli/program.ts";
import { commandTree } from "../../src/cli/tree.ts";
import type { Command } from "../../src/cli/tree.ts";
import { viewOptions } from "../../src/cli/view-options.ts";

const program = describeProgram();
const view: Command = commandTree((parser) => parser.options({ ...viewOptions }));

/** In command position: at the beginning, behind what separates commands, `sudo`, variables, the times of cron or a container. */
const called =
  /(?:^|[|;&(`]|\bsudo(?: -u \w+)?|\$|[*\d/]|\w=\S*|--|exec(?: sentinel(?= sentinel)|(?! sentinel sentinel))|command=")\s*((?:[\w./-]*\/)?sentinel(?:-tui)?(?:\.cjs)?\s+[a-z<-].*)$/;
const word = /"[^"]*"|'[^']*'|[^\s"'|;&)>`]+|[|;&)>`]/g;

/** The words of the calls of `sentinel` in a line, each call up to what ends it in a shell. */
export function callsIn(line: string): string[][] {
  const words: string[] = called.exec(line)?.[1]?.match(word) ?? [];
  if (words.length === 0) return [];
  const end = words.findIndex((one) => /^([|;&)>#`]|…)$/.test(one));
  return end < 0 ? [words] : [words.slice(0, end), ...callsIn(words.slice(end).join(" "))];
}

/** What is wrong with a call: a command or a flag that isn't there. */
export function faultOf([name = "", ...words]: readonly string[]): string | undefined {
  let command = name.includes("sentinel-tui") ? view : program;
  const flags = new Set([...program.options, ...command.options].map((option) => option.name));
  for (const flag of ["help", "version"]) flags.add(flag);
  for (const said of words) {
    if (said === "--") return undefined;
    const flag = /^--(?:no-)?([\w-]+)/.exec(said)?.[1];
    if (flag !== undefined && !flags.has(flag)) return `no such flag: --${flag}`;
    if (said.startsWith("-") || command.children.length === 0) continue;
    const next = command.children.find((child) => child.words.at(-1) === said);
    if (!next && command.places.length === 0 && /^[a-z-]+$/.test(said) && isWordOf(command, words, said))
      return `no such command: ${[...command.words, said].join(" ")}`;
    if (!next) continue;
    // What has one verb needs none.
    const [only, ...others] = next.children;
    command = only && others.length === 0 && !words.includes(only.words.at(-1) ?? "") ? only : next;
    for (const option of [...next.options, ...command.options]) flags.add(option.name);
  }
  return undefined;
}

/** Whether it isn't the value of the flag before it. */
function isWordOf(command: Command, words: readonly string[], said: string): boolean {
  const before = words[words.indexOf(said) - 1]?.replace(/^--/, "");
  return ![...program.options, ...command.options].some((option) => option.name === before && option.takesValue);
}
