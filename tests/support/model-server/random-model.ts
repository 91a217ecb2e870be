import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { seededRandom } from "../seeded-random.ts";
import { recordsIn } from "./questions.ts";
import { randomGguf } from "./random-gguf.ts";
import type { HeardQuestion } from "./server.ts";

/** As much of node-llama-cpp 3 as is used: it isn't installed everywhere, so its own types aren't either. */
interface Engine {
  getLlama(options: object): Promise<{
    loadModel(options: { modelPath: string }): Promise<{ createContext(options: object): Promise<Context> }>;
    createGrammarForJsonSchema(schema: object): Promise<unknown>;
    dispose(): Promise<void>;
  }>;
  LlamaCompletion: new (options: { contextSequence: unknown }) => {
    generateCompletion(prompt: string, options: object): Promise<string>;
  };
}
interface Context {
  getSequence(): unknown;
}

export interface RandomModel {
  say(question: HeardQuestion, seed: number): Promise<string>;
  close(): Promise<void>;
}

/** Where node-llama-cpp is: beside the other packages, or in the folder that was named. Undefined if it isn't. */
export function findEngine(folder: string | undefined): Promise<Engine | undefined> {
  const base = folder ?? path.join(import.meta.dirname, "../../..");
  const file = pathToFileURL(path.join(base, "node_modules/node-llama-cpp/dist/index.js")).href;
  return import(file).catch(() => undefined) as Promise<Engine | undefined>;
}

const pieces = [
  "Failed password",
  " for root",
  " from",
  "203.0.113.9",
  " 212",
  " I/O error",
  "https://",
  "\\u001b[31m",
  "```",
];

/** A model of random weights in a real engine, whose answers keep to the schema and mean nothing. */
export async function openRandomModel(engine: Engine, seed: number): Promise<RandomModel> {
  const folder = mkdtempSync(path.join(tmpdir(), "sentinel-model-"));
  const modelPath = path.join(folder, "random.gguf");
  writeFileSync(modelPath, randomGguf(seededRandom(seed), pieces));
  const llama = await engine.getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: 1 });
  const model = await llama.loadModel({ modelPath });
  const context = await model.createContext({ contextSize: 4_096, threads: 1 });
  const completion = new engine.LlamaCompletion({ contextSequence: context.getSequence() });
  return {
    async say(question, seed) {
      const grammar = await llama.createGrammarForJsonSchema(schemaFor(question, seed));
      const prompt = question.user.slice(-300);
      return completion.generateCompletion(prompt, { grammar, seed, temperature: 4, maxTokens: 2_000 });
    },
    async close() {
      await llama.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Schema = Record<string, unknown>;

const sayings = [
  "212 tries",
  "213 tries",
  "3 errors",
  "4 errors",
  "215 lines",
  "216 lines",
  "from 203.0.113.9",
  "from 203.0.113.8",
  "see https://evil.example",
  "a dozen errors",
  "in /etc/shadow",
  "\u001b[31mred",
  "@everyone",
  "A quiet day.",
];
const text = { type: "string", maxLength: 40 };

/**
 * The schema that answers are asked in, so narrow that chance comes to what could be true: any text, by turns; or any
 * text and the numbers of real records; or passages and sentences too, of which some are true.
 */
function schemaFor(question: HeardQuestion, seed: number): Schema {
  const records = recordsIn(question);
  if (seed % 3 === 0) return answerOf(foundWith({ type: "integer" }, text, text), text);
  const numbers = { enum: records.map(({ number }) => number) };
  if (seed % 3 === 1) return answerOf(foundWith(numbers, text, text), text);
  const said = { enum: sayings };
  const kinds = records.map(({ number, label }) => {
    const passage = label.slice(label.indexOf(": ") + 2);
    const quotes = [passage.slice(0, 60), passage.slice(5, 30), passage.replaceAll(/[13]/g, "2")];
    return foundWith({ enum: [number] }, { enum: quotes }, said);
  });
  return answerOf({ oneOf: kinds }, said);
}

const foundWith = (record: Schema, quote: Schema, said: Schema): Schema => {
  const records = { type: "array", minItems: 1, maxItems: 3, items: record };
  const claim = objectOf({ name: { enum: ["lines"] }, value: { enum: [3, 212, 215, 216, 1.5] }, records });
  return objectOf({
    title: said,
    severity: { enum: ["critical", "warning", "info"] },
    records,
    quote,
    numbers: { type: "array", maxItems: 1, items: claim },
    explanation: said,
    recommendation: said,
    groups: { type: "array", maxItems: 2, items: { enum: ["brute-force:203.0.113.9", "nonsense"] } },
  });
};

const answerOf = (found: Schema, summary: Schema): Schema =>
  objectOf({ findings: { type: "array", minItems: 1, maxItems: 3, items: found }, summary });

const objectOf = (properties: Schema): Schema => ({ type: "object", properties, additionalProperties: false });
