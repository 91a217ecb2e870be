/** What starts a daemon takes, beside what every command does. */
export const daemonOptions = {
  listen: { type: "string", requiresArg: true, describe: "Address to listen on; default 127.0.0.1:8080" },
  "tls-cert": {
    type: "string",
    requiresArg: true,
    describe: "Certificate, with those that signed it (PEM): listens with TLS; else SENTINEL_TLS_CERT",
  },
  "tls-key": { type: "string", requiresArg: true, describe: "Its key (PEM); else SENTINEL_TLS_KEY" },
  "insecure-http": { type: "boolean", describe: "Listen beyond this machine without TLS; else SENTINEL_INSECURE_HTTP" },
} as const;

export interface DaemonFlags {
  data?: string | undefined;
  listen?: string | undefined;
  "tls-cert"?: string | undefined;
  "tls-key"?: string | undefined;
  "insecure-http"?: boolean | undefined;
}
