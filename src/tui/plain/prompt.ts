import { lineCommands, split } from "./commands.ts";
import type { LineCommand, Reply } from "./commands.ts";
import type { Session } from "./session.ts";

/** Runs a command line of `sentinel`, and resolves with what it says. */
export type OtherCommand = (words: readonly string[]) => Promise<string>;

export interface PromptOptions {
  session: Session;
  say(line: string): void;
  /** Whether what happens is said as it does; what was held back meanwhile is counted. */
  follow(on: boolean): number;
  other?: OtherCommand | undefined;
  quit(): void;
}

/** So many lines of an answer are said at once, as nobody can scroll back in speech. */
const pageLines = 20;

const usage = ({ word, takes }: LineCommand): string => (takes === undefined ? word : `${word} ${takes}`);

/** Words as a shell takes them: quotes keep spaces. */
const wordsOf = (text: string): string[] =>
  [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? "");

/** Answers one typed line after the other. */
export function createPrompt({ session, say, follow, other, quit }: PromptOptions): (line: string) => Promise<void> {
  let rest: readonly string[] = [];
  let confirm: (() => Promise<readonly string[]>) | undefined;

  function more(): void {
    const page = rest.slice(0, pageLines);
    rest = rest.slice(pageLines);
    for (const line of page.length > 0 ? page : ["There is no more."]) say(line);
    if (rest.length > 0) say(`${rest.length} more: type \`more\`.`);
  }

  function help(word: string): Reply {
    const found = commands.filter((one) => one.word.startsWith(word) || one.title.includes(word));
    if (found.length === 0) return [`Nothing is called ${word}: \`help\` lists all commands.`];
    return [
      ...found.map((one) => `${usage(one)}: ${one.title}.`),
      ...(word === "" ? ["HOSTS and ALERTS are ids or numbers of the last list: `ack 1,3-5 on it`."] : []),
      ...(word === "" && other ? ["All else is asked as in a shell: `sentinel host add web02 --every 5m`."] : []),
    ];
  }

  const own: LineCommand[] = [
    {
      word: "quiet",
      title: "hold back what happens, until follow",
      run: () => (follow(false), ["What happens is held back. `follow` ends that."]),
    },
    {
      word: "follow",
      title: "say what happens as it does",
      run: () => [`What happens is said as it does. ${follow(true)} lines were held back.`],
    },
    { word: "more", title: "go on with a long answer", run: () => (more(), []) },
    { word: "help", takes: "[WORD]", title: "what can be typed", run: help },
    { word: "quit", title: "end this", run: () => (quit(), []) },
  ];
  const commands = [...lineCommands, ...own];

  async function answer(text: string): Promise<Reply> {
    const [word, args] = split(text);
    if (word === "sentinel" && other) return (await other(wordsOf(args))).split("\n");
    const found = commands.find((one) => one.word === word.toLowerCase());
    if (found) return found.run(args, session);
    return [`There is no command ${word}: \`help\` lists all.`];
  }

  return async (line) => {
    const text = line.trim();
    const confirmed = confirm;
    confirm = undefined;
    if (confirmed && !/^y(es)?$/i.test(text)) say("Left as it is.");
    if (text === "") return;
    const reply = confirmed ? (/^y(es)?$/i.test(text) ? await confirmed() : []) : await answer(text);
    if ("question" in reply) {
      confirm = reply.yes;
      return say(reply.question);
    }
    if (reply.length === 0) return;
    rest = reply;
    more();
  };
}
