import type { LogRecord } from "../record.ts";
import { packetOf } from "./packet.ts";
import { decoded, isAdminPath, isAsset, isLoginForm, isLoginPath, type Request, requestOf } from "./request.ts";
import { createReader } from "./sign.ts";
import { access } from "./signs/access.ts";
import { execution } from "./signs/execution.ts";
import { machine } from "./signs/machine.ts";
import { network } from "./signs/network.ts";
import { agents, anywhere, targets } from "./signs/web.ts";

const readLine = createReader([...access, ...execution, ...network, ...machine, ...anywhere]);
const readTarget = createReader([...targets, ...anywhere]);
const readAgent = createReader(agents);

const oddMethods = /^(?:TRACE|TRACK|DEBUG|PROPFIND|SEARCH|MOVE|MKCOL)$/;
const ITEM = 200;

/** The signs that a line bears, each with what its rule may tell apart (a path, a port, a machine), if anything. */
export type Seen = ReadonlyMap<string, string | undefined>;

/** What a request is a sign of: by what it asks for, and by how it was answered. */
function addRequest(signs: Map<string, string | undefined>, { method, target, status = 0 }: Request): void {
  const item = target.slice(0, ITEM);
  const posted = method === "POST" || method === "PUT";
  // Whoever has such a product is asked for it all day, and answers.
  const answered = status >= 200 && status < 400;
  for (const sign of readTarget(decoded(target))) if (!answered || sign !== "known-product") signs.set(sign, item);
  if ((status === 401 && posted) || ((status === 401 || status === 403) && isLoginPath(target)))
    signs.set("failed-login", undefined);
  if (posted && (isLoginForm(target) || (status >= 400 && isLoginPath(target)))) signs.set("login-posts", undefined);
  // 429 and 499 say nothing of the page.
  if (status >= 400 && status < 500 && status !== 429 && status !== 499 && !isAsset(target)) {
    signs.set("probing", item);
    if (status === 403) signs.set("forbidden", item);
    if (isAdminPath(target)) signs.set("admin-probing", item);
  }
  if (status === 500 || (status >= 502 && status <= 504)) signs.set("server-errors", undefined);
  if (!isAsset(target)) signs.set("crawling", item);
  if (method === undefined && status === 400) signs.set("malformed", undefined);
  if (method === "CONNECT") signs.set("proxy-abuse", undefined);
  if (method !== undefined && oddMethods.test(method)) signs.set("odd-methods", undefined);
}

/** What a line is a sign of. */
export function signsOf(record: LogRecord): Seen {
  const { text, fields } = record;
  const request = requestOf(record);
  // What was asked for is read decoded, and not as something that the line says.
  const said = request ? text.replace(request.sent, " ") : text;
  const signs = new Map<string, string | undefined>();
  for (const sign of readLine(said)) signs.set(sign, undefined);
  if (request) {
    addRequest(signs, request);
    for (const sign of readAgent(said)) signs.set(sign, undefined);
    return signs;
  }
  if (fields?.["status"] === "400") signs.set("malformed", undefined);
  const packet = packetOf(record);
  if (!packet || packet.passed) return signs;
  signs.set("port-scan", packet.port);
  if (packet.denied) signs.set("denied-flood", undefined).set("sweep", packet.target);
  return signs;
}
