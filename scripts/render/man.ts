import { commonOptions } from "../../src/cli/common-options.ts";
import { allCommands, commandTree } from "../../src/cli/tree.ts";
import type { Command, Option } from "../../src/cli/tree.ts";
import { viewOptions } from "../../src/cli/view-options.ts";
import { helpSections } from "../../src/tui/input/help.ts";

const glyphs: Record<string, string> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
  "…": "...",
};

/** Text as troff takes it: no line of it is a request, and what is copied from it is ASCII (groff_char(7)). */
const escaped = (text: string): string =>
  text.replace(/[\\'`^~…-]/g, (char) => glyphs[char] ?? char).replace(/^\./gm, "\\&.");

const bold = (text: string): string => `\\fB${escaped(text)}\\fR`;

const described = ({ describe, choices }: Option): string =>
  `${describe}${choices.length > 0 ? ` (${choices.join(", ")})` : ""}`;

const flag = (option: Option): string =>
  `.TP\n${bold(`--${option.name}`)}${option.takesValue ? " \\fIVALUE\\fR" : ""}\n${escaped(described(option))}`;

const place = (option: Option): string => `.TP\n\\fI${escaped(option.name)}\\fR\n${escaped(described(option))}`;

const example = (line: string): string => `.IP\n.nf\n${escaped(line)}\n.fi`;

function section(command: Command): string {
  const name = ["sentinel", ...command.words].join(" ");
  return [
    `.SS ${bold(name)}${command.places.length > 0 ? ` ${escaped(command.places.join(" "))}` : ""}`,
    escaped(command.describe),
    ...command.positionals.map(place),
    ...command.options.map(flag),
    ...(command.epilogue ? [".PP", escaped(command.epilogue)] : []),
    ...command.examples.map(example),
  ].join("\n");
}

/** A page of section 1. Words are never broken: most are names. */
const page = (name: string, version: string, says: string, parts: readonly string[]): string =>
  `${[
    `.TH ${name.toUpperCase()} 1 "" "Sentinel ${version}" "Sentinel"`,
    ".nh\n.ad l",
    `.SH NAME\n${escaped(name)} \\- ${escaped(says)}`,
    ...parts,
  ].join("\n")}\n`;

const exitStatus = `.SH EXIT STATUS
0 done, 1 the operation failed, 2 bad usage, 69 no daemon there, 77 not allowed, 78 configuration.`;

/** The manual page of `sentinel`: every command with its flags, as the program itself declares them. */
function renderManual(program: Command, version: string): string {
  const commands = allCommands(program).filter(({ words, children }) => words.length > 0 && children.length === 0);
  return page("sentinel", version, "watches hosts and tells people in time", [
    ".SH SYNOPSIS\n.B sentinel\n.I COMMAND\n.RI [ FLAGS ]",
    ".SH COMMON FLAGS",
    ...program.options.map(flag),
    ".SH COMMANDS",
    ...commands.map(section),
    exitStatus,
    ".SH SEE ALSO\n.BR sentinel\\-tui (1)",
  ]);
}

/** The manual page of `sentinel-tui`: its flags, and every key that does something. */
function renderConsoleManual(version: string): string {
  const { json: _json, ...common } = commonOptions;
  const { options } = commandTree((parser) => parser.options({ ...common, ...viewOptions }));
  const keys = helpSections.flatMap(({ title, bindings }) => [
    `.SS ${escaped(title)}`,
    ...bindings
      .filter((binding) => binding.keys.length > 0)
      .map((binding) => `.TP\n${bold(binding.keys.join(" "))}\n${escaped(binding.title)}`),
  ]);
  return page("sentinel-tui", version, "the console of Sentinel, on a daemon here or elsewhere", [
    ".SH SYNOPSIS\n.B sentinel\\-tui\n.RI [ FLAGS ]",
    ".SH FLAGS",
    ...options.map(flag),
    ".SH KEYS\nA question knows a key before the pane, the pane before its screen, the screen before what holds anywhere.",
    escaped("`:` does anything by its name, whether it has a key or not. Keys of your own stand in keys.yaml."),
    ...keys,
    ".SH FILES\n.TP\n.I \\(ti/.config/sentinel/\nkeys.yaml, contexts.json, console.json",
    exitStatus,
    ".SH SEE ALSO\n.BR sentinel (1)",
  ]);
}

/** The manual pages by their files' names. */
export const renderManuals = (program: Command, version: string): Record<string, string> => ({
  "sentinel.1": renderManual(program, version),
  "sentinel-tui.1": renderConsoleManual(version),
});
