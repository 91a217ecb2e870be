import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Server } from "node:https";
import { createSecureContext } from "node:tls";
import type { Logger } from "pino";
import type { Result } from "../shared/api/registry.ts";
import { type Clock, SECOND } from "../shared/time.ts";

/** Where the certificate (with those that signed it) and its key lie, as PEM. */
export interface TlsFiles {
  certFile: string;
  keyFile: string;
}

interface Pair {
  cert: string;
  key: string;
  validFrom: number;
  validTo: number;
}

export interface Tls {
  /** What the server begins with. */
  readonly context: ReturnType<typeof contextOf>;
  /** Looks from now on whether the files have changed, and has `server` use them. */
  watch(server: Server): void;
  stop(): void;
  health(): Result<"health.show">["components"][string];
}

/** How soon new files are in use. They are read, as watching them would miss links that are pointed elsewhere. */
const LOOK_MS = 10 * SECOND;

/** What came before TLS 1.2 is broken (RFC 8996). */
const contextOf = ({ cert, key }: Pick<Pair, "cert" | "key">) => ({ cert, key, minVersion: "TLSv1.2" as const });

/** The certificate that the daemon shows, kept up to date; or why it can't be used, with what to do. */
export async function openTls({
  files,
  clock,
  log,
}: {
  files: TlsFiles;
  clock: Clock;
  log: Logger;
}): Promise<Tls | string> {
  const first = await readPair(files);
  if (typeof first === "string") return first;
  let pair = first;
  let trouble: string | undefined;
  let stopped = false;
  let cancel = (): void => {};
  warnOfDates();

  function warnOfDates(): void {
    const objection = dateObjection(pair, clock.now());
    if (objection) log.warn({ reason: objection }, "clients will refuse the certificate");
  }

  async function look(server: Server): Promise<void> {
    const read = await readPair(files, pair);
    if (stopped) return;
    if (typeof read !== "string") use(server, read);
    else if (read !== trouble) log.error({ reason: read }, "the new certificate can't be used: the old one stays");
    trouble = typeof read === "string" ? read : undefined;
    cancel = clock.after(LOOK_MS, () => void look(server));
  }

  function use(server: Server, read: Pair): void {
    if (read === pair) return;
    pair = read;
    server.setSecureContext(contextOf(pair));
    log.info({ until: new Date(pair.validTo).toISOString() }, "a new certificate is in use");
    warnOfDates();
  }

  return {
    context: contextOf(pair),
    watch: (server) => void (cancel = clock.after(LOOK_MS, () => void look(server))),
    stop() {
      stopped = true;
      cancel();
    },
    health() {
      const objection = dateObjection(pair, clock.now());
      if (objection) return { status: "degraded", detail: objection };
      if (trouble) return { status: "degraded", detail: `the old certificate is still in use: ${trouble}` };
      return { status: "ok", detail: `certificate valid until ${dayOf(pair.validTo)}` };
    },
  };
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

function dateObjection({ validFrom, validTo }: Pair, now: number): string | undefined {
  if (now > validTo) return `the certificate ran out on ${dayOf(validTo)}: put a new one in its place`;
  if (now < validFrom) return `the certificate counts from ${dayOf(validFrom)} on only: check this machine's clock`;
  return undefined;
}

/** Gives back `known` while the files hold the same. Health is public, so a reason names settings, and no paths. */
async function readPair({ certFile, keyFile }: TlsFiles, known?: Pair): Promise<Pair | string> {
  const [cert, key] = await Promise.all([certFile, keyFile].map((file) => readFile(file, "utf8").catch(codeOf)));
  if (typeof cert !== "string") return `tls.certFile: the file ${unreadable(cert)}`;
  if (typeof key !== "string") return `tls.keyFile: the file ${unreadable(key)}`;
  if (cert === known?.cert && key === known.key) return known;
  const certificate = attempt(() => new X509Certificate(cert));
  if (!certificate)
    return "tls.certFile: it holds no certificate: give one as PEM, with those that signed it behind it";
  const privateKey = attempt(() => createPrivateKey(key));
  if (!privateKey)
    return "tls.keyFile: it holds no private key that can be used: give one as PEM, without a passphrase";
  if (!certificate.checkPrivateKey(privateKey))
    return "tls.keyFile: the key isn't the certificate's: give the two that were made together";
  // A chain that is still being written, or a key that is too short for this machine.
  if (!attempt(() => createSecureContext(contextOf({ cert, key }))))
    return "tls.certFile: what is behind the certificate is damaged, or its key is too weak: give the whole chain as PEM, and a key of 2048 bits (RSA) or P-256 at least";
  return { cert, key, validFrom: Date.parse(certificate.validFrom), validTo: Date.parse(certificate.validTo) };
}

const codeOf = (error: NodeJS.ErrnoException): { code: string } => ({ code: error.code ?? "unknown error" });
const unreadable = (failure: { code: string } | undefined): string =>
  `can't be read (${failure?.code}): let the user that runs the daemon read it`;

/** What isn't PEM throws in many ways, which say nothing to people. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
