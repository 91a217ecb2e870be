import { pick, type Random, type SecretKind } from "./secrets.test-support.ts";

/** A line that a secret is in, and the secret as it is written there. */
export interface Carried {
  line: string;
  shown: string;
}

type Carrier = (key: string, secret: string, random: Random) => Carried;

const as =
  (write: (key: string, secret: string) => string): Carrier =>
  (key, secret) => ({ line: write(key, secret), shown: secret });
const inner = (text: string): string => JSON.stringify(text).slice(1, -1);
const spoken = (key: string): string => key.replaceAll(/[_.-]/g, " ");

/** How a secret gets into a log under a key. */
export const keyCarriers: Readonly<Record<string, Carrier>> = {
  syslog: as((key, secret) => `Mar  4 11:02:53 gate app[812]: connecting with ${key}=${secret} to upstream`),
  iso: as((key, secret) => `2026-02-11T08:15:00.123Z WARN worker-3 retrying, ${key}: ${secret}`),
  json: (key, secret) => ({ line: JSON.stringify({ level: "debug", [key]: secret, n: 3 }), shown: inner(secret) }),
  "json spaced": (key, secret) => ({
    line: `{ "user": "eve", "${key}" : "${inner(secret)}", "ok": true }`,
    shown: inner(secret),
  }),
  "json in json": (key, secret) => ({
    line: JSON.stringify({ body: JSON.stringify({ [key]: secret, user: "eve" }), status: 400 }),
    shown: inner(inner(secret)),
  }),
  "json in json in json": (key, secret) => ({
    line: JSON.stringify({ log: JSON.stringify({ body: JSON.stringify({ [key]: secret, user: "eve" }) }) }),
    shown: inner(inner(inner(secret))),
  }),
  python: as((key, secret) => `DEBUG params={'user': 'eve', '${key}': '${secret.replaceAll("'", "\\'")}'} done`),
  "ruby hash": as((key, secret) => `Parameters: {"user"=>"eve", "${key}"=>"${secret}"}`),
  "go map": as((key, secret) => `config: map[user:eve ${key}:${secret}]`),
  "java toString": as((key, secret) => `Loaded Settings{host=db1, ${key}='${secret}', port=1}`),
  logfmt: as((key, secret) => `level=info msg="login tried" ${key}="${secret}" user=eve`),
  "logfmt bare": as((key, secret) => `level=info ${key}=${secret} user=eve`),
  query: (key, secret) => ({
    line: `10.1.2.3 - - [04/Mar/2026:11:02:53 +0000] "GET /cb?user=eve&${key}=${encodeURIComponent(secret)}&next=%2F HTTP/1.1" 302 0`,
    shown: encodeURIComponent(secret),
  }),
  "query at the end": (key, secret) => ({
    line: `proxying http://app.example/x?${key}=${encodeURIComponent(secret)}`,
    shown: encodeURIComponent(secret),
  }),
  "encoded form": (key, secret) => ({
    line: `body=user%3Deve%26${key}%3D${encodeURIComponent(encodeURIComponent(secret))}%26go%3D1`,
    shown: encodeURIComponent(encodeURIComponent(secret)),
  }),
  header: as((key, secret) => `> ${key}: ${secret}`),
  "header dump": as((key, secret) => `request headers: {Host: app.example, ${key}: ${secret}, Accept: */*}`),
  "curl header": as((key, secret) => `CMD (curl -s -H "${key}: ${secret}" https://app.example/)`),
  yaml: as((key, secret) => `    ${key}: ${secret}`),
  "yaml quoted": as((key, secret) => `  - ${key}: "${secret}"`),
  ini: as((key, secret) => `${key} = ${secret}`),
  export: as((key, secret) => `+ export ${key}='${secret}'`),
  flag: as((key, secret) => `sh -c tool --verbose --${key} ${secret} --dry-run`),
  "flag equals": as((key, secret) => `exec: tool --${key}=${secret} run`),
  "flag quoted": as((key, secret) => `exec: tool --${key} "${secret}" run`),
  prose: as((key, secret) => `the ${spoken(key)} is ${secret}`),
  "prose quoted": as((key, secret) => `login refused with ${spoken(key)} '${secret}' from 10.0.0.8`),
  "prose set": as((key, secret) => `${spoken(key)} for eve was changed to ${secret}, mail sent`),
  "stack trace": as(
    (key, secret) => `Error: cannot bind (${key}=${secret})\\n    at Object.<anonymous> (/srv/app.js:12:3)`,
  ),
  "stack message": as(
    (key, secret) => `java.sql.SQLException: bad url jdbc:x://db/y?${key}=${secret}; at Db.open(Db.java:31)`,
  ),
  arrow: as((key, secret) => `[config] ${key} => ${secret}`),
  xml: as((key, secret) => `<conf><${key}>${secret}</${key}></conf>`),
  "xml attribute": as((key, secret) => `<add name="x" ${key}="${secret}" />`),
  "name and value": as((key, secret) => `env: [{"name":"${key}","value":"${secret}"}]`),
  "ado.net": as((key, secret) => `Server=db1;User Id=eve;${key}=${secret};Encrypt=true`),
  "rust debug": as((key, secret) => `Config { user: "eve", ${key}: Some("${secret}") }`),
};

/** How one gets there that is known by its shape alone. */
export const bareCarriers: Readonly<Record<string, Carrier>> = {
  alone: as((_, secret) => secret),
  syslog: as((_, secret) => `Mar  4 11:02:53 gate app[812]: got ${secret} from eve`),
  quoted: as((_, secret) => `refused "${secret}" (expired)`),
  sentence: as((_, secret) => `Please rotate ${secret}, it was published.`),
  json: as((_, secret) => `{"msg":"saw ${secret}","n":1}`),
  argument: as((_, secret) => `exec tool ${secret} --now`),
  list: as((_, secret) => `args=[a, ${secret}, b]`),
};

/** Lines that only one kind of secret is in: the natural place of it. */
export const ownCarriers: Readonly<
  Record<
    string,
    (secret: { password: string; token: string; hex: string; uuid: string; digits: string }, random: Random) => Carried
  >
> = {
  "url credentials": ({ password }, r) => {
    const scheme = pick(r, ["postgres", "mysql", "mongodb+srv", "redis", "amqp", "https", "ftp", "ldap", "smtp"]);
    const shown = encodeURIComponent(password);
    return { line: `cannot reach ${scheme}://eve:${shown}@db1.example:5432/app?x=1`, shown };
  },
  "url credentials raw": ({ password }) => ({
    line: `dsn postgresql://eve:${password}@db1/app failed`,
    shown: password,
  }),
  "redis url": ({ token }) => ({ line: `using redis://:${token}@cache:6379/0`, shown: token }),
  "git with token": ({ token }) => ({ line: `git clone https://${token}9x@git.example/a/b.git`, shown: token }),
  basic: ({ password }) => blob((secret) => `Authorization: Basic ${secret}`, `eve:${password}`),
  "basic json": ({ password }) => blob((secret) => `{"authorization":"Basic ${secret}","x":1}`, `eve:${password}`),
  "basic curl": ({ password }) =>
    blob((secret) => `curl -H 'Authorization: Basic ${secret}' https://a.example`, `eve:${password}`),
  "basic alone": ({ password }) => blob((secret) => `proxy sent Basic ${secret} upstream`, `eve:${password}`),
  bearer: ({ token }) => ({ line: `Authorization: Bearer ${token}`, shown: token }),
  "bearer dump": ({ token }) => ({ line: `headers map[Authorization:[Bearer ${token}] Accept:[*/*]]`, shown: token }),
  "bearer alone": ({ token }) => ({ line: `calling upstream with bearer ${token} now`, shown: token }),
  digest: ({ hex }) => ({
    line: `Authorization: Digest username="eve", realm="r", nonce="a1", uri="/", response="${hex}"`,
    shown: hex,
  }),
  "aws signature": ({ hex }) => ({
    line: `Authorization: AWS4-HMAC-SHA256 Credential=x/20260101/eu/s3/aws4_request, SignedHeaders=host, Signature=${hex}`,
    shown: hex,
  }),
  "odd scheme": ({ token }) => ({ line: `"Authorization: GenieKey ${token}"`, shown: token }),
  cookie: ({ token, hex }) => ({ line: `Cookie: theme=dark; user_ref=${token}; b=${hex.slice(0, 8)}`, shown: token }),
  "cookie json": ({ token }) => ({ line: `{"headers":{"cookie":"a=1; tracker=${token}","host":"x"}}`, shown: token }),
  "set-cookie": ({ token }) => ({ line: `Set-Cookie: sess=${token}; Path=/; HttpOnly; SameSite=Lax`, shown: token }),
  jsessionid: ({ hex }) => ({
    line: `GET /shop/cart;jsessionid=${hex.toUpperCase()}?x=1 200`,
    shown: hex.toUpperCase(),
  }),
  "slack hook": ({ token }) => ({
    line: `POST https://hooks.slack.com/services/T0A1B2C3D4/B0E5F6G7H8/${token} 404`,
    shown: token,
  }),
  "discord hook": ({ token, digits }) => ({
    line: `POST https://discord.com/api/webhooks/${digits}99887766554/${token} 204`,
    shown: token,
  }),
  "teams hook": ({ uuid, hex }) => ({
    line: `POST https://corp.webhook.office.com/webhookb2/${uuid}@${uuid}/IncomingWebhook/${hex}/${uuid}`,
    shown: hex,
  }),
  "telegram url": ({ digits, token }) => ({
    line: `GET https://api.telegram.org/bot${digits}12:${token}/getMe`,
    shown: token,
  }),
  "ping url": ({ uuid }) => ({ line: `curl -fsS https://hc-ping.com/${uuid}/fail`, shown: uuid }),
  "own ping url": ({ uuid }) => ({ line: `GET /ping/${uuid}/start 200 5ms`, shown: uuid }),
  "reset link": ({ token }) => ({
    line: `mail to eve@x.example: https://app.example/users/password/reset/${token}7`,
    shown: token,
  }),
  "reset link query": ({ token }) => ({
    line: `https://app.example/reset?reset_password_token=${token}`,
    shown: token,
  }),
  sshpass: ({ password }) => ({ line: `COMMAND=/usr/bin/sshpass -p ${password} ssh eve@10.0.0.9`, shown: password }),
  "sshpass glued": ({ password }) => ({ line: `sshpass -p'${password}' scp a b:`, shown: password }),
  mysql: ({ password }) => ({ line: `sh -c mysqldump -u root -p${password} shop`, shown: password }),
  "curl user": ({ password }) => ({ line: `CMD (curl -k -u eve:${password} https://x.example)`, shown: password }),
  "redis-cli": ({ password }) => ({ line: `redis-cli -h cache -a ${password} ping`, shown: password }),
  ldapsearch: ({ password }) => ({ line: `ldapsearch -x -D cn=admin -w ${password} -b dc=x`, shown: password }),
  sqlcmd: ({ password }) => ({ line: `sqlcmd -S db -U sa -P ${password} -Q "select 1"`, shown: password }),
  snmpwalk: ({ token }) => ({ line: `snmpwalk -v2c -c ${token} 10.0.0.1 sysName`, shown: token }),
  smbclient: ({ password }) => ({ line: `smbclient //srv/x -U eve%${password} -c ls`, shown: password }),
  plink: ({ password }) => ({ line: `plink.exe -ssh eve@h -pw ${password} ls`, shown: password }),
  ipmitool: ({ password }) => ({
    line: `ipmitool -I lanplus -H 10.0.0.1 -U root -P ${password} sel list`,
    shown: password,
  }),
  chpasswd: ({ password }) => ({ line: `echo "eve:${password}" | chpasswd`, shown: password }),
  "sudo -S": ({ password }) => ({ line: `sh -c echo '${password}' | sudo -S reboot`, shown: password }),
  htpasswd: ({ password }) => ({ line: `htpasswd -bc /etc/x.pw eve ${password}`, shown: password }),
  "openssl pass": ({ password }) => ({
    line: `openssl rsa -in k.pem -passin pass:${password} -out o.pem`,
    shown: password,
  }),
  "env command": ({ password }) => ({ line: `PGPASSWORD=${password} psql -h db`, shown: password }),
  "cisco enable": ({ token }) => ({
    line: `%PARSER-5-CFGLOG_LOGGEDCMD: User:eve logged command:enable secret 5 $1$${token.slice(0, 4)}$${token}`,
    shown: token,
  }),
  "cisco user": ({ hex }) => ({
    line: `username eve privilege 15 password 7 ${hex.toUpperCase()}`,
    shown: hex.toUpperCase(),
  }),
  "cisco plain": ({ password }) => ({ line: `logged command:username eve password 0 ${password}`, shown: password }),
  "snmp-server": ({ token }) => ({ line: `logged command:snmp-server community ${token} RW`, shown: token }),
  radius: ({ token }) => ({ line: `radius-server host 10.0.0.1 key 7 ${token}`, shown: token }),
  ipsec: ({ password }) => ({ line: `10.0.0.1 10.0.0.2 : PSK "${password}"`, shown: password }),
  wpa: ({ password }) => ({ line: `nmcli dev wifi connect home password "${password}"`, shown: password }),
  ftp: ({ password }) => ({
    line: `vsftpd[3]: [eve] FTP command: Client "10.0.0.1", "PASS ${password}"`,
    shown: password,
  }),
  pop3: ({ token }) => ({ line: `pop3 C: PASS ${token}`, shown: token }),
  imap: ({ password }) => ({ line: `imap: a012 LOGIN eve "${password}"`, shown: password }),
  "smtp plain": ({ password }) =>
    blob((secret) => `postfix/smtpd: < x[10.0.0.1]: AUTH PLAIN ${secret}`, `\0eve\0${password}`),
  "sql identified": ({ password }) => ({ line: `CREATE USER 'eve'@'%' IDENTIFIED BY '${password}'`, shown: password }),
  "sql alter": ({ password }) => ({
    line: `ALTER ROLE eve WITH PASSWORD '${password}' VALID UNTIL 'infinity'`,
    shown: password,
  }),
  "redis monitor": ({ token }) => ({ line: `1700000000.1 [0 10.0.0.1:5] "AUTH" "${token}"`, shown: token }),
  powershell: ({ password }) => ({
    line: `$p = ConvertTo-SecureString "${password}" -AsPlainText -Force`,
    shown: password,
  }),
  "docker auth": ({ password }) =>
    blob((secret) => `{"auths":{"reg.example":{"auth":"${secret}"}}}`, `eve:${password}`),
  netrc: ({ password }) => ({ line: `machine git.example login eve password ${password}`, shown: password }),
  honeypot: ({ token }) => ({ line: `login attempt [b'root'/b'${token}'] failed`, shown: token }),
  "otp sentence": ({ digits }) => ({
    line: `sms to +49: ${digits.slice(0, 6)} is your verification code`,
    shown: digits.slice(0, 6),
  }),
  "otp use": ({ digits }) => ({ line: `Use ${digits.slice(0, 6)} to sign in to Example`, shown: digits.slice(0, 6) }),
  "otp prose": ({ digits }) => ({
    line: `sent verification code ${digits.slice(0, 6)} to eve`,
    shown: digits.slice(0, 6),
  }),
  shadow: ({ token }) => ({ line: `eve:$6$${token.slice(0, 8)}$${token}${token}:19000:0:99999:7:::`, shown: token }),
  ntlm: ({ hex }) => ({
    line: `Administrator:500:aad3b435b51404eeaad3b435b51404ee:${hex.slice(0, 32)}:::`,
    shown: hex.slice(0, 32),
  }),
  kerberos: ({ hex }) => ({ line: `$krb5tgs$23$*svc$CORP$x*$${hex}$${hex}${hex}`, shown: hex }),
  "pem inline": ({ token, hex }) => ({
    line: `key="-----BEGIN RSA PRIVATE KEY-----\\nMII${token}\\n${hex}\\n-----END RSA PRIVATE KEY-----"`,
    shown: token,
  }),
};

function blob(write: (secret: string) => string, plain: string): Carried {
  const shown = Buffer.from(plain).toString("base64");
  return { line: write(shown), shown };
}

/** What a line is wrapped in on its way: it is written as that says, and so is the secret. */
const wrappers: Readonly<Record<string, (text: string) => string>> = {
  none: (text) => text,
  syslog: (text) => text,
  json: inner,
  "json twice": (text) => inner(inner(text)),
  percent: encodeURIComponent,
  html: (text) =>
    text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
};
const heads: Readonly<Record<string, (text: string) => string>> = {
  none: (text) => text,
  syslog: (text) => `<134>1 2026-03-04T11:02:53.003Z gate app 812 ID47 - ${text}`,
  json: (text) => `{"time":"2026-03-04T11:02:53Z","level":"info","msg":"${text}","pid":812}`,
  "json twice": (text) => `{"log":"{\\"msg\\":\\"${text}\\"}\\n","stream":"stdout"}`,
  percent: (text) => `GET /collect?line=${text}&v=1 HTTP/1.1`,
  html: (text) => `<td>${text}</td>`,
};

/** As it is, and in something else by chance. */
function* wrapped(carried: Carried, random: Random): Generator<Carried & { wrapper: string }> {
  yield { ...carried, wrapper: "" };
  const wrapper = pick(random, Object.keys(wrappers).slice(1));
  const write = wrappers[wrapper];
  const head = heads[wrapper];
  if (write && head) yield { line: head(write(carried.line)), shown: write(carried.shown), wrapper: ` in ${wrapper}` };
}

/** Whether more of a secret than its first four characters is in what came out. */
export function survives({ line, shown }: Carried, redacted: string): boolean {
  const rest = redacted.replaceAll(/<SECRET:[0-9a-f]{4}>/g, "\0");
  const around = line.split(shown).join("\0");
  if (shown.length < 5) return rest.split(shown).length > around.split(shown).length;
  return Array.from({ length: shown.length - 4 }, (_, i) => shown.slice(i, i + 5)).some(
    (piece) => rest.includes(piece) && !around.includes(piece),
  );
}

/** Every kind in every carrier in which it may stand. */
export function* carriedSecrets(
  kinds: readonly SecretKind[],
  random: Random,
): Generator<Carried & { kind: string; carrier: string }> {
  const passwords = kinds.find(({ kind }) => kind === "password");
  for (const { kind, keys, make, bare } of kinds) {
    if (kind !== "card" && kind !== "iban")
      for (const [carrier, carry] of Object.entries(keyCarriers))
        for (const { wrapper, ...one } of wrapped(carry(pick(random, keys), make(random), random), random))
          yield { kind, carrier: carrier + wrapper, ...one };
    if (bare === true)
      for (const [carrier, carry] of Object.entries(bareCarriers))
        for (const { wrapper, ...one } of wrapped(carry("", make(random), random), random))
          yield { kind, carrier: `bare ${carrier}${wrapper}`, ...one };
  }
  for (const [carrier, carry] of Object.entries(ownCarriers)) {
    const digits = (length: number, from: string): string =>
      Array.from({ length }, () => pick(random, Array.from(from))).join("");
    const hex = (length: number): string => digits(length, "0123456789abcdef");
    const secrets = {
      password: passwords?.make(random) ?? "",
      token: digits(30, "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"),
      hex: hex(40),
      uuid: [8, 4, 4, 4, 12].map(hex).join("-"),
      digits: digits(8, "123456789"),
    };
    for (const { wrapper, ...one } of wrapped(carry(secrets, random), random))
      yield { kind: "natural", carrier: carrier + wrapper, ...one };
  }
}
