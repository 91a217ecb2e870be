/** What has a form of its own, the more particular first. None depends on which digits stand there, only on how many. */
const forms: [name: string, pattern: string][] = [
  // Somebody before us has put something away: `<SECRET:a3f1>`, `<USER:7>`.
  ["<*>", "<[A-Z][A-Z_]*[:-][^<>\\s]*>"],
  ["<URL>", "[a-zA-Z][a-zA-Z\\d+.-]*://[^\\s\"'<>,;)\\]}]*[^\\s\"'<>,;)\\]}:.]"],
  ["<MAIL>", "[\\w.+=-]+@(?:[\\w-]+\\.)+[A-Za-z]{2,}(?![\\w-])"],
  ["<UUID>", "[\\da-fA-F]{8}-(?:[\\da-fA-F]{4}-){3}[\\da-fA-F]{12}(?![\\da-zA-Z])"],
  ["<MAC>", "(?:[\\da-fA-F]{2}[:-]){5}[\\da-fA-F]{2}(?![\\da-fA-F:])"],
  ["<IP>", "/?(?:::[fF]{4}:)?(?:\\d{1,3}\\.){3}\\d{1,3}(?:/\\d{1,2})?(?![\\w.]*\\w)"],
  [
    "<DATE>",
    "\\d{4}[-/.]\\d{2}[-/.]\\d{2}(?:[T-]\\d{2}[:.]\\d{2}[:.]\\d{2}(?:[.,]\\d+)?(?:Z|[+-]\\d{2}:?\\d{2})?)?(?!\\w)",
  ],
  ["<TIME>", "\\d{1,2}:\\d{2}(?::\\d{2})?(?:[.,]\\d+)?(?![\\w:])"],
  [
    "<IP>",
    "(?=[:\\da-fA-F]*[\\da-fA-F])(?:[\\da-fA-F]{1,4}(?::[\\da-fA-F]{1,4}){7}|(?:[\\da-fA-F]{1,4}(?::[\\da-fA-F]{1,4})*)?::(?:[\\da-fA-F]{1,4}(?::[\\da-fA-F]{1,4})*)?)(?:%\\w+)?(?:/\\d{1,3})?(?![\\w:])",
  ],
  ["<PATH>", "(?:[A-Za-z]:\\\\|\\\\\\\\)[^\\s\"'<>|,;]+"],
  ["<PATH>", "(?:~|\\.\\.?)?/[\\w.@%+~$-][^\\s\"'<>|,;:()[\\]{}=]*"],
  // Three names or more with dots between: hosts, packages, bundles. Not what is called: `a.b.c()`.
  ["<NAME>", "(?:[A-Za-z\\d_-]+\\.){2,}[A-Za-z_][\\w$-]*(?:/[\\w.$-]+)?(?![\\w.]*\\()"],
  ["<HEX>", "0[xX][\\da-fA-F]+(?![\\da-zA-Z])"],
  ["<HEX>", "(?:(?=[a-fA-F]*\\d)(?=\\d*[a-fA-F])[\\da-fA-F]{6,}|[a-f]{8})(?![\\da-zA-Z])"],
  // Letters and digits by turns: nobody wrote that.
  ["<*>", "(?=[A-Za-z+/_-]*\\d+[A-Za-z+/_-]+\\d)(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])[A-Za-z\\d+/_-]{20,}={0,2}(?![\\w.])"],
  ["<NUM>", "[-+]?\\d+(?:[.,]\\d+)*(?:[KMGT]i?B|[kKMGT](?![a-zA-Z\\d])|%)?(?![a-zA-Z\\d_])"],
];
const anyForm = new RegExp(forms.map(([, pattern]) => `(${pattern})`).join("|"), "y");

/** Without any of these there is no form in it. */
const telling = /[\d./@:\\<]|[a-f]{8}/;

const isDigit = /^\d/;
const alphanumeric = /[A-Za-z\d]/;
/** What is gone over at once. */
const run = /[A-Za-z]+|\d+|[^]/uy;
/** What holds a word together. Everything else is a piece by itself: brackets, quotes, `=`, `:`, `,`. */
const inWord = /[\w.@$#*+!?^&~`%\\/-]|[^\p{ASCII}]/u;

/** The form that begins at `from`, and where it ends; none inside of a word. */
function formAt(token: string, from: number): { name: string; end: number } | undefined {
  if (alphanumeric.test(token[from - 1] ?? "")) return undefined;
  anyForm.lastIndex = from;
  const match = anyForm.exec(token);
  if (!match) return undefined;
  const index = match.findIndex((group, i) => i > 0 && group !== undefined) - 1;
  return { name: forms[index]?.[0] ?? "<*>", end: from + match[0].length };
}

/** So much of a token is looked at: what is longer is no word that a programmer wrote. */
const TOKEN = 256;

/** Takes apart what stands between two spaces, and masks what varies: `uid=42,` is `uid`, `=`, `<NUM>`, `,`. */
export function maskToken(token: string): string[] {
  if (token.length > TOKEN) return [...maskToken(token.slice(0, TOKEN)), "<*>"];
  const pieces: string[] = [];
  const hasForms = telling.test(token);
  let word = "";
  for (let i = 0; i < token.length;) {
    const form = hasForms ? formAt(token, i) : undefined;
    run.lastIndex = i;
    const part = form ? form.name : (run.exec(token)?.[0] ?? "");
    i = form?.end ?? i + part.length;
    // A single digit in a word belongs to it: `ssh2`, `eth0`.
    if (!form && part.length > 1 && isDigit.test(part)) word += "<NUM>";
    else if (form || inWord.test(part)) word += part;
    else {
      if (word) pieces.push(word);
      pieces.push(part);
      word = "";
    }
  }
  if (word) pieces.push(word);
  return pieces;
}
