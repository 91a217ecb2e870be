import type { LogRecord } from "../record.ts";

/** What a client asked a web server for. */
export interface Request {
  method?: string;
  /** As the line has it, and without scheme and host: path and query. */
  sent: string;
  target: string;
  status?: number;
}

const methods =
  "GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|TRACK|DEBUG|PROPFIND|MOVE|MKCOL|SEARCH|RPC_CONNECT";
// `GET /path`, `GET http openresty.local "/path"`, `POST http://host/path`, `POST     "/client"`.
const asked = new RegExp(
  String.raw`\b(${methods})\b["']?\s{1,8}(?:https?\s\S{1,100}\s)?["']?(?:https?://[^\s/"']{1,200})?((?:/|\*|\w[\w.-]{0,100}:\d{1,5})[^\s"'|]{0,4000})?`,
);
const quick =
  /\b(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|TRACK|DEBUG|PROPFIND)\b|"(?:url|uri|path)"|(?:url|uri|path)=/;
const namedMethod = /"(?:http_?|request_?|req_?)?method"\s?:\s?"(\w{3,12})"|\b(?:http_?)?method=["']?(\w{3,12})/i;
const namedTarget =
  /"(?:http_?|request_?|req_?)?(?:url|uri|path|target)"\s?:\s?"((?:https?:\/\/[^/"]{1,200})?\/[^"]{0,4000})"|\b(?:url|uri|path|request_?uri)=["']?(\/[^\s"']{0,4000})/i;
const namedStatus =
  /(?:http_?|response_?)?(?:status|code|returned|returning|responded)(?:_?code)?["']?\s{0,2}[:=]?\s?["']?([1-5]\d\d)\b(?!\.\d)/i;
const barStatus =
  /(?:["'\])]|HTTP\/\d(?:\.\d)?"?)\s([1-5]\d\d)\s|[|[(\s]\s?([1-5]\d\d)\s?[|\])]|(?:^|\s)([1-5]\d\d)(?:\s|:|$)|\bHTTP ([1-5]\d\d)\b/;

const first = (found: RegExpExecArray | null): string | undefined => found?.slice(1).find((part) => part !== undefined);

/** What the line says was asked for, if it is of a web server: its fields, else `GET /path` and its like in the text. */
export function requestOf({ fields, text }: LogRecord): Request | undefined {
  if (fields?.["path"] === undefined && !quick.test(text)) return undefined;
  const asks = fields?.["path"] === undefined ? asked.exec(text) : undefined;
  const target =
    fields?.["path"] ??
    asks?.[2] ??
    (text.includes("{") || text.includes("=") ? first(namedTarget.exec(text)) : undefined);
  if (target === undefined) return undefined;
  const method = (fields?.["method"] ?? asks?.[1] ?? first(namedMethod.exec(text)))?.toUpperCase();
  if (method === undefined && fields?.["status"] === undefined) return undefined;
  const rest = asks ? text.slice(asks.index + asks[0].length) : text;
  const status = Number(
    fields?.["status"] ??
      first(namedStatus.exec(text)) ??
      first(barStatus.exec(rest)) ??
      (asks ? first(barStatus.exec(text.slice(0, asks.index))) : undefined),
  );
  return {
    sent: target,
    target: target.replace(/^https?:\/\/[^/?]*/i, "").slice(0, 4_096),
    ...(method === undefined ? {} : { method }),
    ...(status >= 100 ? { status } : {}),
  };
}

const encoded = /%[\da-f]{2}|%u[\da-f]{4}|\\x[\da-f]{2}|&(?:lt|gt|quot|amp|#\d)/i;
const entities: Record<string, string> = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&" };
const overlong: Record<string, string> = {
  "%c0%ae": ".",
  "%c0%af": "/",
  "%c1%9c": "/",
  "%c0%2e": ".",
  "%e0%80%ae": ".",
};

/**
 * Takes encodings off until none is left, three times at most: `%252e`, `%%32%65`, `%u002e`, `%c0%ae`, `\x2e` and
 * `&lt;` come out as what they stand for. Backslashes become slashes, plus signs blanks.
 */
export function decoded(target: string): string {
  let text = target;
  for (let round = 0; round < 3 && encoded.test(text); round++)
    text = text
      .replace(/%(?:c0%(?:ae|af|2e)|c1%9c|e0%80%ae)/gi, (it) => overlong[it.toLowerCase()] ?? it)
      .replace(/%u([\da-f]{4})|(?:%|\\x)([\da-f]{2})/gi, (_, wide: string | undefined, byte: string | undefined) =>
        String.fromCharCode(Number.parseInt(wide ?? byte ?? "", 16)),
      )
      .replace(/&(?:lt|gt|quot|amp);/gi, (it) => entities[it.toLowerCase()] ?? it);
  return text.replaceAll("\\", "/").replaceAll("+", " ");
}

/** A path that is nothing but a log-in. */
export const isLoginForm = (target: string): boolean =>
  /(?:\blog[-_]?[io]n|sign[-_]?in|xmlrpc\.php)/i.test(target.split("?")[0] ?? "");

/** A path that has to do with logging in. */
export const isLoginPath = (target: string): boolean =>
  /(?:log[-_]?[io]n|sign[-_]?in|auth(?!or)|session|token|xmlrpc\.php|passwor?d|account|credential|2fa|otp)/i.test(
    target.split("?")[0] ?? "",
  );

/** What a page consists of, and every visitor asks for. */
export const isAsset = (target: string): boolean =>
  /\.(?:css|js|mjs|map|png|jpe?g|gif|svg|ico|webp|avif|woff2?|ttf|eot|mp[34]|webm|txt)(?:\?|$)/i.test(target);

/** A path behind which things are administered. */
export const isAdminPath = (target: string): boolean =>
  /^\/(?:[\w-]{1,30}\/)?(?:\w*admin\w*|manager|cpanel|webmail|portal|console|dashboard|setup|install|wp-login\.php|user\/login|login)(?:[/.?]|$)/i.test(
    target,
  );
