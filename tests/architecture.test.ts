import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const root = path.join(import.meta.dirname, "..");

/** A part of the source: which other parts and which packages it may import. No `packages` means any. */
interface Part {
  files: RegExp;
  parts: string[];
  packages?: RegExp;
}

// The first that matches a file counts. ARCHITECTURE.md shows the same table for people.
const parts: Record<string, Part> = {
  "shared/client": {
    files: /^shared\/client\//,
    parts: ["shared"],
    packages: /^(ky|ws|zod|node:(crypto|fs|https?|stream\/consumers|tls))$/,
  },
  "shared/schedule": { files: /^shared\/schedule\//, parts: ["shared"], packages: /^(croner|temporal-polyfill|zod)$/ },
  shared: { files: /^shared\//, parts: ["shared/schedule"], packages: /^zod$/ },
  "daemon/domain": { files: /^daemon\/domain\//, parts: ["shared", "shared/schedule"], packages: /^$/ },
  "daemon/store": { files: /^daemon\/store\//, parts: ["shared", "daemon/domain"] },
  // What is done to lines of a log, wherever they come from: the command line does it to any file.
  "daemon/logs": {
    files: /^daemon\/monitors\/logs\/((baseline|detect|formats|offline|read|redact|templates)\/|(finding|record)\.ts)/,
    parts: ["shared"],
    packages: /^(node:(crypto|net)|re2js|simple-statistics)$/,
  },
  "daemon/monitors": {
    files: /^daemon\/monitors\//,
    parts: ["shared", "shared/schedule", "shared/client", "daemon/domain", "daemon/logs", "daemon/outgoing"],
  },
  // What is done to a data folder as a whole: by the daemon, and by the command line where none runs.
  "daemon/upkeep": {
    files: /^daemon\/upkeep\//,
    parts: ["shared", "daemon/domain", "daemon/store", "daemon/engine"],
    packages: /^(node:.*|modern-tar(\/fs)?|zod)$/,
  },
  // What all that leaves this machine must keep to.
  "daemon/outgoing": { files: /^daemon\/outgoing\//, parts: ["shared"], packages: /^node:net$/ },
  "daemon/notify": { files: /^daemon\/notify\//, parts: ["shared", "daemon/domain", "daemon/outgoing"] },
  "daemon/engine": {
    files: /^daemon\/engine\//,
    parts: ["shared", "shared/schedule", "daemon/domain", "daemon/outgoing"],
  },
  // What the daemon counts of itself; nothing but app.ts knows of it.
  "daemon/observe": {
    files: /^daemon\/observe\//,
    parts: ["shared", "daemon/domain", "daemon/engine"],
    packages: /^prom-client$/,
  },
  // Who may come in, from where and how often.
  "daemon/door": {
    files: /^daemon\/door\//,
    parts: ["shared", "daemon/engine"],
    packages: /^(node:(http|net|path)|rate-limiter-flexible|zod)$/,
  },
  "daemon/http": { files: /^daemon\/http\//, parts: ["shared", "daemon/engine", "daemon/door"] },
  "daemon/ws": { files: /^daemon\/ws\//, parts: ["shared", "daemon/engine", "daemon/door"] },
  "daemon/options": {
    files: /^daemon\/(options(-error)?|secret-sources|config-file)\.ts$/,
    parts: ["shared", "daemon/outgoing", "daemon/door"],
  },
  "daemon/app": {
    files: /^daemon\/app\.ts$/,
    parts: [
      "shared",
      "shared/client",
      "daemon",
      "daemon/options",
      ...["domain", "store", "logs", "monitors", "notify", "observe", "engine", "door", "http", "ws", "upkeep"].map(
        (name) => `daemon/${name}`,
      ),
    ],
  },
  // What app.ts puts together beside the folders; it may know the deciding side, and constructs nothing.
  daemon: { files: /^daemon\/[^/]+\.ts$/, parts: ["shared", "daemon/domain", "daemon/engine", "daemon/options"] },
  // What a person can choose of the console: told on the command line, and in it.
  "tui/settings": { files: /^tui\/settings\.ts$/, parts: [], packages: /^$/ },
  "tui/main": {
    files: /^tui\/main\.tsx$/,
    parts: ["shared", "shared/client", "tui", "tui/settings", "tui/state", "tui/view", "tui/input"],
  },
  "tui/state": {
    files: /^tui\/state\//,
    parts: ["shared", "shared/client", "tui/settings"],
    packages: /^(fuzzysort|string-width|pretty-ms|pretty-bytes)$/,
  },
  "tui/input": { files: /^tui\/input\//, parts: ["shared", "tui/settings", "tui/state"], packages: /^fuzzysort$/ },
  "tui/view": { files: /^tui\/view\//, parts: ["shared", "tui/settings", "tui/state", "tui/input"] },
  tui: { files: /^tui\//, parts: ["shared", "shared/client", "tui/settings", "tui/state", "tui/view", "tui/input"] },
  agent: { files: /^agent\//, parts: ["shared", "shared/client"] },
  cli: {
    files: /^cli\//,
    parts: [
      "shared",
      "shared/schedule",
      "shared/client",
      "agent",
      "tui/main",
      "tui/settings",
      "daemon/app",
      "daemon/options",
      "daemon/outgoing",
      "daemon/upkeep",
      "daemon/logs",
    ],
  },
};

const isTest = (file: string): boolean => /\.test(-[a-z]+)?\.tsx?$/.test(file);
const sources = readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" }).filter(
  (file) => /\.tsx?$/.test(file) && !isTest(file),
);
const textOf = (file: string): string => readFileSync(path.join(root, "src", file), "utf8");
const partOf = (file: string): string | undefined => Object.keys(parts).find((name) => parts[name]?.files.test(file));

/** What a file imports, types and lazily loaded modules too. */
const importsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/(?:^(?:import|export)\b[^;]*?\bfrom\s+|^import\s+|\bimport\()"([^"]+)"/gm)].map(
    (match) => match[1] ?? "",
  );

/** Why this import isn't allowed, or undefined. */
function objection(file: string, specifier: string): string | undefined {
  const name = partOf(file) ?? "";
  const part = parts[name];
  if (!specifier.startsWith(".")) {
    return part?.packages && !part.packages.test(specifier) ? `${file} imports the package ${specifier}` : undefined;
  }
  const target = path.join(path.dirname(file), specifier);
  const other = partOf(target);
  if (other === undefined) return `${file} imports ${target}, which is in no part`;
  return other === name || part?.parts.includes(other) ? undefined : `${file} (${name}) imports ${target} (${other})`;
}

describe("who may import whom", () => {
  test.each(Object.keys(parts).filter((name) => sources.some((file) => partOf(file) === name)))(
    "%s keeps to its table",
    (name) => {
      const files = sources.filter((file) => partOf(file) === name);
      expect(files.flatMap((file) => importsOf(file).flatMap((specifier) => objection(file, specifier) ?? []))).toEqual(
        [],
      );
    },
  );

  test("every source file is in a part, and imports were seen", () => {
    expect(sources.length).toBeGreaterThan(60);
    expect(sources.filter((file) => partOf(file) === undefined)).toEqual([]);
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(200);
    for (const name of [
      "shared",
      "daemon/domain",
      "daemon/store",
      "daemon/engine",
      "daemon/http",
      "daemon/ws",
      "tui/state",
      "tui/view",
      "agent",
      "cli",
    ]) {
      expect([name, sources.some((file) => partOf(file) === name)]).toEqual([name, true]);
    }
  });

  test("an import that isn't allowed would be found", () => {
    expect(objection("daemon/domain/alert.ts", "node:fs")).toBeDefined();
    expect(objection("shared/model.ts", "ws")).toBeDefined();
    expect(objection("tui/state/state.ts", "../../daemon/app.ts")).toBeDefined();
    expect(objection("daemon/store/ledger.ts", "../engine/engine.ts")).toBeDefined();
    expect(objection("daemon/http/server.ts", "../store/ledger.ts")).toBeDefined();
  });
});

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(?<!:)\/\/.*$/gm, "");

test("the domain takes time and chance from its caller only", () => {
  const domain = sources.filter((file) => partOf(file) === "daemon/domain");
  const impure =
    /\b(Date|performance)\s*[.(]|\bnew Date\b|Math\.random|\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b|\bprocess\b/;
  expect(domain.filter((file) => impure.test(withoutComments(textOf(file))))).toEqual([]);
});

test("one file alone knows the library that writes metrics", () => {
  expect(sources.filter((file) => importsOf(file).includes("prom-client"))).toEqual(["daemon/observe/scrape.ts"]);
});

test("the environment is read in two places only", () => {
  const readers = sources.filter((file) => /process\.env/.test(withoutComments(textOf(file))));
  // The console's own sets what its libraries read as they load.
  expect(
    readers.filter((file) => !["cli/environment.ts", "daemon/options.ts", "tui/bootstrap.ts"].includes(file)),
  ).toEqual([]);
});
