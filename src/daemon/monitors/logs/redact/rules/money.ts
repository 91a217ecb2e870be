import type { Span } from "../rule.ts";

const card =
  /(?<![\w.+/-])(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|6011|65\d{2}|64[4-9]\d|35[2-8]\d)([ -]?)\d{4}\1\d{4}\1\d{4}(?![\w-]|\.\d)|(?<![\w.+/-])3[47]\d{2}([ -]?)\d{6}\2\d{5}(?![\w-]|\.\d)/g;
const iban = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Za-z0-9])/g;

/** The check digit of card numbers (ISO/IEC 7812-1, annex B). */
function passesLuhn(number: string): boolean {
  const digits = Array.from(number.replaceAll(/\D/g, ""), Number).toReversed();
  const sum = digits.reduce((sum, digit, i) => sum + (i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)), 0);
  return sum % 10 === 0;
}

/** The check digits of account numbers (ISO 13616): the country at the end and letters as numbers, 1 modulo 97. */
function passesIban(number: string): boolean {
  const plain = number.replaceAll(" ", "");
  const digits = (plain.slice(4) + plain.slice(0, 4)).replaceAll(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  );
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
  return plain.length >= 15 && rest === 1;
}

/** Numbers of payment cards and bank accounts: no word begins them, so all of the line is looked at. */
export function money(text: string): Span[] {
  const spans: Span[] = [];
  for (const [kind, pattern, isOne] of [
    ["card", card, passesLuhn],
    ["iban", iban, passesIban],
  ] as const)
    for (const { 0: number, index } of text.matchAll(pattern))
      if (isOne(number)) spans.push({ from: index, to: index + number.length, kind });
  return spans;
}
