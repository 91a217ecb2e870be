import { type Rule, shape, type Span } from "../rule.ts";
import { isCredentialPair, isProse, looksRandom } from "./values.ts";

const authority = /:\/\/(?<all>[^\s"'<>\\]{1,4096})/dy;
const port = /^\d{1,5}$/;

/** `scheme://user:password@host`: the password, which may hold signs that should have been escaped; or a user that is a token. */
const inUrl: Rule = {
  words: ["://"],
  read(text, at) {
    authority.lastIndex = at;
    const [from, to] = authority.exec(text)?.indices?.groups?.["all"] ?? [0, 0];
    const all = text.slice(from, to);
    const strict = /^[^/?#]*/.exec(all)?.[0] ?? "";
    const colon = all.indexOf(":");
    // With no @ before the first slash this is host and port, or a password with a slash in it.
    const isHost =
      !strict.includes("@") && (colon === -1 || colon > strict.length || port.test(strict.slice(colon + 1)));
    // Where addresses have a path of documents, an @ in it is none of the password's.
    const isStrict = strict.includes("@") && /https?$/i.test(text.slice(Math.max(0, at - 5), at));
    const end = (isStrict ? strict : isHost ? "" : (/^[^?]*@/.exec(all)?.[0] ?? all)).lastIndexOf("@");
    if (end === -1) return [];
    if (colon !== -1 && colon < end) return spanOf(from + colon + 1, from + end);
    return looksRandom(all.slice(0, end)) ? spanOf(from, from + end) : [];
  },
};

const spanOf = (from: number, to: number): Span[] => (to > from ? [{ from, to, kind: "url-credentials" }] : []);

/** Schemes of HTTP's authentication wherever they stand. */
const schemes: readonly Rule[] = [
  shape(
    "bearer",
    ["bearer"],
    /(?<!\w)bearer(?:[\s:=]|\\?["']){1,4}([\w.~+/|-]{8,4096}=*)/diy,
    (token) => (/\d/.test(token) || token.length > 24) && !token.startsWith("HTTP/"),
  ),
  shape("basic", ["basic"], /(?<!\w)basic[\s:=]{1,4}([\w+/-]{6,2048}={0,2})/diy, isCredentialPair),
  shape("negotiate", ["negotiate", "kerberos"], /(?:negotiate|kerberos)\s{1,4}([A-Za-z0-9+/]{16,4096}={0,2})/diy),
  shape(
    "digest",
    ["response", "oauth_signature", "cnonce"],
    /(?:response|cnonce)=\\{0,3}"?([0-9a-f]{16,128})(?![0-9a-z])/diy,
  ),
];

/** Addresses whose path is all that one needs to write to somebody, or to report as somebody. */
const webhooks: readonly Rule[] = [
  shape("webhook", ["hooks.slack"], /hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/([\w/%-]{8,200})/diy),
  shape("webhook", ["/webhooks/"], /\/webhooks\/((?:\d{6,24}\/)?[\w-]{16,200}(?:\/[\w-]{8,200})?)/diy),
  shape("webhook", ["/webhook/"], /\/webhook\/([\w-]{16,200})/diy, looksRandom),
  shape(
    "webhook",
    ["webhook.office", "office.com/webhook"],
    /(?:webhook\.)?office\.com\/webhook(?:b2)?\/([\w@/-]{16,400})/diy,
  ),
  shape("webhook", ["logic.azure"], /logic\.azure\.com(?::\d+)?\/workflows\/([0-9a-f]{24,40})/diy),
  shape(
    "webhook",
    ["hooks.zapier", "/hooks/", "hook.eu", "hook.us", "hook.integromat"],
    /(?:\/?hooks\.?[\w.]{0,12}\/(?:hooks\/)?(?:catch\/)?|hook\.[\w.]{2,24}\/)([\w/-]{12,200})/diy,
    looksRandom,
  ),
  shape("webhook", ["maker.ifttt", "/with/key/"], /\/with\/key\/([\w-]{8,100})/diy),
  shape("telegram", ["/bot"], /\/bot(\d{5,14}:[\w-]{16,100})/diy),
  shape("heartbeat-url", ["hc-ping.com", "/ping/"], /(?:hc-ping\.com|\/ping)\/([\w%-]{16,120})/diy),
  shape(
    "heartbeat-url",
    ["/api/push/", "/heartbeat/", "cronitor.", "nosnch.in"],
    /(?:\/api\/push|\/heartbeat|cronitor\.\w+\/(?:p|ping)|nosnch\.in)\/([\w%-]{8,200})/diy,
    (id) => /\d/.test(id) && !/^\d+$/.test(id),
  ),
  shape("webhook", ["events.pagerduty", "/integration/"], /\/integration\/([0-9a-f]{32})/diy),
  shape("webhook", ["sentry.io", "ingest."], /\/\/([0-9a-f]{32})@/diy),
];

/** Links in e-mails that let anybody in who has them. */
const links: readonly Rule[] = [
  shape(
    "link",
    [
      "reset",
      "verif",
      "confirm",
      "activat",
      "invit",
      "magic",
      "unsubscribe",
      "login",
      "signin",
      "sign-in",
      "recover",
      "share",
      "token",
      "auth",
      "sso",
    ],
    /(?<=[/_-][\w-]{0,20})(?:reset|verif|confirm|activat|invit|magic|unsubscribe|login|sign-?in|recover|token|auth|sso)[\w-]{0,24}\/(?:[\w.~%+-]{1,40}\/){0,2}?([\w.~%+-]{12,1024})/diy,
    (token) => looksRandom(token) && !isProse(token),
  ),
];

export const web: readonly Rule[] = [inUrl, ...schemes, ...webhooks, ...links];
