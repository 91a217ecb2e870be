import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A request as the provider got it. */
export interface HeardRequest {
  method: string;
  url: URL;
  headers: IncomingMessage["headers"];
  body: string;
}

/** An answer, or what happens instead of one: a cut line, one cut in the middle of the body, no answer at all. */
export type Reply = { status: number; headers?: Record<string, string>; body?: string } | "cut" | "cut-body" | "hang";

/** How a provider answers when all is well. */
export type Play = (request: HeardRequest) => Reply;

export interface Provider {
  /** Without a path. */
  origin: string;
  heard: HeardRequest[];
  /** What comes before its usual answers, in turn. */
  script: Reply[];
  /** Called with each request, before it is answered. */
  onHeard?: (() => void) | undefined;
  /** Called when an answer is on its way. */
  onAnswered?: (() => void) | undefined;
  /** Called when a request's sender has gone without an answer. */
  onCut?: () => void;
  close(): Promise<void>;
}

/** A local server that plays any provider of notices, until the test is over. */
export async function startProvider(play?: Play): Promise<Provider> {
  const provider = await openProvider(play);
  onTestFinished(provider.close);
  return provider;
}

/** The same for whoever closes it. */
export async function openProvider(play: Play = () => ({ status: 200, body: "ok" })): Promise<Provider> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const body = Buffer.concat(chunks).toString();
      const heard = { method, url: new URL(url, provider.origin), headers, body };
      provider.heard.push(heard);
      provider.onHeard?.();
      response.on("close", () => {
        if (!response.writableFinished) provider.onCut?.();
      });
      answer(response, provider.script.shift() ?? play(heard), () => provider.onAnswered?.());
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  async function close(): Promise<void> {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  }
  const { port } = server.address() as AddressInfo;
  const provider: Provider = { origin: `http://127.0.0.1:${port}`, heard: [], script: [], close };
  return provider;
}

function answer(response: ServerResponse, reply: Reply, onAnswered: () => void): void {
  if (reply === "hang") return;
  if (reply === "cut") {
    response.destroy();
    return;
  }
  if (reply === "cut-body") {
    response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
    response.write('{"id": "', () => response.destroy());
    return;
  }
  response.writeHead(reply.status, reply.headers).end(reply.body ?? "", onAnswered);
}

interface DiscordMessage {
  allowed_mentions?: unknown;
  thread_name?: string;
  embeds?: DiscordEmbed[];
}
interface DiscordEmbed {
  title?: string;
  description?: string;
  footer?: { text: string };
  fields?: { name: string; value: string }[];
}

/** What Discord does with a message: it counts code points, and strips texts before it asks whether they are empty. */
function discordObjection({ embeds = [], allowed_mentions }: DiscordMessage): string | undefined {
  if (JSON.stringify(allowed_mentions) !== '{"parse":[]}') return "This would ping people.";
  if (embeds.length === 0) return "Cannot send an empty message";
  if (embeds.length > 10) return "Must be 10 or fewer in length.";
  const texts = embeds.flatMap(limitedTexts);
  const long = texts.find(([text, limit]) => lengthOf(text) > limit);
  if (long) return `Must be ${long[1]} or fewer in length.`;
  if (texts.some(([text]) => !text.isWellFormed())) return "Could not interpret string data as UTF-8";
  if (embeds.some(({ fields = [] }) => fields.length > 25)) return "Must be 25 or fewer in length.";
  const required = embeds.flatMap(({ fields = [] }) => fields.flatMap(({ name, value }) => [name, value]));
  if (required.some((text) => text.trim() === "")) return "This field is required";
  const total = texts.reduce((sum, [text]) => sum + lengthOf(text), 0);
  return total > 6_000 ? "Embed size exceeds maximum size of 6000" : undefined;
}

const lengthOf = (text: string): number => [...text].length;

const limitedTexts = ({ title = "", description = "", footer, fields = [] }: DiscordEmbed): [string, number][] => [
  [title, 256],
  [description, 4_096],
  [footer?.text ?? "", 2_048],
  ...fields.flatMap(({ name, value }): [string, number][] => [
    [name, 256],
    [value, 1_024],
  ]),
];

const json = (status: number, value: unknown): Reply => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});

const invalid = (message: string): Reply =>
  json(400, {
    message: "Invalid Form Body",
    code: 50_035,
    errors: { embeds: { 0: { _errors: [{ code: "BASE_TYPE_MAX_LENGTH", message }] } } },
  });

/** Plays one Discord webhook with its real limits; `messages` is what people would see, by id. */
export function playDiscord(path: string): { play: Play; messages: Map<string, DiscordMessage> } {
  const messages = new Map<string, DiscordMessage>();
  function play({ method, url, body }: HeardRequest): Reply {
    if (!url.pathname.startsWith(path)) return json(404, { message: "Unknown Webhook", code: 10_015 });
    const message = JSON.parse(body) as DiscordMessage;
    const edited = /\/messages\/(.+)$/.exec(url.pathname)?.[1];
    if (edited !== undefined && (method !== "PATCH" || !messages.has(edited)))
      return json(404, { message: "Unknown Message", code: 10_008 });
    if (message.thread_name !== undefined && (url.searchParams.has("thread_id") || edited !== undefined))
      return invalid("A thread has a name or an id");
    const objection = discordObjection(message);
    if (objection) return invalid(objection);
    const id = edited ?? String(1_300_000_000_000_000_001n + BigInt(messages.size));
    messages.set(id, message);
    // Without `wait` nobody learns whether it was taken.
    return url.searchParams.get("wait") === "true" || edited ? json(200, { id, channel_id: "7" }) : { status: 204 };
  }
  return { play, messages };
}
