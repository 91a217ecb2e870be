import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ClientRequest, RequestOptions } from "node:http";
import { buffer } from "node:stream/consumers";
import { connect, type TLSSocket } from "node:tls";
import { http, https } from "../node-http.ts";

/**
 * A connection to this machine's own daemon, whose certificate may be for any name and signed by anyone, but must be the
 * one in `certFile`; that is read each time, as it may have been renewed. Ends with an error before anything is sent.
 */
export function connectPinned(url: string, certFile: string): TLSSocket {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const socket = connect({ host, port: Number(port || 443), rejectUnauthorized: false });
  return socket.once("secureConnect", () => {
    const objection = objectionTo(socket, certFile);
    if (objection) socket.destroy(objection);
  });
}

function objectionTo(socket: TLSSocket, certFile: string): Error | undefined {
  try {
    const ours = new X509Certificate(readFileSync(certFile));
    if (socket.getPeerX509Certificate()?.fingerprint256 === ours.fingerprint256) return undefined;
    return new Error("what answers has another certificate than this machine's daemon");
  } catch (cause) {
    return new Error(`the daemon's certificate can't be read here: ${(cause as Error).message}`, { cause });
  }
}

/** `fetch` over such connections. */
export const pinnedFetch = (certFile: string): typeof fetch =>
  fetchBy((url, options) =>
    https.request(url, { ...options, createConnection: () => connectPinned(String(url), certFile) }),
  );

/** `fetch` through a Unix socket, whatever host is asked for. */
export const socketFetch = (socketPath: string): typeof fetch =>
  fetchBy((url, options) => http.request(url, { ...options, socketPath }));

const fetchBy =
  (ask: (url: URL, options: RequestOptions) => ClientRequest): typeof fetch =>
  async (input, init) => {
    const request = new Request(input, init);
    const body = Buffer.from(await request.arrayBuffer());
    return new Promise((resolve, reject) => {
      const fail = (cause: Error): void => reject(new TypeError("fetch failed", { cause }));
      const { url, method, signal } = request;
      const headers = { ...Object.fromEntries(request.headers), "content-length": body.length };
      ask(new URL(url), { method, headers, signal })
        .on("response", (reply) => {
          const { statusCode: status = 0 } = reply;
          buffer(reply).then((text) => resolve(new Response(text.length > 0 ? text : null, { status })), fail);
        })
        .on("error", fail)
        .end(body);
    });
  };
