import { describe, expect, test } from "vitest";
import { createRedactor } from "./redactor.ts";

const key = new Uint8Array(32).fill(7);
const redact = (text: string): string => createRedactor({ key }).redact(text);
const masked = (text: string): string => redact(text).replaceAll(/<SECRET:[0-9a-f]{4}>/g, "#");

describe("only the secret is replaced", () => {
  test.each([
    // Keys with values.
    ["level=info password=hunter2 user=bob", "level=info password=# user=bob"],
    ['{"password":"hun\\"ter2","user":"bob"}', '{"password":"#","user":"bob"}'],
    ['{"body":"{\\"clientSecret\\":\\"a\\\\\\"b\\",\\"n\\":1}"}', '{"body":"{\\"clientSecret\\":\\"#\\",\\"n\\":1}"}'],
    [
      'env: [{name: DB_PASS, value: x}, {"name":"DB_PASS","value":"x"}]',
      'env: [{name: DB_PASS, value: x}, {"name":"DB_PASS","value":"#"}]',
    ],
    ["POST /login?user=bob&passwd=a%26b&next=/ 200", "POST /login?user=bob&passwd=#&next=/ 200"],
    ["body=user%3Dbob%26token%3Dabcd1234%26x%3D1", "body=user%3Dbob%26token%3D#%26x%3D1"],
    ["<conf><password>x1</password></conf>", "<conf><password>#</password></conf>"],
    ["Server=db;User Id=bob;Password=a,b!c;Encrypt=true", "Server=db;User Id=bob;Password=#;Encrypt=true"],
    ['Config { user: "bob", api_key: Some("k1") }', 'Config { user: "bob", api_key: Some("#") }'],
    ['Parameters: {"password"=>"[FILTERED]", "otp"=>"482915"}', 'Parameters: {"password"=>"[FILTERED]", "otp"=>"#"}'],
    ["password: staple horse battery", "password: #"],
    ['Passwort: geheim, contraseña="x y", пароль: абв', 'Passwort: #, contraseña="#", пароль: #'],
    // Sentences.
    ["the password for bob is hunter2.", "the password for bob is #."],
    ["login refused with password 'a b' from 10.0.0.8", "login refused with password '#' from 10.0.0.8"],
    ["password for user bob: hunter2!", "password for user bob: #"],
    ["SET PASSWORD FOR 'bob'@'%' = 'hunter2'", "SET PASSWORD FOR 'bob'@'%' = '#'"],
    ["recovery codes: 1a2b-3c4d 5e6f-7a8b, 9c0d-1e2f for bob", "recovery codes: # for bob"],
    ["sent verification code 482915 to +49", "sent verification code # to +49"],
    ["482915 is your Example code", "# is your Example code"],
    ["login attempt [root/q1w2] failed", "login attempt [root/#] failed"],
    // Headers and addresses.
    ["Authorization: Basic Ym9iOmh1bnRlcjI=", "Authorization: Basic #"],
    ["-H 'X-Api-Key: k1' -H 'Authorization: Bearer b2'", "-H 'X-Api-Key: #' -H 'Authorization: Bearer #'"],
    [
      'Authorization: Digest username="bob", response="6629fae49393a05397450978507c4ef1"',
      'Authorization: Digest username="bob", response="#"',
    ],
    ["Cookie: theme=dark; sid=9", "Cookie: theme=#; sid=#"],
    ["Set-Cookie: id=a1b2; Path=/; HttpOnly", "Set-Cookie: id=#; Path=/; HttpOnly"],
    ["cannot reach postgres://bob:p@ss/w@db/orders?x=1", "cannot reach postgres://bob:#@db/orders?x=1"],
    ["GET https://api.telegram.org/bot123456:Abcdefghijklmnopqr1/getMe", "GET https://api.telegram.org/bot#/getMe"],
    [
      "POST https://discord.com/api/webhooks/123456789/Abc-def_ghi0123456789",
      "POST https://discord.com/api/webhooks/#",
    ],
    ["POST /api/webhook/4f6e1a7b9c2d4e8f0a1b2c3d4e5f6071 200", "POST /api/webhook/# 200"],
    ["GET /ping/0b61a5d2-97b8-4c1d-8a2e-7f2f6c1b9d10/start", "GET /ping/#/start"],
    // Command lines and settings.
    ["sshpass -p hunter2 ssh bob@h", "sshpass -p # ssh bob@h"],
    ["mysqldump -u root -phunter2 shop", "mysqldump -u root -p# shop"],
    ["['curl', '-u', 'bob:hunter2', 'https://h']", "['curl', '-u', 'bob:#', 'https://h']"],
    ["tool --token k1 --dry-run", "tool --token # --dry-run"],
    ["echo 'bob:hunter2' | chpasswd", "echo 'bob:#' | chpasswd"],
    ["username bob privilege 15 password 7 0822455D0A16", "username bob privilege 15 password 7 #"],
    ["snmp-server community blue RO", "snmp-server community # RO"],
    ["CREATE USER 'bob' IDENTIFIED BY 'it''s'", "CREATE USER 'bob' IDENTIFIED BY '#'"],
    ['[bob] FTP command: Client "10.0.0.1", "PASS hunter2"', '[bob] FTP command: Client "10.0.0.1", "PASS #"'],
    ["bob:$6$salt1234$abcdefghijklmnop:19000:0", "bob:#:19000:0"],
    // Shapes.
    ["paid with 4111 1111 1111 1111 today", "paid with # today"],
    ["to DE89 3704 0044 0532 0130 00 today", "to # today"],
    [`pushed ghp_${"a1B2".repeat(9)}, done`, "pushed #, done"],
  ])("%s", (line, expected) => {
    expect(masked(line)).toBe(expected);
  });
});

describe("what is no secret stays", () => {
  test.each([
    'password="" user=bob',
    "password= user=bob token=",
    "password=*** token=null secret=[REDACTED]",
    "password: yes",
    "Access denied for user 'bob'@'h' (using password: YES)",
    "Failed password for root from 203.0.113.9 port 4022 ssh2",
    "Failed password for invalid user bob from 203.0.113.9 port 4022 ssh2",
    "Accepted password for bob from 203.0.113.9 port 4022 ssh2",
    "Accepted publickey for bob: ED25519 SHA256:9yFmW3vT0xH1cJ5bK7dL2pQ4rS6uV8wX0zA1eG3iM5o",
    "password check failed for user (bob)",
    "the password is too short",
    "the password has expired",
    "Invalid username or password entered.",
    "pam_unix(sshd:session): session opened for user bob by (uid=0)",
    "bob : TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND=/usr/bin/passwd carol",
    "PASS src/a.test.ts",
    "tests: pass=12 fail=0",
    "max_tokens=4096 total_tokens: 512",
    "SyntaxError: Unexpected token '<' in JSON at position 0",
    "Token{a1b2c3 ActivityRecord} token=Token{a1b2c3}",
    "primary_key=orders_2024_03_id8 cache_key=user:12:v3a4b5",
    "exit code: 137, status code 200, error code 10054",
    "GET /etc/passwd HTTP/1.1",
    "GET /.x/credentials HTTP/1.1",
    "08:02:00 login authenticator failed for bob, 08:03:00 login user bob",
    "token for bob: AUTH_FAILED, password for user bob: expired",
    "POST /webhook/new-order-received 200",
    "GET /login?next=/account HTTP/1.1",
    "request 0b61a5d2-97b8-4c1d-8a2e-7f2f6c1b9d10 took 3ms",
    "commit 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
    "connect to https://db.example:5432/app and mailto:bob@example.com",
    "read 4111111111111112 blocks, id 1234567890123456",
    "password_file=/run/secrets/db secretName: web-tls token_type=bearer",
    "export PASSWORD=${DB_PASSWORD} TOKEN=$TOKEN KEY={{ key }}",
    "Supplied credentials: [UsernamePasswordCredential(username=bob)]",
    "IPsec SA established, key 0x1f2e3d4c",
    'WWW-Authenticate: Basic realm="private"',
    "kernel: random: crng init done; key type dns_resolver registered",
    "using public key authentication, host key: ssh-ed25519",
  ])("%s", (line) => {
    expect(redact(line)).toBe(line);
  });
});

describe("placeholders", () => {
  test("are the same for the same secret in whatever it is written, and others with another key", () => {
    const lines = [
      "password=p%40ss%2Fw0rd&x=1",
      '{"secret":"p@ss\\/w0rd"}',
      "--token 'p@ss/w0rd'",
      "redis://:p@ss/w0rd@cache:1/0",
    ];
    const found = lines.flatMap((line) => redact(line).match(/<SECRET:[0-9a-f]{4}>/g) ?? []);
    expect(found.length).toBe(4);
    expect(new Set(found).size).toBe(1);
    expect(redact("password=p@ss/w0re")).not.toContain(found[0]);
    expect(createRedactor({ key: new Uint8Array(32) }).redact("password=p@ss/w0rd")).not.toContain(found[0]);
  });

  test("stay as they are, also with something of a secret beside them", () => {
    const line = "password=<SECRET:a3f1> token=x<SECRET:a3f1>y9";
    expect(masked(line)).toBe("password=# token=###");
    expect(redact(line)).toContain("password=<SECRET:a3f1> token=<SECRET:");
    expect(redact(redact(line))).toBe(redact(line));
  });

  test("are counted by what they stand for, each once", () => {
    const redactor = createRedactor({ key });
    redactor.redact("password=a1 token=b2 secret=<SECRET:a3f1>");
    redactor.redact("Passwort: c3");
    expect(redactor.total).toBe(3);
    expect(Object.fromEntries(redactor.byKind)).toEqual({ password: 2, token: 1 });
  });
});

test("a capital that is two characters in lower case shifts nothing", () => {
  expect(masked("İİİ password=hunter2 İ")).toBe("İİİ password=# İ");
});
