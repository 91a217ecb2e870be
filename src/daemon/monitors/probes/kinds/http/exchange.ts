import { lookup } from "node:dns";
import { once } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import type { LookupFunction } from "node:net";
import { http, https } from "../../../../../shared/node-http.ts";
import { isInside } from "../../../../outgoing/url.ts";
import type { Asking } from "../../define-kind.ts";
import { connecting, noteSteps } from "../../target.ts";

/** No more of a body is read. */
const bodyLimitBytes = 65_536;

/** One request, on a connection of its own. */
export interface Request {
  url: URL;
  method: string;
  headers: Record<string, string>;
  insecure: boolean;
  /** Only addresses that anybody reaches may be connected to. */
  outside?: boolean;
}

export interface Answer {
  status: number;
  /** Where a redirect leads. */
  location?: URL;
  /** The address that answered. */
  from: string;
  /** Its beginning. */
  body: string;
  /** What took how long since the probe began, in ms; a step that wasn't needed is absent. */
  steps: { connected?: number; secured?: number; answered: number };
}

/** Asks once, follows nothing, and leaves no connection behind. */
export async function exchange(
  { url, method, headers, insecure, outside = false }: Request,
  asking: Asking,
): Promise<Answer> {
  const { signal, took } = asking;
  const options = {
    method,
    headers: { "user-agent": "sentinel", accept: "*/*", "accept-encoding": "identity", ...headers },
    agent: false,
    signal,
    ...connecting(asking),
    ...(outside ? { lookup: lookupOutside } : {}),
  } as const;
  const request: ClientRequest =
    url.protocol === "https:"
      ? https.request(url, { ...options, rejectUnauthorized: !insecure })
      : http.request(url, options);
  const steps: Partial<Answer["steps"]> = {};
  request.once("socket", (socket) => {
    noteSteps(socket, url.hostname, asking);
    socket.once("connect", () => {
      steps.connected = took();
      asking.doing = url.protocol === "https:" ? "in the TLS handshake" : "waiting for the answer";
    });
    socket.once("secureConnect", () => {
      steps.secured = took();
      asking.doing = "waiting for the answer";
    });
  });
  // Whatever comes after the answer has been judged is nobody's concern.
  request.on("error", () => {});
  try {
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const answered = took();
    asking.doing = "in the middle of the body";
    const { statusCode: status = 0, headers } = response;
    const location = headers.location === undefined ? null : URL.parse(headers.location, url.href);
    const body = await beginningOf(response);
    return {
      status,
      from: response.socket.remoteAddress ?? "",
      body,
      steps: { ...steps, answered },
      ...(location ? { location } : {}),
    };
  } finally {
    request.destroy();
  }
}

/** Finds no address inside, whatever a name is said to mean. */
export const lookupOutside: LookupFunction = (name, options, found) =>
  lookup(name, { ...options, all: true }, (error, all) => {
    if (error) return found(error, []);
    const outside = all.filter(({ address }) => !isInside(address));
    const [{ address, family } = { address: "", family: 4 }] = outside;
    if (address === "") found(new Error("it leads to an address inside"), []);
    else if (options.all) found(null, outside);
    else found(null, address, family);
  });

async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    sizeBytes += (chunk as Buffer).length;
    if (sizeBytes >= bodyLimitBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, bodyLimitBytes).toString();
}
