import type { ServerResponse } from "node:http";
import type { FaultReason } from "../../../src/daemon/monitors/logs/model/fault.ts";
import { answer, type Behaviour, bodyFor, deliver, type HeardQuestion, type ModelServer, typeFor } from "./server.ts";

/** One thing that a model's server may do, and what is to come of it. */
export interface ServerFault {
  behave: Behaviour;
  /** Whether it is survived, or the reason told; it may depend on whether the answer comes in pieces. */
  outcome: "answer" | FaultReason | { whole: FaultReason; pieces: FaultReason };
  /** How many requests it takes. */
  requests?: number;
  /** The tokens aren't known from the server. */
  isEstimated?: true;
}

const json = { "content-type": "application/json" };

const refuse =
  (status: number, error: object | string, headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    void response
      .writeHead(
        status,
        typeof error === "string" ? { "content-type": "text/html", ...headers } : { ...json, ...headers },
      )
      .end(typeof error === "string" ? error : JSON.stringify({ error }));

const page = "<!DOCTYPE html><html><body><h1>Sign in to the network</h1></body></html>";

/** Whatever the model says, but told otherwise. */
const saying =
  (tell: (said: string) => string): Behaviour =>
  (response, question, server) =>
    deliver(response, question, tell(server.say(question)));

const delivering =
  (given: Parameters<typeof deliver>[3]): Behaviour =>
  (response, question, server) =>
    deliver(response, question, server.say(question), given);

/** The first part of the answer; then it goes on as `then` says. */
const begin =
  (then: (response: ServerResponse, server: ModelServer) => void): Behaviour =>
  (response, question, server) => {
    const body = bodyFor(question, server.say(question));
    response.writeHead(200, typeFor(question)).write(body.slice(0, body.length / 2), () => then(response, server));
  };

/** Answers as soon as a question is asked in a way that it knows. */
const unless =
  (isKnown: (question: HeardQuestion) => boolean, otherwise: Behaviour): Behaviour =>
  (response, question, server) =>
    (isKnown(question) ? answer : otherwise)(response, question, server);

const knows = (name: string): object => ({
  message: `Unsupported parameter: '${name}'`,
  type: "invalid_request_error",
});

/** The key, as careless servers repeat it. */
const echo: Behaviour = (response, question, server) =>
  refuse(400, { message: `bad request with ${question.headers.authorization} in it` })(response, question, server);

const trickle: Behaviour = (response, question, server) => {
  response.writeHead(200, typeFor(question)).write(question.isStreaming ? ": wait\n\n" : " ");
  server.standstill = "trickle";
  server.drip = () => void response.write(question.isStreaming ? ": wait\n\n" : " ");
};

/** Line ends of other systems, comments, other fields, an event in several lines, and a cut in each character. */
const oddly: Behaviour = (response, question, server) => {
  const body = bodyFor(question, server.say(question));
  if (!question.isStreaming) return void response.writeHead(200, json).end(`\r\n  ${body}\r\n`);
  const odd = `: hello\r\n\r\nretry: 10\r\n\r\n${body.replaceAll("\n\n", "\n: ping\n\n").replaceAll("\n", "\r\n")}`;
  const bytes = Buffer.from(odd);
  response.writeHead(200, typeFor(question));
  for (let at = 0; at < bytes.length; at += 7) response.write(bytes.subarray(at, at + 7));
  response.end();
};

export const faults: Record<string, ServerFault> = {
  "hangs before it answers": {
    behave: (_, __, server) => void (server.standstill = "silent"),
    outcome: "timeout",
  },
  "hangs in mid-answer": {
    behave: begin((_, server) => void (server.standstill = "midway")),
    outcome: "stalled",
    requests: 3,
  },
  "hangs within an error": {
    behave: (response, _, server) =>
      void response.writeHead(500, json).write('{"error', () => (server.standstill = "midway")),
    outcome: "stalled",
    requests: 3,
  },
  "says a byte now and then": { behave: trickle, outcome: "timeout" },
  "cuts before it answers": { behave: (response) => void response.destroy(), outcome: "cut", requests: 3 },
  "cuts in mid-answer": { behave: begin((response) => void response.destroy()), outcome: "cut", requests: 3 },
  "ends in mid-answer": {
    behave: begin((response) => void response.end()),
    outcome: "not-json",
  },
  "knows no schema": {
    behave: unless(({ format }) => format !== "json_schema", refuse(400, knows("response_format"))),
    outcome: "answer",
    requests: 2,
  },
  "knows no format": {
    behave: unless(({ format }) => format === undefined, refuse(422, { message: "extra fields not permitted" })),
    outcome: "answer",
    requests: 3,
  },
  "calls the longest answer otherwise": {
    behave: unless(
      ({ body }) => "max_completion_tokens" in body,
      refuse(400, { message: "Use 'max_completion_tokens' instead of 'max_tokens'.", code: "unsupported_parameter" }),
    ),
    outcome: "answer",
    requests: 2,
  },
  "knows no stream_options": {
    behave: unless(({ body }) => !("stream_options" in body), refuse(400, knows("stream_options"))),
    outcome: "answer",
  },
  "refuses whatever is asked": { behave: refuse(400, { message: "no" }), outcome: "refused-request", requests: 3 },
  "repeats the key": { behave: echo, outcome: "refused-request", requests: 3 },
  "finds the question too long": {
    behave: refuse(400, { message: "This model's maximum context length is 4096", code: "context_length_exceeded" }),
    outcome: "context-length",
  },
  "401": { behave: refuse(401, { message: "Incorrect API key provided: sk-ca…9f" }), outcome: "unauthorized" },
  "402": { behave: refuse(402, { message: "Payment required" }), outcome: "quota" },
  "403": { behave: refuse(403, { message: "no access" }), outcome: "unauthorized" },
  "404": { behave: refuse(404, { message: "model 'stub' not found" }), outcome: "not-found" },
  "404 as a page": { behave: refuse(404, page), outcome: "not-found" },
  "408": { behave: refuse(408, { message: "late" }), outcome: "server-error", requests: 3 },
  "409": { behave: refuse(409, { message: "busy" }), outcome: "server-error", requests: 3 },
  "413": { behave: refuse(413, { message: "too large" }), outcome: "context-length" },
  "429": { behave: refuse(429, { message: "slow down" }), outcome: "rate-limited", requests: 3 },
  "429 for a second": {
    behave: refuse(429, { message: "slow down" }, { "retry-after": "1" }),
    outcome: "rate-limited",
    requests: 3,
  },
  "429 for two minutes": {
    behave: refuse(429, { message: "slow down" }, { "retry-after": "120" }),
    outcome: "rate-limited",
  },
  "429 without credit": {
    behave: refuse(429, { message: "You exceeded your current quota", code: "insufficient_quota" }),
    outcome: "quota",
  },
  "500": { behave: refuse(500, { message: "oops" }), outcome: "server-error", requests: 3 },
  "502 as a page": { behave: refuse(502, page), outcome: "server-error", requests: 3 },
  "503 once": {
    behave: (response, question, server) =>
      (server.heard.length > 1 ? answer : refuse(503, { message: "loading model" }))(response, question, server),
    outcome: "answer",
    requests: 2,
  },
  "302": { behave: refuse(302, {}, { location: "/elsewhere" }), outcome: "redirect" },
  "307": { behave: refuse(307, {}, { location: "https://elsewhere.example/v1" }), outcome: "redirect" },
  "an empty body": {
    behave: (response, question) => void response.writeHead(200, typeFor(question)).end(),
    outcome: { whole: "empty", pieces: "no-choices" },
  },
  "no body": { behave: (response) => void response.writeHead(204).end(), outcome: "empty" },
  "a page": { behave: refuse(200, page), outcome: "html" },
  "an error that calls itself 200": {
    behave: (response, question) => {
      const error = JSON.stringify({ error: { message: "overloaded" } });
      response.writeHead(200, typeFor(question)).end(question.isStreaming ? `data: ${error}\n\n` : error);
    },
    outcome: "server-error",
    requests: 3,
  },
  "no choices": { behave: delivering({ choices: [] }), outcome: "no-choices" },
  "no content": { behave: delivering({ message: { content: null } }), outcome: "empty" },
  "content in parts": {
    behave: delivering({ message: { content: [{ type: "text", text: "{}" }] } }),
    outcome: "wrong-shape",
  },
  "a refusal": { behave: delivering({ message: { content: null, refusal: "I can't help" } }), outcome: "refusal" },
  "a filter": { behave: delivering({ finish: "content_filter" }), outcome: "refusal" },
  "a fence around": { behave: saying((said) => `\`\`\`json\n${said}\n\`\`\``), outcome: "answer" },
  "words around": { behave: saying((said) => `Sure! Here it is:\n${said}\nAnything else?`), outcome: "answer" },
  "thoughts before": { behave: saying((said) => `<think>{maybe}…</think>\n${said}`), outcome: "answer" },
  "broken off at its longest": {
    behave: (response, question, server) =>
      deliver(response, question, server.say(question).slice(0, 60), { finish: "length" }),
    outcome: "truncated",
  },
  "not JSON": { behave: saying(() => "All is well."), outcome: "not-json" },
  "the wrong shape": { behave: saying(() => '{"findings": "none"}'), outcome: "wrong-shape" },
  "a list": { behave: saying((said) => `[${said}]`), outcome: "wrong-shape" },
  "a number": { behave: saying(() => "42"), outcome: "wrong-shape" },
  "fields besides": {
    behave: saying((said) => said.replace("{", '{"reasoning": "hm", "__proto__": {"a": 1}, ')),
    outcome: "answer",
  },
  "broken JSON": {
    behave: (response, question) =>
      void response
        .writeHead(200, typeFor(question))
        .end(question.isStreaming ? 'data: {"choices": [\n\n' : '{"choices": ['),
    outcome: "not-json",
  },
  "three megabytes": { behave: saying((said) => said + " ".repeat(3_000_000)), outcome: "too-large" },
  "bytes that aren't UTF-8": {
    behave: (response, question, server) => {
      const body = Buffer.from(bodyFor(question, server.say(question)));
      body[body.length / 2 - 0.5 * (body.length % 2)] = 0xff;
      response.writeHead(200, typeFor(question)).end(body);
    },
    outcome: "bad-encoding",
  },
  "another content type": {
    behave: (response, question, server) =>
      void response.writeHead(200, { "content-type": "text/plain" }).end(bodyFor(question, server.say(question))),
    outcome: "answer",
  },
  "pieces unasked, or all at once": {
    behave: (response, question, server) =>
      deliver(response, { ...question, isStreaming: !question.isStreaming }, server.say(question)),
    outcome: "answer",
  },
  "odd line ends and pieces": { behave: oddly, outcome: "answer" },
  "no usage": { behave: delivering({ usage: null }), outcome: "answer", isEstimated: true },
  "a strange usage": {
    behave: delivering({ usage: { prompt_tokens: -5, completion_tokens: "many" } }),
    outcome: "answer",
    isEstimated: true,
  },
};
