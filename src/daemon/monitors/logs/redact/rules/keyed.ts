import { isPlaceholder } from "../placeholder.ts";
import type { Rule, Span } from "../rule.ts";
import { judge, type Judged } from "./names.ts";
import {
  bareEnd,
  describes,
  isProse,
  isStructure,
  looksChosen,
  looksRandom,
  readValue,
  saysNothing,
  type Value,
} from "./values.ts";

const words = [
  ..."pass,pwd,psw,secret,token,jwt,key,community,comunity,psk,preshared,pre_shared,pre-shared,cred,auth,cookie,session,sessid,sess,sid,code,otp,pin,mfa,2fa,cvv,cvc,puk,tan,sig,csrf,xsrf,ticket,assertion,saml,bearer,mnemonic,phrase,connstr,connection,verifier,grant,refresh,logged_in,clearance,one-time,one time".split(
    ",",
  ),
  ..."pw=,pw:,pw ,pw\",pw',kennwort,geheimnis,mdp,contrase,clave,senha,wachtwoord,haslo,hasło,парол,lösenord,losenord,salasana,heslo,parola,şifre,sifre,jelsz,adgangskode,パスワード,비밀번호,κωδικός,סיסמה".split(
    ",",
  ),
  // Three characters at least: those of two have what follows them.
  ..."密码,密碼,口令".split(",").flatMap((word) => [":", "=", "：", '"', " ", "为", "是"].map((next) => word + next)),
];

interface Key {
  name: string;
  start: number;
  end: number;
}

const nameHead = /[\p{L}\p{N}_.$-]*$/u;
const nameTail = /[\p{L}\p{N}_.$-]{0,40}/uy;
/** `session id`, `secret access key`: a key of several words goes on. */
const furtherWord =
  /(?: (?:access )?(?:id|key|code|string|token|secret|password|phrase|passcode|base)s?){0,2}(?: \d{1,2}(?=:))?(?![\p{L}\p{N}])/iuy;
const wordBefore = /([\p{L}\d]{2,20})[ -]$/u;

function keyAt(text: string, at: number): Key {
  nameTail.lastIndex = at;
  const tail = nameTail.exec(text)?.[0] ?? "";
  const head = nameHead.exec(text.slice(Math.max(0, at - 60), at))?.[0] ?? "";
  // After an escape (`%26token`, `\\ntoken`) what belongs to it isn't the name's.
  const escapes = { "%": /^(?:25)?[\da-f]{2}/i, "\\": /^(?:[nrt]|u00[\da-f]{2})/ }[text[at - head.length - 1] ?? ""];
  const escape = escapes?.exec(head)?.[0].length ?? 0;
  const word = (head + tail).slice(escape).replace(/[.$-]+$/, "");
  const start = at - head.length + escape;
  furtherWord.lastIndex = start + word.length;
  const further = furtherWord.exec(text)?.[0] ?? "";
  return { name: word + further, start, end: start + word.length + further.length };
}

/** By itself, or with the word before it: `key` says little, `API key` all. */
function judgeKey(text: string, { name, start }: Key): Judged | undefined {
  const alone = judge(name);
  if (alone && alone.sureness !== "maybe" && alone.precise) return alone;
  const before = wordBefore.exec(text.slice(Math.max(0, start - 22), start))?.[1];
  const joined = before === undefined ? undefined : judge(`${before}_${name}`);
  return before === undefined || alone?.sureness === "sure" ? (joined ?? alone) : joined;
}

// A closing quote or bracket of the key's, then what separates it from its value; in URLs, HTML and dumps too.
const separator =
  /(?:\\{0,15}(?:["'`”»]))?[\])]{0,2}(?:\s{0,8}(?:=>|:=|==|->|→|::|=|:|＝|：)\s{0,8}|>(?=[^<\s])|\s{1,4}value\s?=\s?|\((?=["'])|(?<=\w), ?<<(?=")|(?<=\w),(?=["'])|(?:\s[\w:-]{1,40}=["'][^"'<>]{0,200}["']){1,4}>(?=[^<\s])|\\{1,8}(?:r\\{1,8})?n(?:\\{1,8}(?:r\\{1,8})?n)?(?=\S))|\\{0,15}(["']),?\s{0,8}(?:\\{0,15}["']?value\\{0,15}["']?\s{0,8}[:=]\s{0,8}|(?=(?:a\d{1,2}=)?\\{0,15}["'](?![^"'\\]{0,64}\\{0,15}["']\s{0,4}[:=])))/iy;
/** What joins key and value in a sentence. */
const link =
  /(?:\s(?:for|of|von|de)\s[^\s:=]{1,64}){0,2}(?:\s{1,4}(?:is|was|are|being|ist|lautet|war|est|es|era|é|è|jest|to|(?:re)?set to|changed to|updated to|now)){1,3}\s?:?\s{1,4}(?=\S)/iy;
/** `password for bob: …`, and so in SQL. */
const whose = /\s(?:for|of|von|de)\s(?:user\s)?[^\s:=]{1,64}\s?[:=]\s{1,4}(?=\S)/iy;
const blank = /["'`]?\s{1,8}[([]?(?=[^\s-])/y;
const scheme =
  /(?:Bearer|Basic|Token|Digest|Negotiate|NTLM|ApiKey|Api-Key|GenieKey|Bot|SharedKey(?:Lite)?|AWS|OAuth|JWT|SSWS|Splunk|DPoP|GoogleLogin|Hawk|Kerberos|AWS4-HMAC-SHA256)\s{1,4}(?=\S)/iy;
const withParameters = /(?:Digest|Hawk|OAuth|AWS4-HMAC-SHA256)\s{1,4}\w+=/iy;

const matches = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
};

const spacedCode = /\d{3}[ -]\d{3}(?=$|[\s,;)"'])/y;

/** `Basic abc`: the scheme stays, the rest is the value. */
function valueAfter(text: string, at: number): Value {
  const code = matches(spacedCode, text, at);
  if (code !== -1) return { from: at, to: code, quoted: false };
  const value = readValue(text, at);
  const from = matches(scheme, text, value.from);
  if (from === -1 || (value.quoted && from >= value.to)) return value;
  return { from, to: value.quoted ? value.to : bareEnd(text, from), quoted: value.quoted };
}

const isCode = /^[A-Z]{0,2}-?\d{4,10}$|^\d{3}[ -]\d{3}$|^(?=\S{0,20}\d)[A-Za-z0-9]{4,12}(?:-[A-Za-z0-9]{4,12}){0,8}$/;

/** After a separator nearly all that isn't a word about it is the value. */
function isValue(value: string, { kind, sureness }: Judged, name: string, worded: boolean): boolean {
  if (saysNothing(value)) return false;
  if (sureness === "maybe") return looksRandom(value);
  if (sureness === "code")
    return isCode.test(value) || looksRandom(value) || (/cv[vc]/i.test(name) && /^\d{3}$/.test(value));
  if (/^(?:old_?)?pwd$/i.test(name) && /^[/~]|^[A-Z]:\\/.test(value)) return false;
  if (/^passwd$/i.test(name) && /^(?:pam_|gkr-|chauthtok)/.test(value)) return false;
  // A test that passed.
  if (name === "PASS" && /[A-Z_./]/.test(value) && !looksChosen(value)) return false;
  if (kind === "credentials" && /^[~.]?\//.test(value)) return false;
  if (kind === "community" && /^\d+:\d+$/.test(value)) return false;
  if (kind === "authorization") return true;
  if ((worded && isProse(value)) || (kind !== "password" && isStructure(value))) return false;
  return !/^\d{1,3}$/.test(value) || (kind === "password" && value.length === 3 && !/pass$/i.test(name));
}

/** In a sentence a value has to look like one, or be quoted, or be all that the sentence says of the key. */
function isTold(
  value: string,
  { quoted }: Value,
  { sureness, precise }: Judged,
  { joined, closed }: { joined: boolean; closed: boolean },
): boolean {
  if (saysNothing(value) || isProse(value)) return false;
  if (sureness === "maybe") return looksRandom(value);
  if (sureness === "code") return isCode.test(value) && (joined || /\d/.test(value));
  if (looksRandom(value) || looksChosen(value)) return true;
  if (!precise) return joined && /^\w*\p{Ll}\p{Lu}\w{6,}$/u.test(value);
  return quoted || (joined && value.length > 3 && (/[^\p{L}.,;:]/u.test(value) || (closed && !describes(value))));
}

const phrase = /[a-z]{3,10}(?: [a-z]{3,10}){2,23}/y;
const lineHead = /^\s*(?:[-*]\s+|export\s+|set\s+)?["']?$/;

/** Words in a row are one value where phrases are usual. */
function withPhrase(text: string, { name }: Key, value: Value): Value {
  const to = !value.quoted && /phrase|mnemonic/i.test(name) ? matches(phrase, text, value.from) : -1;
  return to === -1 ? value : { ...value, to };
}

/** `recovery codes: …` are several. */
const furtherCodes = /(?:[,;]? (?=[\w-]{0,60}\d)[A-Za-z\d]{4,12}(?:-[A-Za-z\d]{4,12}){0,8}(?![\w-]))*/y;

function withCodes(text: string, { name }: Key, value: Value): Value {
  return !value.quoted && /codes$/i.test(name) ? { ...value, to: matches(furtherCodes, text, value.to) } : value;
}

/** And where nothing but key and value is on the line, up to a comment. */
function withRest(text: string, key: Key, value: Value): Value {
  const apart = !value.quoted && text[value.from - 1] === " " && text[value.to] === " ";
  if (!apart || key.start > 80 || !lineHead.test(text.slice(0, key.start))) return value;
  const comment = text.indexOf(" #", value.to);
  const to = comment === -1 ? text.trimEnd().length : comment;
  return /[=:"'{}<>[\]]/.test(text.slice(value.to, to)) ? value : { ...value, to };
}

const pair = /([^\s=;,&"']{1,80})=("[^"]*"|[^;\s"'&,\\]{1,4096})/g;
const attribute = /^(?:path|domain|expires|max-age|samesite|version|priority)$/i;

/** Every value of `a=b; c=d`, as far as a cookie header goes. */
function cookies(text: string, { from, to, quoted }: Value): Span[] {
  const region = quoted ? text.slice(from, to) : (/^[^"'\]}]*/.exec(text.slice(from))?.[0] ?? "");
  // An empty one at the end: so far it has been looked at.
  const spans = [{ from: from + region.length, to: from + region.length, kind: "cookie" }];
  for (const { 0: all, 1: name = "", 2: value = "", index } of region.matchAll(pair)) {
    const start = from + index + all.length - value.length;
    if (!attribute.test(name) && !saysNothing(value))
      spans.push({ from: start, to: start + value.length, kind: "cookie" });
  }
  return spans;
}

/** What follows a key and a separator at `from`. */
function afterSeparator(text: string, key: Key, judged: Judged, from: number): Span[] {
  const { kind, sureness } = judged;
  if (kind === "authorization" && matches(withParameters, text, readValue(text, from).from) !== -1) return [];
  const value = valueAfter(text, from);
  if (sureness === "pairs") return cookies(text, value);
  // `password= user=bob`: it is empty.
  if (/^=\s/.test(text.slice(key.end, from)) && /^[A-Za-z_][\w.-]{0,40}=/.test(text.slice(value.from, value.to)))
    return [];
  // `password: changed by bob` goes on in words; after an equals sign or in quotes everything may be one.
  const worded = !value.quoted && / [\p{L}=]/uy.test(text.slice(value.to, value.to + 2));
  const isWorded = worded && !text.slice(key.end, from).includes("=");
  if (!isValue(text.slice(value.from, value.to), judged, key.name, isWorded)) return [];
  const all = sureness === "sure" ? withRest(text, key, withPhrase(text, key, value)) : withCodes(text, key, value);
  return [{ from: all.from, to: all.to, kind }];
}

/** What follows a key as a word of a sentence. */
function inSentence(text: string, key: Key, judged: Judged): Span[] {
  // What ends a path is no word.
  if (judged.sureness === "pairs" || /[/\\%.@]/.test(text[key.start - 1] ?? "")) return [];
  const linked = matches(link, text, key.end);
  const from = [linked, matches(whose, text, key.end), matches(blank, text, key.end)].find((at) => at !== -1);
  if (from === undefined) return [];
  const value = valueAfter(text, from);
  const how = {
    joined: linked !== -1 || /\b(?:with|using) $/i.test(text.slice(Math.max(0, key.start - 8), key.start)),
    closed: /^(?:$|[,.;!)"'&<])/.test(text.slice(value.to, value.to + 1)),
  };
  if (!isTold(text.slice(value.from, value.to), value, judged, how)) return [];
  const { from: start, to } = withPhrase(text, key, value);
  return [{ from: start, to, kind: judged.kind }];
}

function read(text: string, at: number): readonly Span[] {
  if (isPlaceholder(text, at - 1)) return [];
  const key = keyAt(text, at);
  // What follows it in an address is read there.
  if (text.endsWith("://", key.start)) return [];
  const judged = judgeKey(text, key);
  if (!judged) return [];
  const separated = matches(separator, text, key.end);
  if (separated !== -1) return afterSeparator(text, key, judged, separated);
  // An option of a command line: its value may follow a blank.
  const optioned = /^--?\p{L}/u.test(key.name) ? matches(blank, text, key.end) : -1;
  return optioned === -1 ? inSentence(text, key, judged) : afterSeparator(text, key, judged, optioned);
}

/** `key=value`, `"key": "value"`, `--key value`, `the key is value`: where the key says that the value is a secret. */
export const keyed: readonly Rule[] = [{ words, read }];
