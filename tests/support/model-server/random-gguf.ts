/**
 * A language model of random weights, as a GGUF file (version 3, github.com/ggml-org/ggml/blob/master/docs/gguf.md):
 * LLaMA's shape with one layer, and a vocabulary of bytes and pieces of logs. What it says means nothing, in all the
 * ways that there are.
 */
export function randomGguf(random: () => number, pieces: readonly string[]): Uint8Array {
  const ascii = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at));
  const words = [...new Set([...ascii, ...pieces])].map((piece) => piece.replaceAll(" ", "▁"));
  const bytes = Array.from({ length: 256 }, (_, at) => `<0x${at.toString(16).toUpperCase().padStart(2, "0")}>`);
  const tokens = ["<unk>", "<s>", "</s>", ...bytes, ...words];
  const types = tokens.map((_, at) => (at === 0 ? UNKNOWN : at < 3 ? CONTROL : at < 259 ? BYTE : NORMAL));
  const entries = [
    ["general.architecture", text("llama")],
    ["general.name", text("random")],
    ["llama.context_length", whole(CONTEXT)],
    ["llama.embedding_length", whole(WIDTH)],
    ["llama.block_count", whole(1)],
    ["llama.feed_forward_length", whole(2 * WIDTH)],
    ["llama.attention.head_count", whole(2)],
    ["llama.rope.dimension_count", whole(WIDTH / 2)],
    ["llama.attention.layer_norm_rms_epsilon", real(1e-5)],
    ["tokenizer.ggml.model", text("llama")],
    ["tokenizer.ggml.tokens", list(8, tokens.map(string))],
    [
      "tokenizer.ggml.scores",
      list(
        6,
        tokens.map((_, at) => float(-at)),
      ),
    ],
    ["tokenizer.ggml.token_type", list(5, types.map(int))],
    ["tokenizer.ggml.unknown_token_id", whole(0)],
    ["tokenizer.ggml.bos_token_id", whole(1)],
    ["tokenizer.ggml.eos_token_id", whole(2)],
  ] as const;
  const square = [WIDTH, WIDTH];
  const tensors = {
    "token_embd.weight": [WIDTH, tokens.length],
    "output_norm.weight": [WIDTH],
    "output.weight": [WIDTH, tokens.length],
    "blk.0.attn_norm.weight": [WIDTH],
    "blk.0.attn_q.weight": square,
    "blk.0.attn_k.weight": square,
    "blk.0.attn_v.weight": square,
    "blk.0.attn_output.weight": square,
    "blk.0.ffn_norm.weight": [WIDTH],
    "blk.0.ffn_gate.weight": [WIDTH, 2 * WIDTH],
    "blk.0.ffn_up.weight": [WIDTH, 2 * WIDTH],
    "blk.0.ffn_down.weight": [2 * WIDTH, WIDTH],
  };
  const infos: Buffer[] = [];
  const weights: Buffer[] = [];
  let offset = 0;
  for (const [name, dimensions] of Object.entries(tensors)) {
    infos.push(string(name), int(dimensions.length), ...dimensions.map(long), int(F32), long(offset));
    const values = Float32Array.from({ length: dimensions.reduce((a, b) => a * b) }, () => random() * 2 - 1);
    weights.push(Buffer.from(values.buffer));
    offset += values.byteLength;
  }
  const head = Buffer.concat([
    Buffer.from("GGUF"),
    int(3),
    long(Object.keys(tensors).length),
    long(entries.length),
    ...entries.flatMap(([key, value]) => [string(key), value]),
    ...infos,
  ]);
  return Buffer.concat([head, Buffer.alloc((ALIGNED - (head.length % ALIGNED)) % ALIGNED), ...weights]);
}

const CONTEXT = 8_192;
const WIDTH = 32;
/** What weights begin at; each tensor's size is a multiple of it. */
const ALIGNED = 32;
const F32 = 0;
const [NORMAL, UNKNOWN, CONTROL, BYTE] = [1, 2, 3, 6];

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

const string = (value: string): Buffer => Buffer.concat([long(Buffer.byteLength(value)), Buffer.from(value)]);

// Values of the header, each after its type.
const whole = (value: number): Buffer => Buffer.concat([int(4), int(value)]);
const real = (value: number): Buffer => Buffer.concat([int(6), float(value)]);
const text = (value: string): Buffer => Buffer.concat([int(8), string(value)]);
const list = (type: number, values: readonly Buffer[]): Buffer =>
  Buffer.concat([int(9), int(type), long(values.length), ...values]);
