import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { Unreadable } from "../values.ts";

/** Makes text of what a file gives as a secret at a place; throws Unreadable. */
export type ReadSecret = (place: string, given: unknown) => string;

const given = z.union([
  z.string(),
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);

function formOf(value: unknown): z.output<typeof given> {
  const form = given.safeParse(value);
  if (form.success) return form.data;
  throw new Unreadable("write {env: NAME}, {file: path} or the secret itself");
}

/** Secrets from the environment, from files (relative to `folder`), or as they are. */
export function secretReader(env: Record<string, string | undefined>, folder: string): ReadSecret {
  return (_place, value) => {
    const form = formOf(value);
    if (typeof form === "string") return form;
    if ("file" in form) return readSecretFile(path.resolve(folder, form.file));
    const text = env[form.env];
    if (!text) throw new Unreadable(`the environment has no ${form.env}`);
    return text;
  };
}

function readSecretFile(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new Unreadable(`can't read ${file}: ${code}`, { cause: error });
  }
}

/** Reads no secret at all; notes the places of those that the file itself holds. */
export function secretChecker(): { read: ReadSecret; literal: string[] } {
  const literal: string[] = [];
  const read: ReadSecret = (place, value) => {
    if (typeof formOf(value) === "string") literal.push(place);
    return "";
  };
  return { read, literal };
}
