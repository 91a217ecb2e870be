import { readFileSync } from "node:fs";
import { CliFailure, statuses } from "./failure.ts";

/** From now on trusts those whose certificates `file` holds (PEM), beside the usual ones, whatever this process connects to. */
export function trustAuthority(file: string | undefined): void {
  if (file === undefined) return;
  try {
    // An import would read all the roots of the system, at each start.
    const tls = process.getBuiltinModule("node:tls");
    tls.setDefaultCACertificates([...tls.getCACertificates("default"), readFileSync(file, "utf8")]);
  } catch (cause) {
    throw new CliFailure(
      statuses.config,
      `--ca: ${file} can't be used (${(cause as Error).message}): give a file with the certificate of who signed the daemon's, as PEM`,
      { cause },
    );
  }
}
