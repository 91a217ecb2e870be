import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { z } from "zod";

/** As OWASP's password storage cheat sheet has it: 128 MiB and a good part of a second for each guess. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };

const base64 = z.base64().max(2 ** 26);
const boxSchema = z.object({ kdf: z.literal("scrypt"), cipher: z.literal("aes-256-gcm") }).extend({
  salt: base64,
  iv: base64,
  tag: base64,
  data: base64,
});

function keyOf(passphrase: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    scrypt(passphrase.normalize("NFKC"), salt, 32, cost, (error, key) => (error ? reject(error) : resolve(key))),
  );
}

/** Encrypts with a passphrase, as text that says how. */
export async function lockBox(content: Buffer, passphrase: string): Promise<Buffer> {
  const [salt, iv] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv("aes-256-gcm", await keyOf(passphrase, salt), iv);
  const data = Buffer.concat([cipher.update(content), cipher.final()]);
  const texts = Object.entries({ salt, iv, tag: cipher.getAuthTag(), data }).map(([name, bytes]) => [
    name,
    bytes.toString("base64"),
  ]);
  const box = { kdf: "scrypt", cipher: "aes-256-gcm", ...Object.fromEntries(texts) };
  return Buffer.from(`${JSON.stringify(box)}\n`);
}

/** The other way round; undefined if the passphrase is another one, or the box was tampered with. */
export async function openBox(box: Buffer, passphrase: string): Promise<Buffer | undefined> {
  const { salt, iv, tag, data } = boxSchema.parse(JSON.parse(box.toString()));
  const bytes = (text: string) => Buffer.from(text, "base64");
  const decipher = createDecipheriv("aes-256-gcm", await keyOf(passphrase, bytes(salt)), bytes(iv), {
    authTagLength: 16,
  });
  decipher.setAuthTag(bytes(tag));
  const opened = decipher.update(bytes(data));
  try {
    return Buffer.concat([opened, decipher.final()]);
  } catch {
    return undefined;
  }
}
