import { lines } from "./analyse.test-support.ts";

const S = 1_000;
const M = 60 * S;
const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const pick = <T>(some: readonly T[], i: number): T => some[i % some.length] as T;

/** Logs of days on which nothing happened that is worth telling. */
export const quiet: Record<string, string[]> = {
  "cron sessions": lines(200, 5 * M, (i, { syslog }) =>
    pick(
      [
        `${syslog} web1 CRON[${4000 + i}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)`,
        `${syslog} web1 CRON[${4000 + i}]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)`,
        `${syslog} web1 CRON[${4000 + i}]: pam_unix(cron:session): session closed for user root`,
      ],
      i,
    ),
  ),
  "a user who mistyped twice": [
    "May 11 08:00:01 web1 sshd[811]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.17  user=carol",
    "May 11 08:00:03 web1 sshd[811]: Failed password for carol from 192.0.2.17 port 50122 ssh2",
    "May 11 08:00:09 web1 sshd[811]: Failed password for carol from 192.0.2.17 port 50122 ssh2",
    "May 11 08:00:15 web1 sshd[811]: Accepted password for carol from 192.0.2.17 port 50122 ssh2",
    "May 11 08:00:15 web1 sshd[811]: pam_unix(sshd:session): session opened for user carol(uid=1004) by (uid=0)",
  ],
  "log-ins by key": lines(
    60,
    20 * M,
    (i, { syslog }) =>
      `${syslog} web1 sshd[${900 + i}]: Accepted publickey for deploy from 192.0.2.8 port ${40000 + i} ssh2: ED25519 SHA256:c29tZSBrZXkgdGhhdCBpc24ndCBvbmU`,
  ),
  "two failed log-ins a day of many users": lines(
    40,
    36 * M,
    (i, { syslog }) =>
      `${syslog} mail1 dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<user${i}@example.org>, method=PLAIN, rip=198.51.100.${i + 1}, lip=10.0.0.5, TLS`,
  ),
  "dhcp leases": lines(300, M, (i, { syslog }) =>
    pick(
      [
        `${syslog} gw dhcpd[402]: DHCPREQUEST for 10.0.0.${20 + (i % 40)} from 52:54:00:0a:0b:${10 + (i % 40)} via br0`,
        `${syslog} gw dhcpd[402]: DHCPACK on 10.0.0.${20 + (i % 40)} to 52:54:00:0a:0b:${10 + (i % 40)} via br0`,
      ],
      i,
    ),
  ),
  "sudo as it should be": lines(30, 10 * M, (i, { syslog }) =>
    pick(
      [
        `${syslog} web1 sudo:    carol : TTY=pts/0 ; PWD=/home/carol ; USER=root ; COMMAND=/usr/bin/systemctl restart nginx`,
        `${syslog} web1 sudo: pam_unix(sudo:session): session opened for user root(uid=0) by carol(uid=1004)`,
        `${syslog} web1 sudo: pam_unix(sudo:session): session closed for user root`,
      ],
      i,
    ),
  ),
  "sudo, one password wrong": [
    "May 11 08:00:01 web1 sudo: pam_unix(sudo:auth): authentication failure; logname=carol uid=1004 euid=0 tty=/dev/pts/0 ruser=carol rhost=  user=carol",
    "May 11 08:00:09 web1 sudo:    carol : 1 incorrect password attempt ; TTY=pts/0 ; PWD=/home/carol ; USER=root ; COMMAND=/usr/bin/apt update",
  ],
  "health checks": lines(
    400,
    10 * S,
    (_, { clf }) => `10.0.0.2 - - [${clf}] "GET /health HTTP/1.1" 200 2 "-" "kube-probe/1.31"`,
  ),
  "people on a web site": lines(
    300,
    7 * S,
    (i, { clf }) =>
      `203.0.113.${1 + (i % 30)} - - [${clf}] "GET ${pick(["/", "/blog/2026/05/a-week-in-june", "/assets/app.9f3c.js", "/search?q=union+station", "/shop?category=shoes&sort=price", "/about", "/img/logo.svg", "/api/cart"], i)} HTTP/2.0" 200 ${800 + i} "https://www.example.org/" "${browser}"`,
  ),
  "one page that isn't there": [
    `203.0.113.9 - - [11/May/2026:08:00:00 +0000] "GET /old-page HTTP/1.1" 404 153 "-" "${browser}"`,
    `203.0.113.9 - - [11/May/2026:08:00:04 +0000] "GET / HTTP/1.1" 200 9134 "-" "${browser}"`,
    `203.0.113.9 - - [11/May/2026:08:00:05 +0000] "GET /favicon.ico HTTP/1.1" 404 153 "-" "${browser}"`,
  ],
  "a search engine's crawler": lines(
    120,
    20 * S,
    (i, { clf }) =>
      `192.0.2.66 - - [${clf}] "GET /products/${i} HTTP/1.1" ${i % 15 === 0 ? 404 : 200} 5120 "-" "Mozilla/5.0 (compatible; Examplebot/2.1; +http://www.example.com/bot.html)"`,
  ),
  "a log-in form used once each": lines(
    40,
    90 * S,
    (i, { clf }) =>
      `203.0.113.${i + 1} - - [${clf}] "POST /login HTTP/1.1" 302 0 "https://www.example.org/login" "${browser}"`,
  ),
  "an app whose token ran out": lines(
    4,
    30 * S,
    (i, { clf }) => `203.0.113.5 - - [${clf}] "GET /api/messages?page=${i} HTTP/1.1" 401 12 "-" "${browser}"`,
  ),
  "static files": lines(
    500,
    S,
    (i, { clf }) =>
      `203.0.113.${1 + (i % 9)} - - [${clf}] "GET /assets/chunk-${i}.js HTTP/2.0" 200 9000 "https://www.example.org/" "${browser}"`,
  ),
  "mail delivered": lines(200, 30 * S, (i, { syslog }) =>
    pick(
      [
        `${syslog} mail1 postfix/smtpd[${300 + i}]: connect from mx.example.net[198.51.100.7]`,
        `${syslog} mail1 postfix/smtp[${300 + i}]: 4F1A2: to=<anna@example.com>, relay=mx.example.com[203.0.113.77]:25, delay=1.2, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued)`,
        `${syslog} mail1 postfix/qmgr[88]: 4F1A2: removed`,
        `${syslog} mail1 postfix/smtpd[${300 + i}]: disconnect from mx.example.net[198.51.100.7] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5`,
      ],
      i,
    ),
  ),
  "one mail refused": [
    "May 11 08:00:00 mail1 postfix/smtpd[31]: NOQUEUE: reject: RCPT from mx.example.net[198.51.100.7]: 550 5.1.1 <nobdy@example.com>: Recipient address rejected: User unknown in local recipient table; from=<a@example.net> to=<nobdy@example.com> proto=ESMTP helo=<mx.example.net>",
  ],
  "name server answering": lines(
    300,
    S,
    (i, { syslog }) =>
      `${syslog} ns1 named[71]: client @0x7f1c 10.0.0.${1 + (i % 20)}#${50000 + i} (www.example.com): query: www.example.com IN A +E(0)K (10.0.0.53)`,
  ),
  "a name that didn't resolve once": [
    "May 11 08:00:00 web1 app[12]: getaddrinfo ENOTFOUND metrics.example.com",
    "May 11 08:05:00 web1 app[12]: metrics sent",
  ],
  "the internet knocking": lines(
    120,
    20 * S,
    (i, { syslog }) =>
      `${syslog} gw kernel: [UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:aa:bb:cc SRC=198.51.100.${1 + (i % 100)} DST=203.0.113.1 LEN=40 TOS=0x00 TTL=240 ID=${i} PROTO=TCP SPT=${40000 + i} DPT=${pick([23, 22, 445], i)} WINDOW=1024 RES=0x00 SYN URGP=0`,
  ),
  "traffic let through": lines(
    200,
    S,
    (i, { syslog }) =>
      `${syslog} gw filterlog[91]: 66,,,1000004761,igb1,match,pass,in,4,0x0,,64,${i},0,DF,6,tcp,60,10.0.0.${2 + (i % 5)},93.184.215.14,${50000 + i},${1 + (i % 50)},0,S,1,,64240,,mss`,
  ),
  "packages upgraded": lines(
    60,
    S,
    (i, { iso }) =>
      `${iso.replace("T", " ").slice(0, 19)} ${pick(["status installed libssl3t64:amd64 3.5.1-1", "configure openssh-server:amd64 1:10.0p1-7 <none>", "status unpacked nmap:amd64 7.95", "trigproc man-db:amd64 2.13.1-1 <none>", "status half-configured apache2:amd64 2.4.65-1"], i)}`,
  ),
  "systemd about its units": lines(
    200,
    30 * S,
    (i, { syslog }) =>
      `${syslog} web1 systemd[1]: ${pick(["Starting logrotate.service - Rotate log files...", "logrotate.service: Deactivated successfully.", "Finished logrotate.service - Rotate log files.", "Started session-12.scope - Session 12 of User carol.", "apt-daily.service: Consumed 1.2s CPU time."], i)}`,
  ),
  "a service restarted by hand": [
    "May 11 08:00:00 web1 systemd[1]: Stopping nginx.service - A high performance web server...",
    "May 11 08:00:00 web1 systemd[1]: nginx.service: Deactivated successfully.",
    "May 11 08:00:00 web1 systemd[1]: Stopped nginx.service - A high performance web server.",
    "May 11 08:00:01 web1 systemd[1]: Started nginx.service - A high performance web server.",
  ],
  "one crash that was caught": [
    "May 11 08:00:00 web1 systemd[1]: report.service: Main process exited, code=exited, status=1/FAILURE",
    "May 11 08:00:00 web1 systemd[1]: report.service: Failed with result 'exit-code'.",
  ],
  "a kernel starting": [
    "Command line: BOOT_IMAGE=/vmlinuz root=/dev/vda1 ro quiet panic=30",
    "SMP: Allowing 4 CPUs, 0 hotplug CPUs",
    "EXT4-fs (vda1): mounted filesystem with ordered data mode. Quota mode: none.",
    "e1000e 0000:00:1f.6 eth0: NIC Link is Up 1000 Mbps Full Duplex",
    "ACPI: battery: Slot [BAT0] (battery present)",
    "EDAC MC0: Giving out device to module",
    "MCE: In-kernel MCE decoding enabled.",
    "thermal_sys: Registered thermal governor 'step_wise'",
    "systemd[1]: Mounted /tmp.",
  ].map((text, i) => `May 11 08:00:0${i} web1 kernel: [    ${i}.10${i}] ${text}`),
  "a Java service": lines(
    200,
    10 * S,
    (i, { iso }) =>
      `${iso.replace("T", " ").replace("Z", "").replace(".", ",")} INFO [worker-${i % 8}] org.example.orders.OrderService - ${pick([`Order ${i} stored in ${i % 40} ms`, "Authentication of service account succeeded", "Cache refreshed: 0 failed, 120 loaded", "Retrying request 1 of 3", "Session 91 expired"], i)}`,
  ),
  "now and then an error": lines(
    30,
    12 * M,
    (i, { iso }) => `${iso} ERROR [http-4] org.example.web.Handler - Request ${i} failed: connection reset by peer`,
  ),
  "JSON of a service": lines(200, 2 * S, (i, { iso }) =>
    JSON.stringify({
      time: iso,
      level: "info",
      msg: "request done",
      method: "GET",
      path: `/v1/items/${i % 7}`,
      status: 200,
      remote_ip: `10.1.0.${1 + (i % 9)}`,
      user: "carol",
      duration_ms: i % 30,
    }),
  ),
  "logfmt of a service": lines(
    200,
    2 * S,
    (i, { iso }) => `time=${iso} level=info msg="job done" job=sync-${i % 4} duration=${i % 30}ms failed=0`,
  ),
  "a database": lines(
    100,
    M,
    (i, { iso }) =>
      `${iso.replace("T", " ").slice(0, 23)} UTC [${400 + i}] ${pick(["LOG:  checkpoint complete: wrote 43 buffers (0.3%); 0 WAL file(s) added", "LOG:  connection authorized: user=app database=shop", "LOG:  disconnection: session time: 0:00:01.2 user=app database=shop host=10.0.0.9 port=40112", 'ERROR:  duplicate key value violates unique constraint "carts_pkey"'], i)}`,
  ),
  "clocks in step": lines(
    50,
    10 * M,
    (_, { syslog }) => `${syslog} web1 chronyd[60]: Selected source 192.0.2.123 (time.example.org)`,
  ),
  "disks that are well": lines(
    50,
    30 * M,
    (i, { syslog }) =>
      `${syslog} nas smartd[77]: Device: /dev/sda [SAT], SMART Usage Attribute: 194 Temperature_Celsius changed from 67 to ${66 + (i % 3)}`,
  ),
  "memory corrected once": [
    "May 11 08:00:00 node7 kernel: EDAC MC0: 1 CE memory read error on CPU_SrcID#0_Ha#0_Chan#1_DIMM#0 (corrected)",
  ],
  "a cable pulled and put back": [
    "May 11 08:00:00 web1 kernel: e1000e 0000:00:1f.6 eth0: NIC Link is Down",
    "May 11 08:00:09 web1 kernel: e1000e 0000:00:1f.6 eth0: NIC Link is Up 1000 Mbps Full Duplex",
  ],
  "a VPN in use": lines(
    60,
    5 * M,
    (i, { syslog }) =>
      `${syslog} gw openvpn[31]: ${pick(["carol/198.51.100.4:41194 peer info: IV_VER=2.6.12", "carol/198.51.100.4:41194 TLS: soft reset sec=3600/3600 bytes=1/-1 pkts=1/0", "carol/198.51.100.4:41194 VERIFY OK: depth=0, CN=carol"], i)}`,
  ),
  containers: lines(
    100,
    30 * S,
    (i, { iso }) =>
      `time="${iso}" level=info msg="${pick(["ignoring event", "shim disconnected", "cleaning up dead shim", "image pulled"], i)}" container=9f${i} module=libcontainerd namespace=moby`,
  ),
  "auditd of a shell": lines(
    20,
    M,
    (i) =>
      `type=SYSCALL msg=audit(${1_778_486_400 + i * 60}.120:${i}): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 items=2 ppid=900 pid=${910 + i} auid=1004 uid=1004 gid=1004 euid=1004 tty=pts0 ses=3 comm="ls" exe="/usr/bin/ls" key=(null)`,
  ),
  backups: lines(
    30,
    40 * M,
    (i, { syslog }) =>
      `${syslog} nas restic[12]: ${pick(["snapshot 3f2a1b saved", "processed 12043 files, 88.1 GiB in 3:02", "no errors were found", "removed 1 old snapshot"], i)}`,
  ),
  "a printer": lines(
    30,
    9 * M,
    (i, { syslog }) =>
      `${syslog} office cupsd[44]: REQUEST localhost - - "POST /printers/laser HTTP/1.1" 200 ${300 + i} Print-Job successful-ok`,
  ),
  "a page that asks for its session": lines(
    80,
    5 * S,
    (_, { clf }) =>
      `203.0.113.5 - - [${clf}] "POST /api/session/refresh HTTP/2.0" 200 64 "https://www.example.org/" "${browser}"`,
  ),
  "an editor at work in a blog": lines(
    60,
    8 * S,
    (i, { clf }) =>
      `203.0.113.6 - - [${clf}] "POST /wp-admin/admin-ajax.php HTTP/2.0" 200 ${40 + i} "https://www.example.org/wp-admin/post.php?post=${i}&action=edit" "${browser}"`,
  ),
  "git over HTTP": lines(
    20,
    2 * M,
    (i, { clf }) =>
      `10.0.0.9 - ${i % 2 === 0 ? "-" : "carol"} [${clf}] "GET /shop.git/info/refs?service=git-upload-pack HTTP/1.1" ${i % 2 === 0 ? 401 : 200} 381 "-" "git/2.47.3"`,
  ),
  greylisting: lines(
    6,
    6 * M,
    (i, { syslog }) =>
      `${syslog} mail1 postfix/smtpd[${i}]: NOQUEUE: reject: RCPT from mx.example.net[198.51.100.7]: 450 4.2.0 <anna@example.com>: Recipient address rejected: Greylisted; from=<b@example.net> to=<anna@example.com> proto=ESMTP helo=<mx.example.net>`,
  ),
  "a cache that misses": lines(200, S, (i, { iso }) => `${iso} DEBUG cache: user ${i} not found in cache, loading`),
  "a service that logs in to another": lines(
    100,
    10 * S,
    (i, { iso }) => `${iso} INFO sync: authenticated with 10.0.0.7 as user sync, 0 failed, ${i} done`,
  ),
  "files that aren't there": lines(
    4,
    M,
    (i, { iso }) =>
      `${iso.slice(0, 19).replace(/-/g, "/").replace("T", " ")} [error] 812#812: *${i} open() "/var/www/html/apple-touch-icon-${i}.png" failed (2: No such file or directory), client: 203.0.113.8, server: www.example.org, request: "GET /apple-touch-icon-${i}.png HTTP/1.1", host: "www.example.org"`,
  ),
  "virus definitions": lines(
    20,
    60 * M,
    (_, { syslog }) =>
      `${syslog} mail1 freshclam[9]: daily.cld database is up-to-date (version: 27650, sigs: 2074512, f-level: 90, builder: raynman)`,
  ),
  "a clean virus scan": [
    "May 11 08:00:00 nas clamscan[3]: Infected files: 0",
    "May 11 08:00:00 nas clamscan[3]: /srv/files/report.pdf: OK",
  ],
  "guards starting": [
    "May 11 08:00:00 gw fail2ban-server[5]: Jail 'sshd' started",
    "May 11 08:00:00 gw fail2ban-server[5]: Server ready",
    "May 11 08:00:01 gw snort[8]: Intrusion detection started, 4021 rules loaded",
  ],
  "a build": lines(
    60,
    S,
    (i, { iso }) =>
      `${iso} build[${i}]: ${pick(["npm warn deprecated glob@8.1.0", "test passwordReset.test.ts ok: rejects a wrong password", "0 failures, 212 passed", "curl -fsSL https://example.com/tool.tgz -o tool.tgz"], i)}`,
  ),
  "a service that another doesn't answer": lines(60, 5 * S, (i, { iso }) =>
    pick(
      [
        `${iso} ERROR auth: failed to fetch keys from 10.0.0.5`,
        `${iso} ERROR login service: dial tcp 10.0.0.5:443: connect: connection refused`,
        `${iso} WARN authoritative answer from 10.0.0.53 was malformed`,
        `${iso} ERROR catalog in use, lock by 10.0.0.6 refused`,
      ],
      i,
    ),
  ),
  "a monitor that looks whether sshd answers": lines(
    100,
    30 * S,
    (i, { syslog }) => `${syslog} web1 sshd[${i}]: Connection closed by 10.0.0.2 port ${40_000 + i} [preauth]`,
  ),
  "a product in use": lines(
    60,
    20 * S,
    (i, { clf }) =>
      `10.0.0.${1 + (i % 5)} - - [${clf}] "GET /phpmyadmin/index.php?route=/table&id=${i} HTTP/1.1" 200 9000 "-" "${browser}"`,
  ),
  "one knock at a product that isn't here": [
    `203.0.113.9 - - [11/May/2026:08:00:00 +0000] "GET /phpmyadmin/ HTTP/1.1" 404 153 "-" "${browser}"`,
  ],
};
