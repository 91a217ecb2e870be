/**
 * How sure a key is to hold a secret: `sure` whatever its value is, `code` if that could be a PIN or a one-time code,
 * `maybe` if it looks random, `pairs` if each of the pairs in it is one.
 */
export type Sureness = "sure" | "code" | "maybe" | "pairs";

export interface Judged {
  kind: string;
  sureness: Sureness;
  /** It says for sure what it is, as `client secret` does and `secret` alone doesn't. */
  precise: boolean;
}

/** Of the keys in `snake_case`, in the words of several languages, how they end: the first that fits says the kind. */
const endings: readonly [kind: string, sureness: Sureness, RegExp][] = [
  ["cookie", "pairs", /(?:^|_)cookies?$/],
  ["authorization", "sure", /(?:^|_)authorization$/],
  [
    "one-time-code",
    "code",
    /(?:^|_)(?:pin|h?otp|totp|tan|mfa|2fa|cvv2?|cvc2?|puk|one_?time_?\w{0,20}|(?:pin|verification|verify|auth|authorization|security|access|activation|reset|confirm|confirmation|login|sms|mfa|otp|totp|2fa|invite|invitation|recovery|backup|device|user|unlock|pairing|time)_?codes?|(?:otp|mfa|totp|2fa)_?(?:token|value))$/,
  ],
  ["password", "sure", /(?:passw(?:or)?d|passwords|passwrd|passphrase|pass_phrase|pass_?code|pass_word|pwd|psw)$/],
  [
    "password",
    "sure",
    /(?<!by|com|tres|sur|under|over|encom|_as|test_)pass(?:es)?$|(?:^|_)(?:require|master)_?(?:pass|auth)$/,
  ],
  ["password", "sure", /(?:^|_|root|bind|user|admin|db|my|new|old|ssh|ftp|smtp|mail|sql)pw$/],
  [
    "password",
    "sure",
    /(?:passwort|kennwort|geheimnis|passord|(?:^|_|de)passe|mdp|contrase[nñ]a|(?:^|_)clave|(?:^|_)senha|wachtwoord|has[lł]o|парол[ья]|lösenord|losenord|salasana|heslo|(?:^|_)parola|şifre|sifre|jelszó|jelszo|adgangskode|κωδικός|密码|密碼|口令|パスワード|비밀번호|סיסמה)$/,
  ],
  [
    "api-key",
    "sure",
    /(?:api|app|application|access|consumer|subscription|functions?|bot|integration|ingest)_?(?:secret_?)?keys?(?:_?id)?$/,
  ],
  ["secret", "sure", /secrets?$|secret_?access_?key$/],
  ["token", "sure", /(?:token|jwt|bearer)$/],
  [
    "key",
    "sure",
    /(?:secret|private|priv|auth|authentication|enc|encryption|decryption|sign|signing|master|shared|session|account|storage|service|client|licen[sc]e|product|deploy|webhook|admin|hmac|aes|crypto|cipher|wireguard|wg|wep|wpa2?|wifi|radius|tacacs|isakmp|ike|ipsec|snmp|bgp|ospf|symmetric|unseal|recovery|vault|backup|security|unlock|activation)_?key$/,
  ],
  ["psk", "sure", /psk$|pre_?shared(?:_?key)?$/],
  ["community", "sure", /(?:^|_|ro|rw)comm?unity(?:_?string)?$/],
  ["credentials", "sure", /(?:credentials?|creds?|userpass|user_pass|auth_?string|connection_?string|conn_?str)$/],
  ["seed-phrase", "sure", /mnemonic$|(?:seed|recovery|backup|secret)_?phrase$/],
  [
    "key",
    "maybe",
    /(?:^|_)(?:auth|authn|session|sess|sid|code|sig|signature|csrf|xsrf|ticket|assertion|saml_?response|verifier|grant|refresh|aspx_?auth|logged_in|clearance)$|sess(?:ion)?_?id$|(?:^|_)key$/,
  ],
];
/** Keys that say in their own words that anybody may see them, or that nothing but yes or no follows. */
const open =
  /(?:public|pub|primary|foreign|cache|sort|partition|row|routing|object|idempotency|unique|lookup|index|group|map|dedup|host|kernel|hot|registry|sub)_?key$|(?:public|page|next_?page|continuation|sync|cancellation|lexer|window|binder|activity|unexpected)_?token$|^(?:ch|ht|smb|yp|k|ldap|g)passwd$|^ssh_?pass$|^(?:no|has|is|use|needs?|requires?|show|hide)_(?:password|passwd|pwd|pass|token|secret)$/;

/** Of what kind of use it says to be: `the secret is out` tells nothing, `the client secret is …` does. */
const exact =
  /(?:^|_)(?:client|access|auth|authentication|app|api|refresh|bot|id|session|shared|webhook|signing|jwt|csrf|xsrf|bearer|security|oauth2?|deploy|personal|user|admin|service|account|device|consumer|master|encryption|private|secret|registration|reset|verification|activation|github|gitlab|slack|discord|npm|aws|azure|vault)_(?:secret|token|\w{0,12}key)s?$/;

const forms = new Set(
  "hash value val confirm confirmation again repeat new old current enc encrypted crypt plain plaintext text raw b64 base64 string str env default header param base".split(
    " ",
  ),
);

/** `clientSecret`, `X-Client-Secret` and `CLIENT_SECRET_2` are all `client_secret`; what only says in which form is cut off. */
function simple(name: string): string {
  const parts = name
    .replace(/(\p{Ll}|\p{L}\d)(\p{Lu})/gu, "$1_$2")
    .toLowerCase()
    .split(/[^\p{L}\d]/u)
    .filter((part) => part !== "");
  while (parts.length > 1 && (forms.has(parts.at(-1) ?? "") || /^\d{1,3}$/.test(parts.at(-1) ?? ""))) parts.pop();
  const joined = parts.join("_");
  return /\D\d{1,2}$/.test(joined) && !/(?:wpa|cvv|cvc)2$/.test(joined) ? joined.replace(/\d{1,2}$/, "") : joined;
}

/** What a key says of its value, if anything. */
export function judge(name: string): Judged | undefined {
  const key = simple(name);
  const ending = open.test(key) ? undefined : endings.find(([, , pattern]) => pattern.test(key));
  if (!ending) return undefined;
  const [kind, sureness] = ending;
  return { kind, sureness, precise: ["password", "api-key", "psk"].includes(kind) || exact.test(key) };
}
