import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { OptionsError } from "./options-error.ts";
import { maskUrl } from "./outgoing/url.ts";

/** A value that prints as `[redacted]`, so that no log, error or dump shows it by accident. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  /** What people may see of it, who ask for it by name. */
  shown(): string {
    return "[redacted]";
  }
  toString(): string {
    return "[redacted]";
  }
  toJSON(): string {
    return "[redacted]";
  }
}

/** A URL that is a secret: where it leads may be seen. */
export class SecretUrl extends Secret {
  override shown(): string {
    return maskUrl(this.reveal());
  }
}

/** In characters: longer than any secret. */
const LONGEST_LENGTH = 16_384;

/** The secret that is alone in a file, without the end of its line. `place` says who named it. */
export function readSecretFile(path: string, place: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (cause) {
    const { code = "unreadable" } = cause as NodeJS.ErrnoException;
    throw new OptionsError(`${place}: can't read ${path}: ${code}. Give it an existing file.`, { cause });
  }
  if (text.trim() === "") throw new OptionsError(`${place}: ${path} is empty. Write the secret into it.`);
  if (text.length > LONGEST_LENGTH)
    throw new OptionsError(`${place}: ${path} is too long for a secret. Give it a file that holds the secret alone.`);
  return text;
}

type Environment = Record<string, string | undefined>;

interface Found {
  from: string;
  /** Of the file that it is in. */
  path?: string;
  read(): string;
}

/**
 * Where the environment says that a secret is, the first of: the variable itself, `<variable>_FILE`, and systemd's
 * credential of that name (systemd.exec(5), `LoadCredential=`). An empty variable counts as none.
 */
export function findSecret(env: Environment, name: string): Found | undefined {
  const [value, file, folder] = [env[name], env[`${name}_FILE`], env["CREDENTIALS_DIRECTORY"]];
  const inFile = (path: string, from: string): Found => ({ from, path, read: () => readSecretFile(path, from) });
  if (value) return { from: name, read: () => value };
  if (file) return inFile(file, `${name}_FILE`);
  const credential = folder && join(folder, name);
  return credential && statSync(credential, { throwIfNoEntry: false }) ? inFile(credential, credential) : undefined;
}

/** Secrets as environment and configuration file give them; knows in which files they were. */
export function createSecretSources(env: Environment, configPath = "") {
  const files = new Set<string>();
  return {
    named(name: string): { value: string | undefined; from: string } {
      const found = findSecret(env, name);
      if (found?.path) files.add(found.path);
      return { value: found?.read(), from: found?.from ?? name };
    },
    /** What the configuration file says at a place: the secret itself, or in which file it is (relative to that one). */
    given(value: string | { file: string } | undefined, place: string): string | undefined {
      if (value === undefined) return undefined;
      const path = typeof value === "string" ? configPath : resolve(dirname(configPath), value.file);
      files.add(path);
      return typeof value === "string" ? value : readSecretFile(path, place);
    },
    /** A sentence for each file with a secret that everybody on this machine can read: that isn't ours to mend. */
    warnings: (): string[] =>
      [...files]
        .filter((path) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o004) !== 0)
        .map((path) => `everybody on this machine can read ${path}, which holds a secret: chmod 600 it`),
  };
}
