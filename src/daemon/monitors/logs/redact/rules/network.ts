import { type Rule, shape } from "../rule.ts";
import { describes, isProse, isStructure, looksChosen, looksRandom, saysNothing } from "./values.ts";

const told = (secret: string): boolean => !isProse(secret) && !saysNothing(secret) && !describes(secret);
const word = '"?([^\\s"]{1,256})';
/** A setting of this name is followed by a blank and the secret. */
const setting = (kind: string, words: string[], before: string): Rule =>
  shape(kind, words, new RegExp(`(?<![\\w-])${before}\\s{1,4}${word}`, "diy"), told);

/** Configurations of switches, routers and servers, as they are echoed into logs. */
const settings: readonly Rule[] = [
  shape(
    "password",
    ["password ", "passwd ", "secret "],
    /(?<!\w)(?:password|passwd|secret)\s{1,4}(?:ENC|0|4|5|6|7|8|9|10|encrypted|sha512|ciphertext|cipher|simple|irreversible-cipher|ascii-text|hash)\s{1,4}"?([^\s"]{2,256})/diy,
    told,
  ),
  setting("password", ["enable password", "enable secret"], "enable (?:password|secret)(?: level \\d{1,2})?"),
  setting(
    "password",
    ["requirepass", "masterauth", "bindpw", "rootpw", "sasl_passwd", "auth-user-pass", "plain-text-password"],
    "(?:requirepass|masterauth|bindpw|rootpw|sasl_passwd|plain-text-password)",
  ),
  shape(
    "password",
    ["password", "secret"],
    /(?<=\b(?:user|username|login|neighbor|account|machine|peer|add|group|create user|alter user|create role|alter role)\s{1,3}(?!or\b|and\b|name\b|with\b)[^\s=:]{1,64}\s{1,3}(?:(?:with|set|privilege \d{1,2}|role \S{1,32}|encrypted)\s{1,3}){0,2})(?:password|secret)\s{1,4}["']?([^\s"']{2,256})/diy,
    told,
  ),
  setting(
    "psk",
    ["key 0", "key 6", "key 7", "key-string", "isakmp key", "server key", "psk ascii", "pre-shared-key", "wpa-psk"],
    "(?:key(?:-string)? [067]|key-string|(?:isakmp|server|host) key(?: [067])?|wpa-psk (?:ascii|hex)(?: [08])?|(?<=psk )ascii(?: [08])?|pre-shared-key(?: (?:local|remote|ascii-text|hexadecimal|address \\S{1,64} key))?)",
  ),
  shape("psk", [" key "], /(?<=\b(?:radius|tacacs)[^|]{0,120}) key (?:[067] )?(\S{1,128})/diy, told),
  shape("psk", ["psk"], /(?<!\w)psk\s{1,4}["']([^"'\s]{2,128})/diy, told),
  shape(
    "password",
    ["message-digest-key", "authentication-key"],
    /(?:message-digest|authentication)-key \d{1,5} (?:md5|sha\w{0,6}|hmac-\w{1,12}) (?:[067] )?(\S{1,64})/diy,
  ),
  shape(
    "password",
    ["authentication "],
    /(?<=\b(?:standby|vrrp)\s\d{1,4}\s|\bospf\s)authentication(?: text| md5 key-string| key)?(?: [067])? (\S{1,64})/diy,
    told,
  ),
  shape(
    "password",
    ["chap password", "pap sent-username"],
    /(?:chap password|pap sent-username \S{1,64} password)(?: [067])? (\S{1,128})/diy,
  ),
];

const snmp: readonly Rule[] = [
  shape("community", ["trapsink", "trap2sink", "informsink"], /(?:trap|trap2|inform)sink \S{1,64} (\S{1,128})/diy),
  setting("community", ["rocommunity", "rwcommunity", "trapcommunity"], "(?:ro|rw|trap)community6?"),
  shape("community", ["com2sec"], /com2sec6?(?: -Cn \S{1,32})? \S{1,64} \S{1,64} (\S{1,128})/diy),
  shape(
    "community",
    ["community"],
    /(?<=snmp[^\n]{0,80}\b)community(?: string| name)?(?: is|:| =)? ["'(]?([^\s"')]{1,128})/diy,
    (name) => told(name) && !/^(?:string|name|from|of|to)$/i.test(name),
  ),
  shape(
    "community",
    ["snmp-server host"],
    /snmp-server host \S{1,64}(?: (?:traps|informs))?(?: version \S{1,4})?(?: (?:auth|noauth|priv))? (\S{1,128})/diy,
    told,
  ),
  shape(
    "password",
    ["snmp-server user", "createuser"],
    /(?:snmp-server user \S{1,64} \S{1,64} v3 auth|createUser \S{1,64}) \w{2,10} "?([^\s"]{2,128})(?:"? (?:priv )?(?:aes|des|3des)(?: \d{1,3})? "?([^\s"]{2,128}))?/diy,
  ),
];

/** What is said on the wire, in the protocols that say it in plain words. */
const commands: readonly Rule[] = [
  shape(
    "password",
    ["pass "],
    /(?<![\w-])PASS :?([^\s"'\\]{1,256})(?=["'\\)\]>]{0,3}(?:\\r\\n)?\s*$|["'])/dy,
    (secret) => told(secret) && !/\//.test(secret) && !/\.\w{1,4}$/.test(secret),
  ),
  shape(
    "password",
    ["login "],
    /(?<=(?:^|[\s"'>]|(?<!\d):)[A-Za-z]{0,4}\d{1,6} )LOGIN (?!ON )(?:"[^"]{1,128}"|\S{1,128}) (?:"([^"]{1,256})"|([^\s"]{1,256}))/diy,
    (secret) => !saysNothing(secret),
  ),
  shape(
    "smtp-auth",
    ["auth plain", "auth login", "auth external", "auth cram", "auth xoauth2", "authenticate plain"],
    /AUTH(?:ENTICATE)?[ :=]{1,3}(?:PLAIN|LOGIN|XOAUTH2|CRAM-MD5|EXTERNAL)[ :]{1,2}([A-Za-z0-9+/]{4,4096}={0,2})(?![\w-])/diy,
    (blob) => looksRandom(blob) || /^[A-Za-z0-9+/]{7,}=*$/.test(blob),
  ),
  shape("smtp-auth", ["resp="], /(?<=auth[^|]{0,400})resp=([A-Za-z0-9+/]{8,4096}={0,2})/diy),
  shape(
    "password",
    ["auth "],
    /(?<![\w-])AUTH (?:[\w.@-]{1,64} )?([^\s"']{5,256})(?=["'\\)\]]{0,3}\s*$)/dy,
    (secret) => (looksChosen(secret) || looksRandom(secret)) && !isStructure(secret),
  ),
  shape("password", ['"auth" '], /"auth" (?:"[^"]{1,64}" (?="))?"([^"]{1,256})"/diy),
  shape(
    "password",
    ["identify "],
    /(?<!\w)IDENTIFY (?:\S{1,32} )?(\S{3,128})\s*$/diy,
    (secret) => looksChosen(secret) || /nickserv/i.test(secret),
  ),
  shape(
    "password",
    ["identified"],
    /identified (?:with \S{1,64} )?(?:by|as)(?: password| values)? ["']((?:[^"'\\]|\\.|''){1,256})["']/diy,
  ),
  shape("password", ["securestring"], /SecureString\s{1,4}(?:-String\s{1,4})?["']?((?!-)[^\s"']{2,256})/diy),
  shape(
    "password",
    ["334 ugfzc3dvcmq6"],
    /334 UGFzc3dvcmQ6\s{1,4}(?:\S{1,16}\s{1,4}){0,3}?([A-Za-z0-9+/]{4,512}={0,2})\s*$/diy,
  ),
];

export const network: readonly Rule[] = [...settings, ...snmp, ...commands];
