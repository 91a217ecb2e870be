import { createHmac, type KeyObject } from "node:crypto";

const shape = /<SECRET:[0-9a-f]{4}>/g;

/** As it would be written in plain text: escapes of URLs and JSON undone, so that one secret has one placeholder. */
function plain(secret: string): string {
  const unescaped = secret.replace(/\\(["'\\/])/g, "$1");
  try {
    return decodeURIComponent(decodeURIComponent(unescaped));
  } catch {
    return unescaped;
  }
}

/** What stands for a secret: the same for the same one, and nothing that leads back to it without the key. */
export const placeholderOf = (key: KeyObject, secret: string): string =>
  `<SECRET:${createHmac("sha256", key).update(plain(secret)).digest("hex").slice(0, 4)}>`;

export const placeholdersIn = (text: string): Iterable<RegExpExecArray> => text.matchAll(shape);

/** Whether a placeholder begins at `at`, and ends at `end` if that is given. */
export const isPlaceholder = (text: string, at: number, end = at + 13): boolean =>
  end === at + 13 && /^<SECRET:[0-9a-f]{4}>$/.test(text.slice(at, end));
