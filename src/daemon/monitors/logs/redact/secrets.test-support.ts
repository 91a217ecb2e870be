export type Random = () => number;

/** What is made of dice alone, so that no rule can have been written from it. */
export interface SecretKind {
  kind: string;
  /** Names under which it stands in settings and logs. Without any it is known by its shape, and stands alone too. */
  keys: readonly string[];
  make(random: Random): string;
  bare?: true;
}

export const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();
const digit = "0123456789";
const hex = "0123456789abcdef";
const alnum = lower + upper + digit;
const url = `${alnum}-_`;
const base64 = `${alnum}+/`;

const of = (random: Random, from: string, length: number): string =>
  Array.from({ length }, () => pick(random, Array.from(from))).join("");
const between = (random: Random, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));
const uuid = (random: Random): string => [8, 4, 4, 4, 12].map((length) => of(random, hex, length)).join("-");
const encoded = (text: string): string => Buffer.from(text).toString("base64");

/** Never a word of prose, and never what says that there is none. */
const syllables = (random: Random, count: number): string =>
  Array.from({ length: count }, () => of(random, "bdfgklmnprstvz", 1) + of(random, "aeiou", 1)).join("");

/** As people choose them: words with digits, signs, other alphabets. */
const chosen = (random: Random): string =>
  pick(random, [
    () => syllables(random, 3) + of(random, digit, between(random, 1, 4)),
    () => syllables(random, 2) + of(random, "!@#$%^*_-+?", 2) + of(random, digit, 3),
    () => of(random, upper, 1) + syllables(random, 3) + of(random, digit, 2) + of(random, "!?#$", 1),
    () => of(random, alnum, between(random, 8, 24)),
    () => of(random, `${alnum}!@#$%^*-_=+~.:/`, between(random, 9, 20)) + of(random, alnum, 2),
    () => `${syllables(random, 2)}é${of(random, "äöüßñçø", 2)}${of(random, digit, 2)}`,
    () => of(random, digit, between(random, 6, 10)),
    () => syllables(random, 5),
    () => `${syllables(random, 2)}-${syllables(random, 2)}-${syllables(random, 3)}`,
  ])();

const luhn = (random: Random, begin: string, length: number): string => {
  const digits = begin + of(random, digit, length - 1 - begin.length);
  for (let last = 0; ; last++) {
    const all = Array.from(digits + String(last), Number).toReversed();
    const sum = all.reduce((sum, one, i) => sum + (i % 2 === 0 ? one : one * 2 > 9 ? one * 2 - 9 : one * 2), 0);
    if (sum % 10 === 0) return digits + String(last);
  }
};

const iban = (random: Random): string => {
  const account = of(random, digit, 18);
  const rest = BigInt(`${account}131400`) % 97n;
  return `DE${String(98n - rest).padStart(2, "0")}${account}`;
};

const keyed = (kind: string, keys: string, make: SecretKind["make"]): SecretKind => ({
  kind,
  keys: keys.split(" "),
  make,
});
const shaped = (kind: string, keys: string, make: SecretKind["make"]): SecretKind => ({
  ...keyed(kind, keys, make),
  bare: true,
});

export const secretKinds: readonly SecretKind[] = [
  keyed(
    "password",
    "password passwd pwd pass Password PASSWORD db_password DB_PASS dbPassword user.password smtp-password MYSQL_PWD PGPASSWORD spring.datasource.password admin_passwd new_password passphrase keyPassphrase",
    chosen,
  ),
  keyed("password-abroad", "Passwort Kennwort contraseña senha wachtwoord hasło пароль lösenord heslo", chosen),
  keyed(
    "secret",
    "secret client_secret clientSecret CLIENT_SECRET app-secret shared_secret JWT_SECRET cookieSecret secret_key SECRET_KEY_BASE",
    (r) => of(r, url, between(r, 12, 48)),
  ),
  keyed(
    "token",
    "token access_token refreshToken AUTH_TOKEN x-auth-token id_token bot_token csrf_token X-Vault-Token sessionToken reset_token",
    (r) => of(r, url, between(r, 16, 64)),
  ),
  keyed("api-key", "api_key apikey apiKey API_KEY X-Api-Key x-api-key api-key DD-API-KEY app_key access_key", (r) =>
    of(r, pick(r, [hex, alnum]), between(r, 16, 40)),
  ),
  keyed("private-key-value", "private_key encryption_key signingKey MASTER_KEY hmac_key auth_key wg_private_key", (r) =>
    encoded(of(r, alnum, 32)),
  ),
  keyed("aws-secret", "aws_secret_access_key AWS_SECRET_ACCESS_KEY secretAccessKey SecretAccessKey", (r) =>
    of(r, base64, 40),
  ),
  shaped("aws-key-id", "aws_access_key_id AccessKeyId", (r) => pick(r, ["AKIA", "ASIA"]) + of(r, `${upper}234567`, 16)),
  keyed("azure-storage", "AccountKey azure_storage_key SharedAccessKey", (r) => `${of(r, base64, 86)}==`),
  keyed("azure-sas", "sig", (r) => `${encodeURIComponent(of(r, base64, 43))}%3D`),
  shaped(
    "github",
    "github_token GITHUB_TOKEN gh-token",
    (r) => `${pick(r, ["ghp_", "gho_", "ghs_", "ghu_"])}${of(r, alnum, 36)}`,
  ),
  shaped("github-pat", "github_pat", (r) => `github_pat_${of(r, alnum, 22)}_${of(r, alnum, 59)}`),
  shaped("gitlab", "gitlab_token PRIVATE-TOKEN", (r) => `glpat-${of(r, url, 20)}`),
  shaped(
    "slack",
    "slack_token SLACK_BOT_TOKEN",
    (r) => `xoxb-${of(r, digit, 12)}-${of(r, digit, 12)}-${of(r, alnum, 24)}`,
  ),
  shaped(
    "stripe",
    "stripe_key STRIPE_SECRET_KEY",
    (r) => `${pick(r, ["sk_live_", "rk_live_", "sk_test_"])}${of(r, alnum, 24)}`,
  ),
  shaped("gcp", "google_api_key GOOGLE_MAPS_KEY", (r) => `AIza${of(r, url, 35)}`),
  shaped("gcp-oauth", "access_token", (r) => `ya29.${of(r, url, 60)}`),
  shaped("sendgrid", "SENDGRID_API_KEY", (r) => `SG.${of(r, url, 22)}.${of(r, url, 43)}`),
  shaped("twilio", "twilio_key", (r) => `SK${of(r, hex, 32)}`),
  shaped("npm", "NPM_TOKEN _authToken", (r) => `npm_${of(r, alnum, 36)}`),
  shaped("pypi", "PYPI_TOKEN", (r) => `pypi-AgEIcHlwaS5vcmc${of(r, url, 70)}`),
  shaped("digitalocean", "DO_TOKEN", (r) => `dop_v1_${of(r, hex, 64)}`),
  shaped("openai", "OPENAI_API_KEY openai_key", (r) =>
    pick(r, [`sk-${of(r, alnum, 48)}`, `sk-proj-${of(r, url, 80)}`]),
  ),
  shaped("anthropic", "ANTHROPIC_API_KEY", (r) => `sk-ant-api03-${of(r, url, 93)}AA`),
  shaped("huggingface", "HF_TOKEN", (r) => `hf_${of(r, lower + upper, 34)}`),
  shaped("vault", "VAULT_TOKEN", (r) => `hvs.${of(r, url, 90)}`),
  shaped("telegram", "bot_token TELEGRAM_TOKEN", (r) => `${of(r, "123456789", 10)}:AA${of(r, url, 33)}`),
  shaped(
    "discord-token",
    "DISCORD_TOKEN",
    (r) => `${encoded(of(r, "123456789", 18))}.${of(r, alnum, 6)}.${of(r, url, 38)}`,
  ),
  shaped("shopify", "shopify_token", (r) => `shpat_${of(r, hex, 32)}`),
  shaped("doppler", "DOPPLER_TOKEN", (r) => `dp.st.prd.${of(r, alnum, 43)}`),
  shaped("grafana", "GRAFANA_TOKEN", (r) => `glsa_${of(r, alnum, 32)}_${of(r, hex, 8)}`),
  shaped("newrelic", "NEW_RELIC_API_KEY", (r) => `NRAK-${of(r, upper + digit, 27)}`),
  shaped("linear", "LINEAR_API_KEY", (r) => `lin_api_${of(r, alnum, 40)}`),
  shaped("notion", "NOTION_TOKEN", (r) => `ntn_${of(r, alnum, 46)}`),
  shaped("mailgun", "MAILGUN_API_KEY", (r) => `key-${of(r, hex, 32)}`),
  shaped("atlassian", "JIRA_TOKEN", (r) => `ATATT3xFfGF0${of(r, url, 172)}`),
  shaped("square", "SQUARE_TOKEN", (r) => `sq0atp-${of(r, url, 22)}`),
  shaped("age", "age_key", (r) => `AGE-SECRET-KEY-1${of(r, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)}`),
  shaped("sentinel", "SENTINEL_TOKEN", (r) => `sentinel_host_${of(r, url, 43)}`),
  shaped(
    "jwt",
    "jwt id_token",
    (r) =>
      `${encoded(`{"alg":"HS256","n":${between(r, 1, 99)}}`).replaceAll("=", "")}.${encoded(`{"sub":"${of(r, alnum, 12)}"}`).replaceAll("=", "")}.${of(r, url, 43)}`,
  ),
  shaped(
    "bcrypt",
    "password_hash",
    (r) => `$2${pick(r, ["a", "b", "y"])}$1${of(r, "012", 1)}$${of(r, `${alnum}./`, 53)}`,
  ),
  shaped("sha-crypt", "password_hash", (r) => `$6$${of(r, alnum, 16)}$${of(r, `${alnum}./`, 86)}`),
  shaped("argon2", "password_hash", (r) => `$argon2id$v=19$m=65536,t=3,p=4$${of(r, base64, 22)}$${of(r, base64, 43)}`),
  shaped("ldap-hash", "userPassword", (r) => `{SSHA}${of(r, base64, 38)}==`),
  shaped("card", "card_number", (r) => luhn(r, pick(r, ["4", "51", "55"]), 16)),
  shaped("iban", "iban", iban),
  keyed("snmp-community", "community snmp_community communityString", (r) => syllables(r, 3) + of(r, digit, 2)),
  keyed("psk", "psk wpa_psk preshared_key pre-shared-key wifi_password", (r) =>
    of(r, `${alnum}!#%`, between(r, 10, 30)),
  ),
  keyed("session", "session_id sessionid PHPSESSID JSESSIONID connect.sid sid ASP.NET_SessionId laravel_session", (r) =>
    pick(r, [of(r, lower + digit, 26), of(r, upper + digit, 32), uuid(r)]),
  ),
  keyed("one-time-code", "otp pin verification_code totp mfa_code one_time_password", (r) =>
    of(r, digit, pick(r, [4, 6, 6, 8])),
  ),
  keyed("connection-password", "Pwd", (r) => of(r, alnum, 12)),
];
