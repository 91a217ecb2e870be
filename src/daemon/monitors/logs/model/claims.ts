import { plain } from "./text.ts";

/** Names of the trade that have a digit in them, and count nothing. */
const terms =
  /\b(?:fail2ban|ipv[46]|sha-?(?:1|256|384|512)|md5|ed25519|ext[234]|oauth2|base64|utf-?8|log4(?:j|shell)|http\/[123]|tls ?1\.[23]|x86(?:_64)?|k8s|ssh2)\b/gi;
const numerals = /\d+(?:[.,:]\d+)*/g;
/** A number, an address or a time as it is written; thousands' commas go. */
const numbersIn = (text: string): string[] =>
  (text.normalize("NFKC").match(numerals) ?? []).map((found) =>
    /^\d{1,3}(?:,\d{3})+$/.test(found) ? found.replaceAll(",", "") : found,
  );

// Numbers in words beyond two, and in other scripts' digits, can't be looked up.
const spelled =
  /\b(?:three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|dozens?|hundreds?|thousands?|millions?|billions?)\b/i;
const otherDigits = /(?![0-9])\p{N}/u;

// What reads as the name of a thing on the network or on disk, or is set in quotes as if it were one.
const names = [
  /[\w.+-]+@[\w.-]+\w/g,
  /\b(?:[\p{L}\p{N}_-]+\.)+\p{L}{2,}\b/gu,
  /(?<![\w.])~?\/[\w.-]+(?:\/[\w.-]+)*/g,
  /\b[A-Za-z]:\\\S+/g,
  /(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/gi,
  /["`“«]([^"`”»]{2,})["`”»]/g,
];

/** What may be said: the texts that bear it out, and numbers that were worked out from them. */
export interface Support {
  texts: readonly string[];
  numbers: readonly number[];
}

/** The first thing in a text that nothing bears out: a number, an address, the name of a file. */
export function unsupported(text: string, { texts, numbers }: Support): string | undefined {
  const said = text.normalize("NFKC").replace(terms, "");
  const known = new Set([...texts.flatMap(numbersIn), ...numbers.map(String)]);
  const isKnown = (number: string): boolean => known.has(number) || isBeginningOfTime(number, known);
  const number = numbersIn(said).find((one) => !isKnown(one));
  if (number !== undefined) return number;
  const other = spelled.exec(said)?.[0] ?? otherDigits.exec(said)?.[0];
  if (other !== undefined) return other;
  const evidence = texts.map((one) => plain(one.normalize("NFKC")).toLowerCase()).join("\n");
  const named = names.flatMap((pattern) => Array.from(said.matchAll(pattern), (match) => match[1] ?? match[0]));
  return named.find(
    (name) =>
      !evidence.includes(
        name
          .trim()
          .replace(/[.,;:]+$/, "")
          .toLowerCase(),
      ),
  );
}

/** `10:32` where the log says `10:32:05`. */
const isBeginningOfTime = (number: string, known: ReadonlySet<string>): boolean =>
  /^\d+:\d/.test(number) && [...known].some((one) => one.startsWith(`${number}:`));
