import { z } from "zod";
import { severities } from "../../../../shared/model.ts";

const found = z.object({
  title: z.string().describe("one line: what happened, to what"),
  severity: z.enum(severities),
  records: z.array(z.number().int()).describe("numbers of the records that show it, at most 10"),
  quote: z.string().describe("a passage of one of these records, copied exactly"),
  numbers: z
    .array(z.object({ name: z.string(), value: z.number(), records: z.array(z.number().int()) }))
    .catch([])
    .describe("each sum of line counts that the texts name, and the records that it adds up"),
  explanation: z.string().describe("what it means, in at most three sentences"),
  recommendation: z.string().describe("what to do, in at most two sentences"),
  groups: z.array(z.string()).catch([]).describe("keys of the given findings that this explains, or none"),
});

/** What a model is asked for. Lengths and counts are bounded where it is verified: not every server knows bounds. */
export const answerSchema = z.object({ findings: z.array(found), summary: z.string().catch("") });

export type Answer = z.infer<typeof answerSchema>;
export type AnswerFinding = Answer["findings"][number];

/** The same as JSON Schema, as strict servers want it: each property required, none besides, no defaults. */
export const answerJsonSchema = z.toJSONSchema(answerSchema, {
  io: "output",
  override: ({ jsonSchema }) => {
    delete jsonSchema.default;
    // Whole numbers come with the bounds of doubles, which some servers refuse.
    delete jsonSchema.minimum;
    delete jsonSchema.maximum;
  },
});

/** The JSON in a model's text: all of it, or what is left without thoughts, fences and words around it. */
export function jsonIn(text: string): unknown {
  const rest = text.slice(text.lastIndexOf("</think>") + 1);
  const candidates = [text, rest, rest.slice(rest.indexOf("{"), rest.lastIndexOf("}") + 1)];
  for (const candidate of candidates) {
    try {
      return JSON.parse(candidate);
    } catch {
      // The next one.
    }
  }
  return undefined;
}
