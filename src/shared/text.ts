// ESC sequences (CSI, OSC, and two-byte ones), then whatever control or direction-changing character is left.
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const directions = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const suspicious = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/**
 * Makes text from outside safe for a terminal: escape sequences, control bytes and bidi controls go, tabs and line
 * ends become one space. (Terminal injection: CVE-2019-9535 and kin; bidi: "Trojan Source", CVE-2021-42574.)
 */
export function cleanText(text: string): string {
  if (!suspicious.test(text)) return text;
  return text
    .replace(escapes, "")
    .replace(/[\t\r\n]+/g, " ")
    .replace(controls, "")
    .replace(directions, "");
}

/** The same for text of several lines, which stay lines; what is blank around it goes. */
export const cleanLines = (text: string): string =>
  text
    .split(/\r\n|\n|\r/)
    .map((line) => cleanText(line).trimEnd())
    .join("\n")
    .trim();
