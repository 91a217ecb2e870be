import { closeCodes } from "../../../src/shared/errors.ts";
import { type Exchange, framesOf, statusesOf } from "./exchange.ts";
import { mutated, mutatedJson, withHeader } from "./mutate.ts";
import { pick } from "./sample.ts";
import { aFrame, aRequest, bytesOf, onTheWire, upgrade } from "./seeds.ts";

type Random = () => number;

/** What goes out on one connection, and what is wrong with what came back. */
export interface Volley {
  bytes: Buffer;
  /** At most; what comes after a connection was closed counts for nothing. */
  inputs: number;
  /** What the last answer has in it. */
  last?: string;
  /** The codes that came back, for counting; or a fault. */
  judge(heard: Exchange): { codes: string[]; fault?: string };
}

const IN_A_ROW = 20;
const CLOSE = 8;
const LAST = '"id":"last"';
/** What a request that somebody got wrong, or that comes at a bad time, is answered with: nothing of it is our fault. */
const coded = /^(1\d\d|[23]\d\d|4\d\d|503|505)$/;
/** RFC 6455, 7.4.1, for what no frame of ours could be; and our own, but that for faults of the daemon. */
const closes = new Set<number>([1000, 1002, 1003, 1005, 1007, 1009, ...Object.values(closeCodes)]);
closes.delete(closeCodes.internal);

/** Answers with a status each, or a connection that is closed without one. */
function judgeHttp({ answer, end }: Exchange): { codes: string[]; fault?: string } {
  const statuses = statusesOf(answer);
  if (end === "hung") return { codes: ["hung"], fault: `no end after ${answer.length} bytes of an answer` };
  const wrong = statuses.find((status) => !coded.test(status));
  if (wrong !== undefined) return { codes: statuses, fault: `answered with ${wrong}` };
  return { codes: statuses.length > 0 ? statuses : [end] };
}

/** Frames that answer, and at their end `last`, unless the session was closed with a code before. */
function judgeSession(heard: Exchange, last?: string): { codes: string[]; fault?: string } {
  const [status = heard.end] = statusesOf(heard.answer);
  if (heard.end === "hung") return { codes: ["hung"], fault: "a session without an end" };
  if (status !== "101") return judgeHttp(heard);
  const frames = framesOf(heard.answer);
  const close = frames.find(({ opcode }) => opcode === CLOSE);
  const code = close && (close.payload.length >= 2 ? close.payload.readUInt16BE() : 1005);
  const texts = frames.filter(({ opcode }) => opcode === 1).map(({ payload }) => payload.toString());
  const codes = [...texts.flatMap((text) => codeOf(text) ?? []), ...(code === undefined ? [] : [`close ${code}`])];
  const unfit = codes.find((one) => one === "internal");
  if (unfit ?? (code !== undefined && !closes.has(code))) return { codes, fault: `answered with ${unfit ?? code}` };
  const isAnswered = last === undefined || texts.some((text) => text.includes(last));
  // A close of ours comes at once after what made us close; answers to what was before it needn't.
  if (!isAnswered && code === undefined) return { codes, fault: "the last command wasn't answered" };
  return { codes };
}

/** `result`, `ack` …, or the code of a refusal. */
function codeOf(text: string): string | undefined {
  const { type, code } = JSON.parse(text) as { type: string; code?: string };
  return code ?? type;
}

const aPlainRequest = (token: string, random: Random): Buffer => bytesOf(aRequest(token, random));
/** Gets the connection closed, unless what was before it waits for more. */
const ending = Buffer.from("\r\n\r\nGET /api/v1/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
const rough = (bytes: Buffer, judge: Volley["judge"] = judgeHttp): Volley => ({
  bytes: Buffer.concat([bytes, ending]),
  inputs: 1,
  judge,
});

/** Bytes of a request changed anywhere. */
const anyRequest = (token: string, random: Random): Volley =>
  rough(mutated(aPlainRequest(token, random), random, aPlainRequest(token, random)));

/** Heads that contradict themselves. */
const oddHead = (token: string, random: Random): Volley =>
  rough(withHeader(pick([withHeader, (same: Buffer) => same], random)(aPlainRequest(token, random), random), random));

const anyUpgrade = (token: string, random: Random): Volley =>
  rough(mutated(upgrade(token), random, aPlainRequest(token, random)), (heard) => judgeSession(heard));

/** Bodies changed anywhere, of a length that is right: all are read. */
function bodies(token: string, random: Random): Volley {
  const requests = Array.from({ length: IN_A_ROW }, () => {
    const { head, body } = aRequest(token, random);
    return bytesOf({ head, body: mutatedJson(body.toString(), random, aRequest(token, random).body.toString()) });
  });
  return { bytes: Buffer.concat([...requests, ending]), inputs: IN_A_ROW, judge: judgeHttp };
}

const textOf = (random: Random): Buffer => Buffer.from(aFrame(random));
const sessionOf = (token: string, ...frames: Buffer[]): Buffer => {
  const hello = Buffer.from(JSON.stringify({ type: "hello", token: token || undefined, client: "fuzz/1" }));
  return Buffer.concat([upgrade(token), onTheWire(hello), ...frames]);
};

/** Frames changed anywhere, their heads too. */
function anyFrames(token: string, random: Random): Volley {
  const frames = Buffer.concat([textOf(random), textOf(random)].map((text) => onTheWire(text)));
  return rough(sessionOf(token, mutated(frames, random, onTheWire(textOf(random)))), (heard) => judgeSession(heard));
}

/** Texts changed anywhere, in frames that are right, and at their end a command that must be answered. */
function texts(token: string, random: Random): Volley {
  const frames = Array.from({ length: IN_A_ROW }, () => {
    return onTheWire(mutatedJson(aFrame(random), random, aFrame(random)));
  });
  const last = onTheWire(Buffer.from('{"type":"command","id":"last","name":"health.show","args":{}}'));
  const bytes = sessionOf(token, ...frames, last);
  return { bytes, inputs: IN_A_ROW, last: LAST, judge: (heard) => judgeSession(heard, LAST) };
}

/** Each as often as it stands here. */
const all = [
  anyRequest,
  anyRequest,
  anyRequest,
  anyRequest,
  oddHead,
  oddHead,
  anyUpgrade,
  anyFrames,
  anyFrames,
  anyFrames,
  anyFrames,
  bodies,
  bodies,
  texts,
  texts,
];

/** The next volley of somebody with that token; none with the empty one. */
export const aVolley = (token: string, random: Random): Volley => pick(all, random)(token, random);
