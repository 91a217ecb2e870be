import type { Argv, CommandModule } from "yargs";

/** A flag or a place of a command, as yargs was told of it. */
export interface Option {
  name: string;
  describe: string;
  takesValue: boolean;
  choices: readonly string[];
}

/** A command as people see it: what completion, manual and reference are made from. */
export interface Command {
  /** `["host", "add"]`; none for the program itself. */
  words: readonly string[];
  /** `<id>`, `[file]`, as they are written. */
  places: readonly string[];
  describe: string;
  options: readonly Option[];
  positionals: readonly Option[];
  examples: readonly string[];
  epilogue: string;
  children: readonly Command[];
}

interface Given {
  describe?: string;
  type?: string;
  choices?: readonly unknown[];
  hidden?: boolean;
}

type Declare = (parser: Argv) => unknown;

/** What a declaration says to yargs, heard by somebody who only writes it down. */
export function commandTree(declare: Declare): Command {
  return listen({ words: [], places: [], describe: "" }, declare);
}

function listen(
  { words, places, describe }: Pick<Command, "words" | "places" | "describe">,
  declare: Declare,
): Command {
  const options: Option[] = [];
  const positionals: Option[] = [];
  const examples: string[] = [];
  const children: Command[] = [];
  let epilogue = "";

  const add = (to: Option[], name: string, given: Given = {}): void => {
    if (given.hidden) return;
    const { describe: says = "", type, choices = [] } = given;
    to.push({ name, describe: says, takesValue: type !== "boolean", choices: choices.map(String) });
  };
  const hears: Record<string, (...args: never[]) => void> = {
    option: (name: string, given: Given) => add(options, name, given),
    options: (all: Record<string, Given>) => Object.entries(all).forEach(([name, given]) => add(options, name, given)),
    positional: (name: string, given: Given) => add(positionals, name, given),
    example: (line: string) => void (line && examples.push(line)),
    epilogue: (text: string) => (epilogue = text),
    command(given: string | CommandModule | readonly CommandModule[], says: string, builder?: Declare) {
      if (typeof given === "string") return hear(given, says, builder);
      for (const one of [given].flat())
        hear(String(one.command), one.describe || "", one.builder as Declare | undefined);
    },
  };

  function hear(line: string, says: string, builder: Declare = () => {}): void {
    const [word = "", ...rest] = line.split(" ");
    children.push(listen({ words: [...words, word], places: rest, describe: says }, builder));
  }

  const recorder: object = new Proxy(
    {},
    {
      get:
        (_target, name) =>
        (...args: never[]) => (hears[String(name)]?.(...args), recorder),
    },
  );
  declare(recorder as Argv);
  return { words, places, describe, options, positionals, examples, epilogue, children };
}

/** The command and all below it, each before its own. */
export const allCommands = (command: Command): Command[] => [command, ...command.children.flatMap(allCommands)];
