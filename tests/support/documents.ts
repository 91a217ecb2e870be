import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "./processes.ts";

const within = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => path.join(folder, file));

/** Every document of the project. */
export const documents = [
  ...["README", "ARCHITECTURE", "SECURITY", "CONTRIBUTING", "CHANGELOG"].map((name) => `${name}.md`),
  ...within("docs"),
  ...within("deploy"),
];
export const textOf = (file: string): string => readFileSync(path.join(root, file), "utf8");

/** Something that a document says, and where: `README.md:12`. */
export interface Said {
  at: string;
  file: string;
  text: string;
}

const shell = /^(sh|bash|console|crontab|)$/;

/** What stands in a document as a line of it, as code within one, or as a line of a block for a shell. */
function read(file: string): { lines: Said[]; code: Said[]; prose: Said[] } {
  const [lines, code, prose]: [Said[], Said[], Said[]] = [[], [], []];
  let language: string | undefined;
  let unfinished = "";
  for (const [i, text] of textOf(file).split("\n").entries()) {
    const said = (what: string): Said => ({ at: `${file}:${i + 1}`, file, text: what });
    const fence = /^\s*```(\w*)/.exec(text);
    if (fence) language = language === undefined ? fence[1] : undefined;
    else lines.push(said(text));
    if (fence) continue;
    if (language === undefined) {
      prose.push(said(text));
      for (const [, , inline = ""] of text.matchAll(/(`+)(.+?)\1/g)) code.push(said(inline.trim()));
    } else if (shell.test(language)) {
      unfinished += text.replace(/\\$/, " ");
      if (text.endsWith("\\")) continue;
      code.push(said(unfinished));
      unfinished = "";
    }
  }
  return { lines, code, prose };
}

const all = documents.map(read);
export const lines = all.flatMap((one) => one.lines);
export const code = all.flatMap((one) => one.code);
export const prose = all.flatMap((one) => one.prose);

/** Everything that a pattern finds there, its first group if it has one. */
export const found = (where: readonly Said[], pattern: RegExp): Said[] =>
  where.flatMap((said) =>
    Array.from(said.text.matchAll(pattern), ([whole, part]) => ({ ...said, text: part ?? whole })),
  );

/** Those that `isRight` doesn't hold for, as a message each. */
export const wrong = (all: readonly Said[], isRight: (said: Said) => boolean): string[] =>
  all.filter((said) => !isRight(said)).map(({ at, text }) => `${at}: ${text}`);
