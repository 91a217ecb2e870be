import type { Shell } from "./completion.ts";
import { allCommands } from "./tree.ts";
import type { Command, Option } from "./tree.ts";

interface Word {
  word: string;
  says: string;
}

/** What may follow a command's words: those below it, its flags and what its places may be. */
interface Stop {
  words: string;
  next: readonly Word[];
}

const flags = (options: readonly Option[]): Word[] =>
  options.map(({ name, describe }) => ({ word: `--${name}`, says: describe }));

function stopsOf(program: Command): Stop[] {
  return allCommands(program).map(({ words, children, options, positionals }) => ({
    words: words.join(" "),
    next: [
      ...children.map((child) => ({ word: child.words.at(-1) ?? "", says: child.describe })),
      ...positionals.flatMap(({ choices, describe }) => choices.map((word) => ({ word, says: describe }))),
      ...flags(words.length === 0 ? options : [...options, ...program.options]),
    ],
  }));
}

/** In single quotes, for all three shells. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
/** One line that no shell reads anything into. */
const plain = (text: string): string => text.replace(/\s+/g, " ").replaceAll(":", " -");

/** For `words`, which words of those that were typed count: the commands, not the flags and their values. */
const shellCase = (stops: readonly Stop[], line: (stop: Stop) => string): string =>
  stops.map((stop) => `    ${quoted(stop.words)}) ${line(stop)} ;;`).join("\n");

const known = (stops: readonly Stop[]): string =>
  stops
    .filter(({ words }) => words !== "")
    .map(({ words }) => quoted(words))
    .join("|");

function bash(stops: readonly Stop[]): string {
  return `# bash completion for sentinel
_sentinel() {
  local current="\${COMP_WORDS[COMP_CWORD]}" at='' word list=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${at:+$at }$word" in
      ${known(stops)}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at" in
${shellCase(stops, ({ next }) => `list=${quoted(next.map(({ word }) => word).join(" "))}`)}
  esac
  COMPREPLY=($(compgen -W "$list" -- "$current"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _sentinel sentinel
`;
}

function zsh(stops: readonly Stop[]): string {
  const entry = ({ word, says }: Word): string => quoted(`${word}:${plain(says)}`);
  return `#compdef sentinel
_sentinel() {
  local at='' word
  local -a list
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${at:+$at }$word" in
      ${known(stops)}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at" in
${shellCase(stops, ({ next }) => `list=(${next.map(entry).join(" ")})`)}
  esac
  _describe 'sentinel' list || _files
}
if [ "$funcstack[1]" = "_sentinel" ]; then _sentinel "$@"; else compdef _sentinel sentinel; fi
`;
}

function fish(stops: readonly Stop[]): string {
  const lines = stops.flatMap(({ words, next }) =>
    next.map(({ word, says }) => {
      const what = word.startsWith("--") ? `-l ${word.slice(2)}` : `-a ${quoted(word)}`;
      return `complete -c sentinel -n ${quoted(`__sentinel_at "${words}"`)} ${what} -d ${quoted(plain(says))}`;
    }),
  );
  return `# fish completion for sentinel
function __sentinel_at
  set -l at ''
  for word in (commandline -opc)[2..]
    set -l next (string trim "$at $word")
    switch "$next"
      case ${known(stops).replaceAll("|", " ")}
        set at $next
    end
  end
  test "$at" = "$argv[1]"
end
${lines.join("\n")}
`;
}

/** The script of a shell, for all commands as they are now. */
export const completionScript = (shell: Shell, program: Command): string =>
  ({ bash, zsh, fish })[shell](stopsOf(program));
