import { open } from "node:fs/promises";
import { pipeline } from "node:stream";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { CliFailure, statuses } from "../failure.ts";

/** A log that is being read. */
export interface LogInput {
  /** Its name in sentences. */
  name: string;
  /** The text's bytes, unpacked. */
  chunks: AsyncIterable<Uint8Array>;
  /** How much was read of what is stored, and how much that is, if it is known. */
  readBytes(): number;
  totalBytes?: number;
}

const CHUNK_BYTES = 64 * 1024;

const reasons: Record<string, string> = {
  ENOENT: "there is no such file",
  EACCES: "it may not be read",
  EPERM: "it may not be read",
  EISDIR: "it is a folder",
  ENOTDIR: "there is no such file",
};

function failure(name: string, error: unknown): CliFailure {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const status = code === "EACCES" || code === "EPERM" ? statuses.forbidden : statuses.failed;
  return new CliFailure(status, `can't read ${name}: ${reasons[code] ?? (code || String(error))}`, { cause: error });
}

/** Opens a file, or standard input for none; refuses a terminal, where nobody would know what it waits for. */
export async function openLog(file: string, stdin: NodeJS.ReadStream): Promise<LogInput> {
  // What is typed as `-` comes as nothing.
  if (file === "" || file === "-") {
    if (!stdin.isTTY) return inputOf("standard input", stdin);
    throw new CliFailure(statuses.usage, "name a file, or pipe a log in: nothing comes from a terminal by itself");
  }
  try {
    const handle = await open(file);
    const { size } = await handle.stat();
    const stream = handle.createReadStream({ highWaterMark: CHUNK_BYTES });
    return { ...inputOf(file, stream), ...(size > 0 && { totalBytes: size }) };
  } catch (error) {
    throw failure(file, error);
  }
}

function inputOf(name: string, stream: Readable): LogInput {
  let readBytes = 0;
  async function* stored(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        readBytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw failure(name, error);
    }
  }
  return { name, chunks: text(name, unpacked(name, stored())), readBytes: () => readBytes };
}

/** The chunks, the first of them at least two bytes long, which tell what it is. */
async function* begun(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first: Uint8Array | undefined = new Uint8Array();
  for await (const chunk of chunks) {
    if (!first) {
      yield chunk;
      continue;
    }
    const joined: Uint8Array = Buffer.concat([first, chunk]);
    first = joined.length < 2 ? joined : undefined;
    if (!first) yield joined;
  }
  if (first && first.length > 0) yield first;
}

/** gzip is known by how it begins (RFC 1952, section 2.3.1), whatever the file is called. */
async function* unpacked(name: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const all = begun(chunks);
  const first = await all.next();
  if (first.done === true) return;
  async function* again(start: Uint8Array): AsyncGenerator<Uint8Array> {
    yield start;
    yield* all;
  }
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) return yield* again(first.value);
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // What fails is told to whoever reads the other end.
  pipeline(again(first.value), gunzip, () => {});
  try {
    for await (const chunk of gunzip as AsyncIterable<Uint8Array>) yield chunk;
  } catch (error) {
    if (error instanceof CliFailure) throw error;
    throw new CliFailure(statuses.failed, `can't unpack ${name}: it is damaged, or cut off`, { cause: error });
  }
}

/** Refuses what isn't text, by its beginning. */
async function* text(name: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let checked = false;
  for await (const chunk of chunks) {
    if (!checked) refuseBinary(name, chunk);
    checked = true;
    yield chunk;
  }
}

function refuseBinary(name: string, [...start]: Uint8Array): void {
  const [a, b] = start;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))
    throw new CliFailure(statuses.failed, `${name} is UTF-16: \`iconv -f UTF-16 -t UTF-8\` makes it readable`);
  if (start.slice(0, 4_096).includes(0))
    throw new CliFailure(statuses.failed, `${name} is no text: there are zero bytes in it`);
}
