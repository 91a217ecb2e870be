/** Bundles the command line (with daemon, agent and console as chunks loaded when wanted) and the console alone. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import type { OutputFile, Plugin } from "esbuild";

const root = path.join(import.meta.dirname, "..");
const dist = path.join(root, "dist");
const staleMs = 3_600_000;

/** Ink asks for the React developer tools only when DEV is set, but a bundler sees the import anyway. */
const withoutDevtools: Plugin = {
  name: "without-devtools",
  setup(pending) {
    pending.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: "react-devtools-core", namespace: "empty" }));
    pending.onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "export default undefined" }));
  },
};

/** Yoga asks `fetch` for what it holds itself, and Node loads all of `fetch` for it: 15 ms of each start. */
const withoutFetch: Plugin = {
  name: "without-fetch",
  setup(pending) {
    pending.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, async ({ path: file }) => ({
      contents: `const fetch = undefined;\n${await readFile(file, "utf8")}`,
    }));
  },
};

const ownWidth = path.join(root, "src/tui/state/width.ts");

/** One way to measure a line for all, instead of seven copies of a slow one. */
const withOwnWidth: Plugin = {
  name: "with-own-width",
  setup(pending) {
    pending.onResolve({ filter: /^string-width$/ }, ({ importer, namespace }) => {
      if (namespace === "late") return undefined;
      return importer === ownWidth ? { path: "string-width", namespace: "late" } : { path: ownWidth };
    });
    // Its segmenter takes 7 ms to make, so it is loaded for the first line that needs it.
    pending.onLoad({ filter: /.*/, namespace: "late" }, () => ({
      contents: `let measure;
        export default (text, options) => (measure ??= require("string-width").default)(text, options);`,
      resolveDir: root,
    }));
  },
};

/** How many lines of the screen Ink may remember; a large terminal has a hundred. */
const rememberedLines = 300;

/** Ink takes each line apart anew with each frame, twice, though hardly one has changed: half of what a key costs. */
const withMemory: Plugin = {
  name: "with-memory",
  setup(pending) {
    pending.onLoad({ filter: /ink\/build\/output\.js$/ }, async ({ path: file }) => {
      const [before, after, ...more] = (await readFile(file, "utf8")).split("caches = new OutputCaches();");
      if (after === undefined || more.length > 0)
        throw new Error("Ink's output isn't what it was: see how it caches now");
      return {
        contents: `${before}caches = (remembered = remembered.styledChars.size > ${rememberedLines} ? new OutputCaches() : remembered);${after}
let remembered = new OutputCaches();`,
      };
    });
  },
};

/** They read files that lie beside them; ssh2 has native parts, where these were built. */
export const external = ["@fastify/swagger", "@fastify/swagger-ui", "ssh2"] as const;

/** The bundled programs. A release is smaller: no source maps, no spaces. */
export async function bundle({ outdir = dist, release = false } = {}): Promise<OutputFile[]> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { sentinel: "src/cli/main.ts", "sentinel-tui": "src/cli/console.ts" },
    outdir,
    outExtension: { ".js": ".mjs" },
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    jsx: "automatic",
    sourcemap: release ? false : "linked",
    minify: release,
    sourcesContent: false,
    // Libraries that are CommonJS call `require`, which an ES module hasn't got.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' },
    external: [...external],
    plugins: [withoutDevtools, withoutFetch, withOwnWidth, withMemory],
    logLevel: "warning",
    write: false,
  });
  return outputFiles;
}

/** Renames each file into place, entries last: a Sentinel that is being started meanwhile sees the old or the new. */
async function put(files: OutputFile[]): Promise<void> {
  await mkdir(path.join(dist, "chunks"), { recursive: true });
  const depth = (file: OutputFile): number => path.relative(dist, file.path).split(path.sep).length;
  for (const file of files.toSorted((a, b) => depth(b) - depth(a))) {
    const draft = `${file.path}.${process.pid}`;
    await writeFile(draft, file.contents);
    await rename(draft, file.path);
  }
}

/** Chunks of an earlier build stay for an hour: a running Sentinel may still want to load one. */
async function removeStale(files: OutputFile[]): Promise<void> {
  const current = new Set(files.map((file) => file.path));
  for (const name of await readdir(path.join(dist, "chunks"))) {
    const file = path.join(dist, "chunks", name);
    if (!current.has(file) && (await stat(file)).mtimeMs < Date.now() - staleMs) await rm(file);
  }
}

if (import.meta.main) {
  const files = await bundle();
  await put(files);
  await removeStale(files);
}
