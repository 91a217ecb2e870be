import { pick, strange } from "./sample.ts";

type Random = () => number;

const deep = (open: string): Buffer => Buffer.from(open.repeat(20_000));
/** What parsers trip over: numbers, nesting, odd UTF-8, ends of lines, names that objects have anyway. */
const pieces: readonly Buffer[] = [
  ...["0", "-1", "1e999", "99999999999999999999", "NaN", "9".repeat(400), "0x7fffffff", "4294967296"].map((text) =>
    Buffer.from(text),
  ),
  deep("["),
  deep('{"a":'),
  deep("("),
  ...["ff", "c0af", "eda080", "f4908080", "00", "efbbbf", "e280ae", "c285", "1b5b324a"].map((hex) =>
    Buffer.from(hex, "hex"),
  ),
  ...[
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "%00",
    "%c0%af",
    "%",
    "..",
    "/../",
    "//",
    "?",
    "#",
    "&",
    ";",
    '"',
    "\\",
    "\\u",
  ].map((text) => Buffer.from(text)),
  ...["__proto__", "constructor", "toString", "hasOwnProperty"].map((text) => Buffer.from(text)),
];

/** Lines of a request's head that contradict, repeat or overfill it. */
const headers = [
  "Content-Length: 0",
  "Content-Length: -1",
  "Content-Length: 5, 6",
  "Content-Length: 99999999999",
  "Content-Length: x",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: chunked, identity",
  "Transfer-Encoding: \u000bchunked",
  "Connection: close",
  "Connection: upgrade",
  "Upgrade: websocket",
  "Upgrade: h2c",
  "Expect: 100-continue",
  "Expect: x",
  "Host: ",
  "Host: a\r\nHost: b",
  "Origin: https://evil.example",
  "Content-Type: ",
  "Content-Type: text/plain",

  "Content-Type: application/json; charset=utf-16",
  "Content-Encoding: gzip",
  "Authorization: Bearer ",
  "X: y\r\n z",

  "Authorization: Basic YTpi",
  "X-API-Key: ",
  "Idempotency-Key: 1",
  "X-Forwarded-For: 127.0.0.1",
  "no colon",
  ": x",

  "Sec-WebSocket-Version: 99",
  "Sec-WebSocket-Key: short",
  "Sec-WebSocket-Extensions: permessage-deflate",
  "Range: bytes=0-",
  `X: ${"y".repeat(20_000)}`,
  Array.from({ length: 150 }, (_, i) => `X-${i}: y`).join("\r\n"),
].map((text) => Buffer.from(`${text}\r\n`, "latin1"));

const between = (random: Random, to: number): number => Math.floor(random() * (to + 1));

/** Each makes other bytes of some. */
const ways: readonly ((bytes: Buffer, random: Random, other: Buffer) => Buffer)[] = [
  function flip(bytes, random) {
    const copy = Buffer.from(bytes);
    const at = between(random, copy.length - 1);
    if (at >= 0) copy[at] = (copy[at] ?? 0) ^ (1 << between(random, 7));
    return copy;
  },
  (bytes, random) => bytes.subarray(0, between(random, bytes.length)),
  function repeat(bytes, random) {
    const at = between(random, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at - between(random, at)), bytes.subarray(at)]);
  },
  function drop(bytes, random) {
    const at = between(random, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + between(random, 20))]);
  },
  function splice(bytes, random, other) {
    return Buffer.concat([
      bytes.subarray(0, between(random, bytes.length)),
      other.subarray(between(random, other.length)),
    ]);
  },
  function insert(bytes, random) {
    const at = between(random, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), pick(pieces, random), bytes.subarray(at)]);
  },
  function replaceNumber(bytes, random) {
    const numbers = [...bytes.toString("latin1").matchAll(/\d+/g)];
    const found = pick(numbers, random);
    if (!found) return bytes;
    return Buffer.concat([
      bytes.subarray(0, found.index),
      pick(pieces.slice(0, 8), random),
      bytes.subarray(found.index + found[0].length),
    ]);
  },
];

/** One to four changes; a mutation may come out as what it was. */
export function mutated(bytes: Buffer, random: Random, other: Buffer): Buffer {
  let now = bytes;
  for (let left = 1 + between(random, 3); left > 0; left--) now = pick(ways, random)(now, random, other);
  return now;
}

/** A JSON text that is still one: as it is, or values exchanged, left out, repeated, or strange; now and then any bytes changed. */
export function mutatedJson(text: string, random: Random, other: string): Buffer {
  if (random() < 0.3) return Buffer.from(text);
  if (random() < 0.01 || text === "") return mutated(Buffer.from(text), random, Buffer.from(other));
  if (random() < 0.01) return deeper(text, random);
  const whole: unknown = JSON.parse(text);
  const rest: unknown = other === "" ? 0 : JSON.parse(other);
  const changed = change(whole, random, () => pick([...strange, rest, ...Object.values(rest ?? {})], random));
  return Buffer.from(JSON.stringify(changed) ?? "null");
}

/** With lists in lists, or objects in objects, for one of its values: deeper than a stack is. */
function deeper(text: string, random: Random): Buffer {
  const levels = pick([100, 3_000, 20_000], random);
  const [open, close] = pick(
    [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const,
    random,
  );
  const values = [...text.matchAll(/:("[^"]*"|[\d.]+|true|false|null|\{\}|\[\])(?=[,}])/g)];
  const at = pick(values, random);
  const nested = `${open.repeat(levels)}1${close.repeat(levels)}`;
  if (!at) return Buffer.from(nested);
  return Buffer.from(`${text.slice(0, at.index + 1)}${nested}${text.slice(at.index + at[0].length)}`);
}

function change(value: unknown, random: Random, another: () => unknown): unknown {
  if (typeof value !== "object" || value === null) return another();
  const entries = Object.entries(value);
  const [name] = pick(entries, random) ?? [];
  if (name === undefined || random() < 0.15) return { ...value, [pick(names, random)]: another() };
  const next = entries.flatMap(([key, one]): [string, unknown][] => {
    if (key !== name) return [[key, one]];
    const way = random();
    if (way < 0.1) return [];
    return way < 0.2 ? [[`${key}x`, one]] : [[key, way < 0.5 ? change(one, random, another) : another()]];
  });
  return Array.isArray(value) ? next.map(([, one]) => one) : Object.fromEntries(next);
}

const names = ["id", "type", "host", "token", "toString", "constructor", "x".repeat(300)];

/** A request with one more line in its head, or with two. */
export function withHeader(request: Buffer, random: Random): Buffer {
  const at = request.indexOf("\r\n") + 2;
  return Buffer.concat([request.subarray(0, at), pick(headers, random), request.subarray(at)]);
}
