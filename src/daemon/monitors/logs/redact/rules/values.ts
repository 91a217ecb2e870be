import { isPlaceholder } from "../placeholder.ts";

/** A value as it stands in a line, without its quotes. */
export interface Value {
  from: number;
  to: number;
  quoted: boolean;
}

// What stands around a value in dumps of maps and structures: Some("x"), ["x"], b'x', string(1) "x".
const opening =
  /(?:a\d{1,2}=|Some|Ok|Just|SecretStr|String|str|string\(\d{1,5}\) |b|u|r|L|N|@)?[([]{0,2}(?=\\{0,15}["'`])|\[{1,2}/y;
const quote = /(\\{0,15})(["'`“”„«‹「])/y;
const closes: Readonly<Record<string, string>> = { "“": "”", "„": "“", "«": "»", "‹": "›", "「": "」" };

/** Reads the value that begins at `at`: to its closing quote or tag, else to what ends a bare word. */
export function readValue(text: string, at: number): Value {
  const closing = /[\w"']>$/.test(text.slice(Math.max(0, at - 2), at)) ? text.indexOf("</", at) : -1;
  if (closing !== -1) return { from: at, to: closing, quoted: true };
  opening.lastIndex = at;
  const start = opening.test(text) ? opening.lastIndex : at;
  quote.lastIndex = start;
  const [all = "", slashes = "", mark = ""] = quote.exec(text) ?? [];
  const from = start + all.length;
  if (all === "" || (mark.startsWith("u") && slashes === ""))
    return { from: start, to: bareEnd(text, start), quoted: false };
  return { from, to: closingQuote(text, from, slashes.length, closes[mark] ?? mark), quoted: true };
}

/** A quote inside has more backslashes before it than the one that opened; one that isn't closed holds all that follows. */
function closingQuote(text: string, from: number, slashes: number, mark: string): number {
  for (let at = text.indexOf(mark, from); at !== -1; at = text.indexOf(mark, at + mark.length)) {
    let first = at;
    while (first > from && text[first - 1] === "\\") first--;
    const doubled = mark === "'" && first === at && at > from && text[at + 1] === mark;
    if (doubled) at++;
    else if (at - first <= slashes) return first;
  }
  return text.length;
}

const endOfWord =
  /[\s\u3000]|<\/|<br|\\{1,15}(?:[nrt](?=$|\W|[\w.-]{1,40}\s?[=:])|["'])|["'`”»](?=$|[\s,;:)\]}>&|]|\\)|[,;](?=$|\s|\\?["']|[A-Za-z_][\w.-]{1,40}(?: [A-Za-z]\w{1,20}){0,2}\s?[=:])|&(?=$|[\w.[\]%-]{1,60}=|quot;|amp;|[lg]t;)/g;
const openers: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{", ">": "<" };

/** The end that was found last holds for all places before it: without that, a line of `a=a=a=…` would take its square. */
let last = { text: "", from: 0, to: 0 };

function wordEnd(text: string, from: number): number {
  if (text !== last.text || from < last.from || from > last.to) {
    endOfWord.lastIndex = from;
    last = { text, from, to: endOfWord.exec(text)?.index ?? text.length };
  }
  return last.to;
}

/** Where a bare word ends, less the punctuation that belongs to the sentence around it. */
export function bareEnd(text: string, from: number): number {
  let to = wordEnd(text, from);
  for (; to > from; to--) {
    const last = text[to - 1] ?? "";
    const opener = openers[last];
    const ofItsOwn = opener !== undefined && text.slice(from, to - 1).includes(opener);
    if (ofItsOwn || (opener === undefined && !".,;:\"'`".includes(last))) break;
  }
  return to;
}

const nothing =
  /^(?:[\s*.•#_\-–—?\\|/,;:=&%<>()[\]{}]*|x{3,}|\W{0,3}(?:null|nil|none|undefined|nan|true|false|yes|no|y|n|on|off|ok|empty|blank|unset|not[ _-]?set|set|hidden|masked|redacted|filtered|removed|omitted|sanitized|unknown|n\/a|required|optional|missing|invalid|incorrect|wrong|expired|changed|failed|enabled|disabled|error|failure|mismatch|denied|rejected|string|str|int|bytes|object)\W{0,3})$/i;
/** Names the place of a secret, instead of the secret. */
const reference =
  /^(?:\$\{[^}]*\}|\$\([^)]*\)|\{\{[^}]*\}\}|\$[A-Z_][A-Z0-9_]*|%(?:\(\w{1,30}\))?[sdv]|%[A-Z_]{2,}%|<[A-Za-z][A-Za-z _-]{0,30}>|[{[]\\{0,15}["'].*|\*{3,}\S{0,4})$/;

/** Whether a value says that there is no secret here: empty, blotted out already, or a word about it. */
export const saysNothing = (value: string): boolean =>
  nothing.test(value) || reference.test(value) || isPlaceholder(value, 0, value.length);

const prose = new Set(
  "a about plain default pass passwd password secret token bad convertto-securestring correct fine from-json get-credential getpass good here new-object okay read-host right safe same wrong accepted access account admin again age ago all already also an and any are as at attempt attempts auth authenticated authentication based be been before but by can cannot change changes check checks checking code could database denied did do does doesn't error errors exceeded expires expiring expiry failure fields file for format found from generated generation get given granted has hash have if in input insufficient into is isn't it just keep key keys length less login longer lookup management manager many match matches mismatch method min minimum mode must need needed needs never new next not now of old only or out over per please policy prompt prompts protected provided provider quality rejected request requests reset retrieval returned revoked rotated same security sent server service session should show since so still strength successful successfully than that the then there they this to too try type under updated use used user username using validation verification verified verify via was we were when which while will with without you your".split(
    " ",
  ),
);

/** A dump of something that has a name of its own: `Token{a1b2 …`, `org.x.Proxy@1f2e`. */
export const isStructure = (value: string): boolean =>
  /^(?:[a-z]+\.){0,9}(?:[A-Z][a-z]{2,}\w*|[a-z]{4,})[({[]|^\w+(?:\.[\w$]+){1,20}@[\da-f]{1,8}$/.test(value);

/** Whether a bare word goes on with the sentence (`password expires for bob`) rather than being the secret. */
export const isProse = (value: string): boolean => prose.has(value.toLowerCase());

/** Whether a word in place of the secret says how it is (`the password is protected.`). */
export const describes = (value: string): boolean =>
  /^\p{L}*(?:[tsm]ion|ment|ed|ing|able|ible|ory|ive|ful|less|ent|ant|ong|ect|ure|ly|alid|own|eak|ock|ical)\W?$/iu.test(
    value,
  );

// Times, numbers, paths, addresses, fingerprints, and whatever has brackets or blanks; names with dots or dashes.
const notRandom = /^[\d.:/,_+TZ-]*$|^\/[a-z]+\/|^[a-z]+:\/\/|[{}()<>@|\s]|^0x[\da-f]{1,16}$|^(?:sha\d{1,3}|md5)[:-]/i;
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const dottedName = /^[A-Za-z][a-z]*(?:[.-][A-Za-z]?[a-z]+){1,20}\d*$/;

/** Whether a value was made by a machine's dice: small and capital letters and digits follow each other without order. */
export function looksRandom(text: string): boolean {
  const value = text.slice(0, 512);
  if (value.length < 12 || notRandom.test(value) || dottedName.test(value)) return false;
  const turns = value.match(/[a-z](?=[A-Z\d])|[A-Z](?=[a-z\d])|\d(?=[A-Za-z])/g)?.length ?? 0;
  if (uuid.test(value) || (turns >= 2 && /^(?:[a-z\d]{20,}|[A-Z\d]{20,})$/.test(value))) return true;
  return (turns >= 3 && turns >= value.length * (/\d/.test(value) ? 0.15 : 0.3)) || isCredentialPair(value);
}

/** Whether it is Base64 of `user:password`. */
export const isCredentialPair = (value: string): boolean =>
  /^[\w+/-]{6,}={0,2}$/.test(value) &&
  /^[^\p{C}:\ufffd]*:[^\p{C}\ufffd]+$/u.test(Buffer.from(value, "base64").toString("utf8"));

/** Whether a bare word has what a password has and a word of prose has not: digits or signs among its letters. */
export const looksChosen = (value: string): boolean =>
  value.length >= 5 &&
  /\p{L}/u.test(value) &&
  /\d|[!@#$%^&*?~+=](?=.)/.test(value) &&
  !/^[\w-]+(?:\.[\w-]+){1,20}$|^\/|:\/\/|^\w{1,20}[=:]|^\d+(?:[a-z]{1,3}|st|nd|rd|th)$|^<|^[#@]\w|^\w+\/v?\d|^0x[\da-f]+$|^\w+[({]/i.test(
    value,
  );
