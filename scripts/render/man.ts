import { allCommands } from "../../src/cli/tree.ts";
import type { Command, Option } from "../../src/cli/tree.ts";

/** Text as troff takes it: no line of it is a request, and dashes stay dashes (man-pages(7)). */
const escaped = (text: string): string =>
  text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/gm, "\\&$1");

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

/** The manual page of `sentinel`: every command with its flags, as the program itself declares them. */
export function renderManual(program: Command, version: string): string {
  const commands = allCommands(program).filter(({ words, children }) => words.length > 0 && children.length === 0);
  return `${[
    `.TH SENTINEL 1 "" "Sentinel ${version}" "Sentinel"`,
    ".SH NAME\nsentinel \\- watches hosts and tells people in time",
    ".SH SYNOPSIS\n.B sentinel\n.I COMMAND\n.RI [ FLAGS ]",
    ".SH COMMON FLAGS",
    ...program.options.map(flag),
    ".SH COMMANDS",
    ...commands.map(section),
    ".SH EXIT STATUS",
    "0 done, 1 the operation failed, 2 bad usage, 69 no daemon there, 77 not allowed, 78 configuration.",
    ".SH SEE ALSO\n.BR sentinel\\-tui (1)",
  ].join("\n")}\n`;
}
