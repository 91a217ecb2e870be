import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";

/** RFC 1035, 3.2.2; 28 is RFC 3596, 33 RFC 2782. */
const types: Record<number, string> = {
  1: "A",
  2: "NS",
  5: "CNAME",
  6: "SOA",
  12: "PTR",
  15: "MX",
  16: "TXT",
  28: "AAAA",
  33: "SRV",
};
const codes = { SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 };

export interface Question {
  name: string;
  type: string;
}

/** Values as `dig +short` shows them, an error, bytes that mean nothing, an answer to another question, or silence. */
export type Reply = string[] | keyof typeof codes | "garbage" | "other" | "silence";

/** What a server says to a question, perhaps later. */
export type Say = (question: Question) => Reply | Promise<Reply>;

export interface DnsServer {
  port: number;
  /** `127.0.0.1:53053`. */
  address: string;
  heard: Question[];
  close(): Promise<void>;
}

/** A DNS server over UDP that says whatever it is told to. Truth is none of its concerns. */
export async function openDnsServer(say: Say, { host = "127.0.0.1", port = 0 } = {}): Promise<DnsServer> {
  const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
  const heard: Question[] = [];
  socket.on("message", (query, from) => {
    const question = questionOf(query);
    heard.push(question);
    void Promise.resolve(say(question)).then((reply) => {
      const answer = answerTo(query, question, reply);
      // Who asked may be gone, and this server too.
      if (answer) socket.send(answer, from.port, from.address, () => {});
    });
  });
  socket.bind(port, host);
  await once(socket, "listening");
  const bound = socket.address().port;
  async function close(): Promise<void> {
    socket.close();
    await once(socket, "close");
  }
  return { port: bound, address: `${host}:${bound}`, heard, close };
}

function questionOf(query: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), type: types[query.readUInt16BE(at + 1)] ?? "" };
}

function answerTo(query: Buffer, { name, type }: Question, reply: Reply): Buffer | undefined {
  if (reply === "silence") return undefined;
  if (reply === "garbage") return Buffer.concat([query.subarray(0, 2), Buffer.alloc(40, 0xff)]);
  const asked = encoded(reply === "other" ? `x${name}` : name);
  const values = Array.isArray(reply) ? reply : [];
  const typeBytes = query.subarray(12 + encoded(name).length, 14 + encoded(name).length);
  const header = Buffer.from([...query.subarray(0, 2), 0x81, 0x80, 0, 1, 0, values.length, 0, 0, 0, 0]);
  if (typeof reply === "string" && reply !== "other") header.writeUInt8(0x80 | codes[reply], 3);
  const records = values.map((value) => {
    const data = dataOf(type, value);
    // Class IN, a minute to live; the name is the question's, at byte 12.
    return Buffer.concat([
      Buffer.from([0xc0, 12]),
      typeBytes,
      Buffer.from([0, 1, 0, 0, 0, 60]),
      uint16(data.length),
      data,
    ]);
  });
  return Buffer.concat([header, asked, typeBytes, uint16(1), ...records]);
}

/** RFC 1035, 3.3: how the value of each type lies in a message. */
function dataOf(type: string, value: string): Buffer {
  const words = value.split(" ");
  const numbers = words.slice(0, -1).map((word) => uint16(Number(word)));
  switch (type) {
    case "A":
      return Buffer.from(words[0]?.split(".").map(Number) ?? []);
    case "AAAA":
      return Buffer.from(value.replaceAll(":", ""), "hex");
    case "TXT":
      return Buffer.concat(
        value.split("|").map((piece) => Buffer.from([piece.length, ...Buffer.from(piece, "latin1")])),
      );
    case "SOA":
      return Buffer.concat([...words.slice(0, 2).map(encoded), ...words.slice(2).map((word) => uint32(Number(word)))]);
    default:
      // MX and SRV have numbers before their name.
      return Buffer.concat([...numbers, encoded(words.at(-1) ?? "")]);
  }
}

const encoded = (name: string): Buffer =>
  Buffer.from([...name.split(".").flatMap((label) => [label.length, ...Buffer.from(label, "latin1")]), 0]);

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
