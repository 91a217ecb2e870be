import yargs from "yargs";
import type { Argv } from "yargs";
import { registry } from "../shared/api/registry.ts";
import type { CommandSpec } from "../shared/api/command.ts";
import { agentCommand } from "./agent.ts";
import { trustAuthority } from "./authority.ts";
import { backupCommand } from "./backup.ts";
import { commonOptions } from "./common-options.ts";
import { completionCommand } from "./completion.ts";
import { near } from "./config/nearest.ts";
import { configCommands } from "./config.ts";
import { contextCommands } from "./context-commands.ts";
import type { Context } from "./context.ts";
import { daemonCommand } from "./daemon.ts";
import { doctorCommand } from "./doctor.ts";
import { exportCommand, importCommand } from "./export.ts";
import { CliFailure, statuses } from "./failure.ts";
import { wordsOf } from "./fields.ts";
import { commandFrom, placesOf } from "./generated.ts";
import { heartbeatCommand } from "./heartbeat.ts";
import { version } from "./installation.ts";
import { initCommand } from "./init.ts";
import { logsCommands } from "./logs.ts";
import { restoreCommand } from "./restore.ts";
import { runCommand } from "./run.ts";
import { commandTree } from "./tree.ts";
import type { Command } from "./tree.ts";
import { serviceCommand } from "./service.ts";
import { upCommand } from "./up.ts";

const nouns: Record<string, string> = {
  host: "Register, change and list the hosts that are watched",
  alert: "List and acknowledge alerts",
  channel: "Ways to reach people: set up, tried, removed",
  delivery: "What was told, through which channel, and how that went",
  policy: "Who is told of what, and when",
  silence: "Times in which known trouble is told to nobody",
  maintenance: "Plan times in which hosts aren't watched",
  probe: "What is asked of the network again and again, by itself or as a further check of a host",
  line: "How the internet line is, and was",
  logs: "Which logs of which hosts are read and how, and what they show",
  analysis: "Logs read and judged: run now, listed, shown with the lines that count",
  setting: "What holds for all hosts: business hours, holidays, ping bodies",
  upstream: "Who is told how the monitor itself is",
  webhook: "The predecessor's one webhook, which is the channel discord",
  config: "A configuration file checked, planned and applied; what the daemon goes by, and where that came from",
  token: "Tokens of people, programs and ping keys",
  audit: "Who changed what, when and from where",
  health: "How the monitor itself is",
  context: "Daemons elsewhere, each by a name, for --context and the console",
  job: "What the daemon does of its own accord: listed, or run now",
};

const typed: readonly CommandSpec[] = (registry as readonly unknown[] as readonly CommandSpec[]).filter(
  (spec) => spec.cli,
);
const nounOf = (spec: CommandSpec): string => wordsOf(spec)[0];

const programs = new Set([
  "init",
  "up",
  "daemon",
  "agent",
  "heartbeat",
  "run",
  "backup",
  "restore",
  "doctor",
  "export",
  "import",
  "install-service",
  "completion",
]);

/** Nouns first met in the registry come after those described here, so that no command is left out. */
const allNouns = [...new Set([...Object.keys(nouns), ...typed.map(nounOf)])].filter((noun) => !programs.has(noun));

/** Commands that do more than ask, beside those that the registry has of a noun. */
const madeByHand: Record<string, (parser: Argv, context: Context) => Argv> = {
  config: (parser, context) => parser.command(configCommands(context)),
  context: (parser, context) => parser.command(contextCommands(context)),
  logs: (parser, context) => parser.command(logsCommands(context)),
};

function addNoun(parser: Argv, noun: string, context: Context): void {
  parser.command(noun, nouns[noun] ?? `Commands on ${noun}`, (inner) => {
    const specs = typed.filter((candidate) => nounOf(candidate) === noun);
    const [only, ...others] = specs;
    // What has one verb needs none.
    if (only && others.length === 0 && !madeByHand[noun])
      return inner.command({ ...commandFrom(only, context), aliases: "$0" });
    for (const spec of specs) inner.command(commandFrom(spec, context));
    madeByHand[noun]?.(inner, context);
    return inner.demandCommand(1, `say what to do with the ${noun}`);
  });
}

/** Our own descriptions say the type; this switch of yargs is missing from its published types. */
const hideTypes = (parser: Argv): void =>
  void (parser as unknown as { usageConfiguration(settings: object): void }).usageConfiguration({ "hide-types": true });

/** Behind the two dashes of `sentinel run` stands a job, whose words aren't ours; elsewhere it is but one more argument. */
const wrapsJob = (argv: string[]): boolean => argv.slice(0, Math.max(0, argv.indexOf("--"))).includes("run");

/** Every command there is. */
function addCommands(parser: Argv, context: Context): Argv {
  parser
    .command(initCommand(context))
    .command(upCommand(context))
    .command(daemonCommand(context))
    .command(agentCommand(context))
    .command(heartbeatCommand(context))
    .command(runCommand(context))
    .command(backupCommand(context))
    .command(restoreCommand(context))
    .command(doctorCommand(context))
    .command(exportCommand(context))
    .command(importCommand(context))
    .command(serviceCommand(context))
    .command(completionCommand(context));
  for (const noun of allNouns) addNoun(parser, noun, context);
  return parser;
}

/** All commands as people see them; none of them is run. */
export const describeProgram = (): Command =>
  commandTree((parser) => addCommands(parser.options(commonOptions), {} as Context));

/** The whole command line; nothing runs before it is parsed. */
function buildParser(argv: string[], context: Context): Argv {
  const parser = yargs(argv)
    .scriptName("sentinel")
    .usage("Sentinel watches hosts and tells people in time.\n\nUsage: $0 <command>")
    .locale("en")
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .parserConfiguration({
      "camel-case-expansion": false,
      "dot-notation": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "populate--": wrapsJob(argv),
    })
    .options(commonOptions)
    .group(Object.keys(commonOptions), "Common:")
    .middleware(({ ca = context.env.ca }) => trustAuthority(ca))
    .group(["help", "version"], "Common:")
    .version(version())
    .help();
  addCommands(parser, context);
  hideTypes(parser);
  return parser
    .strict()
    .exitProcess(false)
    .fail((complaint, error: Error | undefined) => {
      throw error && error.name !== "YError" ? error : usageFailure(complaint ?? error?.message ?? "", argv);
    });
}

/** Whether these words are a command that asks the daemon, rather than one of those made by hand. */
export const asksDaemon = ([noun = "", verb]: readonly string[]): boolean =>
  typed.some((spec) => {
    const [itsNoun, itsVerb] = wordsOf(spec);
    return itsNoun === noun && (verb === undefined || verb.startsWith("-") || verb === itsVerb);
  });

/** The command that was meant, as far as there is one: `host add`. */
function meant(argv: string[]): { words: string; spec: CommandSpec | undefined } {
  const [noun = "", verb = ""] = argv.filter((word) => !word.startsWith("-"));
  const spec = typed.find((one) => wordsOf(one).join(" ") === `${noun} ${verb}`);
  const known = spec ? [noun, verb] : allNouns.includes(noun) || programs.has(noun) ? [noun] : [];
  return { words: ["sentinel", ...known].join(" "), spec };
}

/** The command that these words lead to, as deep as they do. */
function reached(argv: string[]): Command {
  let command = describeProgram();
  for (const word of argv) {
    const next = command.children.find(({ words }) => words.at(-1) === word);
    if (!next) return command;
    command = next;
  }
  return command;
}

/** What other programs call it. */
const otherwise: Record<string, string> = {
  rm: "remove",
  delete: "remove",
  del: "remove",
  ls: "list",
  get: "show",
  info: "show",
  create: "add",
  new: "add",
  start: "up",
  status: "health",
  setup: "init",
  uninstall: "install-service --remove",
  version: "--version",
};

/** Which of those that are known may have been meant by a word that isn't. */
function suggest(word: string, known: readonly string[]): string {
  const other = otherwise[word];
  const isOne = other?.startsWith("--") || known.includes(other?.split(" ")[0] ?? "");
  const found = other && isOne ? other : near(word, known)[0];
  return found ? `. Did you mean ${found}?` : "";
}

/** What yargs complains about, put for people: which word, and the way out. */
function explainUsage(complaint: string, argv: string[]): string {
  const unknown = /^Unknown arguments?: (.*)$/.exec(complaint)?.[1]?.split(", ") ?? [];
  const { words, options, children } = reached(argv);
  const flags = unknown
    .filter((name) => argv.some((word) => word.startsWith("-") && word.includes(name)))
    .map((name) => (name.length === 1 ? `-${name}` : `--${name}`));
  if (flags.length > 0) {
    const known = [...options.map(({ name }) => name), ...Object.keys(commonOptions)].map((name) => `--${name}`);
    return `no such flag: ${flags.join(", ")}${suggest(flags[0] ?? "", known)}`;
  }
  const [first = ""] = unknown;
  const verbs = children.map((child) => child.words.at(-1) ?? "");
  if (first && verbs.length > 0) return `no such command: ${[...words, first].join(" ")}${suggest(first, verbs)}`;
  if (first && words[0] === "run")
    return `the job stands behind two dashes: sentinel run ${argv[1]} -- ${unknown.join(" ")}`;
  if (first) return `one word too many: ${unknown.join(" ")}`;
  if (!complaint.startsWith("Not enough non-option arguments")) return complaint;
  const { spec } = meant(argv);
  return `${(spec ? placesOf(spec) : ["something"]).join(" ")} is missing`;
}

const usageFailure = (complaint: string, argv: string[]): CliFailure =>
  new CliFailure(
    statuses.usage,
    `${explainUsage(complaint, argv)}\n\`${meant(argv).words} --help\` says what it takes.`,
  );

/** `sentinel help host add` and `sentinel host add -h` ask for help as well; behind two dashes stand words of a job. */
function asHelp(argv: string[]): string[] {
  const [first, ...others] = argv;
  if (first === "help" && others.length > 0) return [...others, "--help"];
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  return argv.map((word, at) => (word === "-h" && at < end ? "--help" : word));
}

/** Parses and runs one command line. Every failure that is expected comes out as a CliFailure. */
export async function runProgram(argv: string[], context: Context): Promise<void> {
  const parser = buildParser(asHelp(argv), context);
  if (argv.length === 0) return context.print(await parser.getHelp());
  await parser.parseAsync();
}
