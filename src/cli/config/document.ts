import { isMap, isScalar, LineCounter, parseDocument, visit } from "yaml";
import type { Document } from "yaml";
import { channelAdd } from "../../shared/api/channel.ts";
import type { CommandSpec } from "../../shared/api/command.ts";
import { configApply } from "../../shared/api/document.ts";
import type { SectionName } from "../../shared/api/document.ts";
import { hostAdd } from "../../shared/api/host.ts";
import { logsAdd } from "../../shared/api/logs.ts";
import { policySet } from "../../shared/api/policy.ts";
import { probeAdd } from "../../shared/api/probe.ts";
import { silenceAdd } from "../../shared/api/silence.ts";
import type { FieldError } from "../../shared/errors.ts";
import { refuseInvalid } from "../../shared/errors.ts";
import { CliFailure, reworded, statuses } from "../failure.ts";
import { asTyped, writtenAs } from "../fields.ts";
import { fieldsOf } from "../schema.ts";
import type { Field } from "../fields.ts";
import { readWritten, Unreadable } from "../values.ts";
import { nearest } from "./nearest.ts";
import type { ReadSecret } from "./secrets.ts";

const without = (spec: object, ...names: string[]): Field[] =>
  fieldsOf(spec as CommandSpec).filter(({ name }) => !names.includes(name));

/** The fields of each section's entries: those of the command that makes one. */
export const sectionFields: Record<SectionName, Field[]> = {
  hosts: without(hostAdd, "id", "token"),
  channels: without(channelAdd, "id"),
  policies: without(policySet, "id", "unset"),
  silences: without(silenceAdd, "id", "durationMs"),
  probes: without(probeAdd, "id"),
  sources: without(logsAdd, "id"),
};
const sectionNames = Object.keys(sectionFields) as SectionName[];

type Fields = Record<string, unknown>;
type Path = readonly string[];

/** A configuration file as the daemon takes it. */
export interface ConfigFile {
  document: Partial<Record<SectionName, Fields>>;
  /** A complaint about the document as one about the file: with its line, and in its spelling. */
  explain(errors: readonly FieldError[]): CliFailure;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads a file's text, and checks all that can be checked without a daemon. Throws a CliFailure that names every fault. */
export function readDocument(name: string, text: string, readSecret: ReadSecret): ConfigFile {
  const lines = new LineCounter();
  // The parser would look for keys that come twice by comparing each with each.
  const parsed = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    merge: true,
    logLevel: "error",
  });
  const lineAt = (offset: number): string => `${name}:${lines.linePos(offset).line}`;
  // A tag that isn't known would be left aside with a warning, and what it marks taken as it is.
  const [error] = [...parsed.errors, ...parsed.warnings];
  // Without the parser's own words: they may quote a secret.
  if (error) throw fail([`${lineAt(error.pos[0])}: no valid YAML: ${error.code.toLowerCase().replaceAll("_", " ")}`]);
  const twice = firstTwice(parsed);
  if (twice) throw fail([`${lineAt(twice.offset)}: ${twice.key} is there twice`]);
  const { document, places, faults } = translate(contentOf(parsed, name), readSecret);

  function explain(errors: readonly FieldError[]): CliFailure {
    return fail(
      errors.map(({ field, message }) => {
        const { path, rest } = placeOf(field, places);
        const line = lineOf(parsed, path, lines);
        const spelled = [...path, ...rest].join(".");
        const fields = Object.entries(sectionFields).find(([section]) => section === path[0])?.[1] ?? [];
        return `${name}${line ? `:${line}` : ""}: ${spelled}: ${reworded(message, fields, writtenAs)}`;
      }),
    );
  }

  if (faults.length > 0) throw explain(faults);
  const checked = configApply.args.safeParse(document);
  if (!checked.success) throw explain(refuseInvalid(checked.error, "file").errors ?? []);
  return { document, explain };
}

const fail = (lines: readonly string[]): CliFailure => new CliFailure(statuses.config, lines.join("\n"));

/** The first key that its map has already. */
function firstTwice(parsed: Document): { key: string; offset: number } | undefined {
  let found: { key: string; offset: number } | undefined;
  visit(parsed, {
    Map(_key, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const word = String(key.value);
        if (seen.has(word)) {
          found = { key: word, offset: key.range?.[0] ?? 0 };
          return visit.BREAK;
        }
        seen.add(word);
      }
      return undefined;
    },
  });
  return found;
}

function contentOf(parsed: Document, name: string): Fields {
  try {
    const content: unknown = parsed.toJS() ?? {};
    if (isFields(content)) return content;
  } catch (error) {
    throw new CliFailure(statuses.config, `${name}: its aliases can't be resolved`, { cause: error });
  }
  throw fail([`${name}: write sections: ${sectionNames.join(", ")}`]);
}

/** Faults by the document's paths, and where in the file each of its paths comes from. */
interface Translation {
  document: ConfigFile["document"];
  places: Map<string, Path>;
  faults: FieldError[];
}

function translate(content: Fields, readSecret: ReadSecret): Translation {
  const made: Translation = { document: {}, places: new Map(), faults: [] };
  for (const [name, section] of Object.entries(content)) {
    if (!(sectionNames as string[]).includes(name)) complain(made, [name], strange("section", name, sectionNames));
    else if (!isFields(section)) complain(made, [name], "give a map by id, or {} for none");
    else made.document[name as SectionName] = translateSection(made, name as SectionName, section, readSecret);
  }
  return made;
}

function complain({ faults, places }: Translation, path: Path, message: string): void {
  places.set(path.join("."), path);
  faults.push({ field: path.join("."), message });
}

const strange = (what: string, name: string, known: readonly string[]): string =>
  `there is no ${what} ${name}; there is ${nearest(name, known).join(", ")}`;

function translateSection(made: Translation, section: SectionName, entries: Fields, readSecret: ReadSecret): Fields {
  const translated: [string, unknown][] = [];
  for (const [id, entry] of Object.entries(entries)) {
    made.places.set(`${section}.${id}`, [section, id]);
    // `web01:` alone is a host with nothing said about it.
    if (entry === null || isFields(entry))
      translated.push([id, translateEntry(made, [section, id], entry ?? {}, readSecret)]);
    else complain(made, [section, id], "give a map of its fields");
  }
  return Object.fromEntries(translated);
}

function translateEntry(made: Translation, path: Path, entry: Fields, readSecret: ReadSecret): Fields {
  const fields = sectionFields[path[0] as SectionName];
  const translated: Fields = {};
  for (const [key, value] of Object.entries(entry)) {
    const place = [...path, key];
    const field = fields.find(({ name, flag }) => key === name || key === flag || key === asTyped(name));
    if (!field) complain(made, place, strange("field", key, fields.map(writtenAs)));
    else if (field.name in translated) complain(made, place, "says again what another name for it says");
    else {
      made.places.set([...path, field.name].join("."), place);
      translated[field.name] =
        field.name === "secrets"
          ? translateSecrets(made, place, value, readSecret)
          : attempt(made, place, () => readWritten(value, field.schema, key === field.name));
    }
  }
  return translated;
}

/** No complaint about them shows what was given. */
function translateSecrets(made: Translation, place: Path, given: unknown, readSecret: ReadSecret): Fields {
  if (!isFields(given)) complain(made, place, "give a map of them by name");
  const secrets = Object.entries(isFields(given) ? given : {}).map(([name, value]) => {
    const path = [...place, name];
    return [name, attempt(made, path, () => readSecret(path.join("."), value))] as const;
  });
  return Object.fromEntries(secrets);
}

function attempt(made: Translation, place: Path, read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    complain(made, place, error.message);
    return undefined;
  }
}

/** The deepest place that is known of a path, and what is left of the path. */
function placeOf(field: string, places: ReadonlyMap<string, Path>): { path: Path; rest: string[] } {
  const rest: string[] = [];
  for (let path = field; path !== ""; path = path.slice(0, Math.max(0, path.lastIndexOf(".")))) {
    const place = places.get(path);
    if (place) return { path: place, rest };
    rest.unshift(path.slice(path.lastIndexOf(".") + 1));
  }
  return { path: [], rest };
}

/** The line of a path's last key. */
function lineOf(parsed: Document, path: Path, lines: LineCounter): number | undefined {
  const within = path.length > 1 ? parsed.getIn(path.slice(0, -1), true) : parsed.contents;
  if (!isMap(within)) return undefined;
  const key = within.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === path.at(-1))?.key;
  return isScalar(key) && key.range ? lines.linePos(key.range[0]).line : undefined;
}
