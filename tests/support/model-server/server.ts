import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A question as the server got it. */
export interface HeardQuestion {
  headers: IncomingMessage["headers"];
  /** All of the body, as it came. */
  raw: string;
  isStreaming: boolean;
  format: string | undefined;
  /** What the model is told: the system's part and the user's. */
  system: string;
  user: string;
  body: Readonly<Record<string, unknown>>;
}

/** One way to answer, or not to. */
export type Behaviour = (response: ServerResponse, question: HeardQuestion, server: ModelServer) => void;

/** How it stands still: before any answer, within one, or with a byte now and then. */
export type Standstill = "silent" | "midway" | "trickle";

export interface ModelServer {
  /** The base URL. */
  url: string;
  heard: HeardQuestion[];
  /** What the model says: the text of its answer. */
  say(question: HeardQuestion): string;
  behave: Behaviour;
  /** How the answer that is under way stands still, if it does. */
  standstill: Standstill | undefined;
  /** Lets the next byte of a trickle come. */
  drip(): void;
  close(): Promise<void>;
}

/** A local server that plays any model with the API of OpenAI, until the test is over. */
export async function startModelServer(given: Partial<Pick<ModelServer, "say" | "behave">> = {}): Promise<ModelServer> {
  const server = await openModelServer(given);
  onTestFinished(server.close);
  return server;
}

/** The same for whoever closes it. */
export async function openModelServer(given: Partial<Pick<ModelServer, "say" | "behave">> = {}): Promise<ModelServer> {
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const question = questionIn(request, Buffer.concat(chunks).toString());
      server.heard.push(question);
      response.on("close", () => (server.standstill = undefined));
      server.behave(response, question, server);
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const server: ModelServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`,
    heard: [],
    say: () => '{"findings": [], "summary": ""}',
    behave: answer,
    standstill: undefined,
    drip: () => undefined,
    ...given,
    async close() {
      http.close();
      http.closeAllConnections();
      await once(http, "close");
    },
  };
  return server;
}

function questionIn({ headers }: IncomingMessage, raw: string): HeardQuestion {
  const body = JSON.parse(raw) as {
    stream?: boolean;
    response_format?: { type: string };
    messages: { content: string }[];
  };
  const [system, user] = body.messages;
  return {
    headers,
    raw,
    body,
    isStreaming: body.stream === true,
    format: body.response_format?.type,
    system: system?.content ?? "",
    user: user?.content ?? "",
  };
}

/** As servers answer when all is well: what the model says, in one piece or in many. */
export const answer: Behaviour = (response, question, server) => deliver(response, question, server.say(question));

export interface Delivery {
  finish?: string | null;
  usage?: unknown;
  /** In place of what the model says. */
  message?: object;
  choices?: readonly unknown[];
}

/** An answer's body, as it is sent when all of it comes. */
export function bodyFor({ isStreaming }: HeardQuestion, content: string, given: Delivery = {}): string {
  const { finish = "stop", usage = { prompt_tokens: 1_234, completion_tokens: 56 } } = given;
  const head = { id: "chatcmpl-1", created: 1, model: "stub", ...(usage === null ? {} : { usage }) };
  if (!isStreaming) {
    const message = given.message ?? { role: "assistant", content };
    const choices = given.choices ?? [{ index: 0, message, finish_reason: finish }];
    return JSON.stringify({ ...head, object: "chat.completion", choices });
  }
  const pieces = given.message
    ? [given.message]
    : (content.match(/[\s\S]{1,40}/g) ?? []).map((text) => ({ content: text }));
  const chunks = given.choices
    ? [{ choices: given.choices }]
    : [...pieces.map((delta) => chunkOf(delta, null)), chunkOf({}, finish), { choices: [], ...head }];
  return [...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), "data: [DONE]\n\n"].join("");
}

const chunkOf = (delta: object, finish: string | null) => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  choices: [{ index: 0, delta, finish_reason: finish }],
});

export const typeFor = ({ isStreaming }: HeardQuestion): { "content-type": string } => ({
  "content-type": isStreaming ? "text/event-stream; charset=utf-8" : "application/json",
});

export function deliver(response: ServerResponse, question: HeardQuestion, content: string, given?: Delivery): void {
  response.writeHead(200, typeFor(question)).end(bodyFor(question, content, given));
}
