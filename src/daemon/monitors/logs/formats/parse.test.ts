import { fc } from "../../../../../tests/support/property.ts";
import { describe, expect, test } from "vitest";
import type { LogRecord } from "../record.ts";
import { createParser } from "./parse.ts";

const now = Date.UTC(2026, 10, 23, 12);
const parser = createParser({ now });
const utc = (text: string): number => Date.parse(text);

type Expected = Omit<LogRecord, "line" | "text">;
const parts = (text: string): Expected => {
  const { line: _line, text: _text, ...rest } = parser.parse(text, 1);
  return rest;
};

const syslog: [string, Expected][] = [
  [
    "May  6 07:08:09 web01 sshd[812]: Accepted publickey for ada",
    {
      message: "Accepted publickey for ada",
      at: utc("2026-05-06T07:08:09Z"),
      host: "web01",
      program: "sshd",
      pid: 812,
    },
  ],
  [
    "Dec 24 07:08:09 web01 cron: run",
    { message: "run", at: utc("2025-12-24T07:08:09Z"), host: "web01", program: "cron" },
  ],
  [
    "Feb 29 07:08:09 web01 cron: leap",
    { message: "leap", at: utc("2024-02-29T07:08:09Z"), host: "web01", program: "cron" },
  ],
  [
    "May  6 2021 07:08:09 web01 cron: with a year",
    { message: "with a year", at: utc("2021-05-06T07:08:09Z"), host: "web01", program: "cron" },
  ],
  [
    "May  6 07:08:09 2021 web01 cron: year behind",
    { message: "year behind", at: utc("2021-05-06T07:08:09Z"), host: "web01", program: "cron" },
  ],
  [
    "May  6 07:08:09 named[77]: no host",
    { message: "no host", at: utc("2026-05-06T07:08:09Z"), program: "named", pid: 77 },
  ],
  [
    "[1778051289] resolver[77:0] error: no answer",
    { message: "error: no answer", at: utc("2026-05-06T07:08:09Z"), program: "resolver", pid: 77, severity: "err" },
  ],
  [
    "<27>May  6 07:08:09 web01 crond(pam_unix)[9]: error: it broke",
    {
      message: "error: it broke",
      at: utc("2026-05-06T07:08:09Z"),
      host: "web01",
      program: "crond(pam_unix)",
      pid: 9,
      severity: "err",
    },
  ],
  [
    "May  6 07:08:09 web01 last message repeated 3 times",
    { message: "last message repeated 3 times", at: utc("2026-05-06T07:08:09Z"), host: "web01" },
  ],
  [
    "May  6 07:08:09 mac Some Writer[512]: opened",
    { message: "opened", at: utc("2026-05-06T07:08:09Z"), host: "mac", program: "Some Writer", pid: 512 },
  ],
  [
    "May  6 07:08:09 mac boxd[5] ([812]): denied",
    { message: "denied", at: utc("2026-05-06T07:08:09Z"), host: "mac", program: "boxd", pid: 5 },
  ],
  [
    "May  6 07:08:09 web01 logd 2.1.7: restart.",
    { message: "restart.", at: utc("2026-05-06T07:08:09Z"), host: "web01", program: "logd 2.1.7" },
  ],
  [
    "May  6 07:08:09 web01 kernel: [   12.345678] usb 1-1: new device",
    { message: "usb 1-1: new device", at: utc("2026-05-06T07:08:09Z"), host: "web01", program: "kernel" },
  ],
  ["[   12.345678] eth0: link up", { message: "eth0: link up", program: "kernel" }],
  [
    "[   12.345678] web01 systemd[1]: Started it.",
    { message: "Started it.", host: "web01", program: "systemd", pid: 1 },
  ],
  [
    "2024-05-06T07:08:09.123456+02:00 web01 postfix/smtpd[44]: connect",
    { message: "connect", at: utc("2024-05-06T05:08:09.123Z"), host: "web01", program: "postfix/smtpd", pid: 44 },
  ],
  [
    "Mon 2024-05-06 07:08:09 CEST web01 systemd[1]: Started it.",
    { message: "Started it.", at: utc("2024-05-06T05:08:09Z"), host: "web01", program: "systemd", pid: 1 },
  ],
  [
    "1715000000.250000 web01 systemd[1]: Started it.",
    { message: "Started it.", at: 1_715_000_000_250, host: "web01", program: "systemd", pid: 1 },
  ],
  [
    '<165>1 2024-05-06T07:08:09.003Z web01 shop 42 ID47 [a@1 x="]\\"" y="2"][b@1 z="3"] paid',
    {
      message: "paid",
      at: utc("2024-05-06T07:08:09.003Z"),
      host: "web01",
      program: "shop",
      pid: 42,
      severity: "notice",
    },
  ],
  ["<34>1 - - - - - - nothing known", { message: "nothing known", severity: "crit" }],
  [
    "2024-05-06T07:08:09+01:00 192.0.2.1 system,error,critical login failure",
    {
      message: "login failure",
      at: utc("2024-05-06T06:08:09Z"),
      host: "192.0.2.1",
      program: "system",
      severity: "crit",
    },
  ],
  [
    "May  6 07:08:09 box pot[8]: 2024-05-06T07:08:09+0000 [a.b.Factory] New connection",
    { message: "New connection", at: utc("2026-05-06T07:08:09Z"), host: "box", program: "a.b.Factory", pid: 8 },
  ],
];

const applications: [string, Expected][] = [
  [
    "240506 070809 148 INFO store.Node$Receiver: block 7 received",
    {
      message: "block 7 received",
      at: utc("2024-05-06T07:08:09Z"),
      program: "store.Node$Receiver",
      pid: 148,
      severity: "info",
    },
  ],
  [
    "24/05/06 07:08:09 WARN exec.Backend: slow: 3 s",
    { message: "slow: 3 s", at: utc("2024-05-06T07:08:09Z"), program: "exec.Backend", severity: "warning" },
  ],
  [
    "2024-05-06 07:08:09,123 - INFO  [Peer[myid=1]/0:0:0:0:0:0:0:0:2181:Election@774] - New epoch 5",
    {
      message: "New epoch 5",
      at: utc("2024-05-06T07:08:09.123Z"),
      program: "Peer[myid=1]/0:0:0:0:0:0:0:0:2181:Election@774",
      severity: "info",
    },
  ],
  [
    "2024-05-06 07:08:09,123 ERROR [main thread] org.shop.Master: gone",
    { message: "gone", at: utc("2024-05-06T07:08:09.123Z"), program: "org.shop.Master", severity: "err" },
  ],
  [
    "api.log.1 2024-05-06 07:08:09.123 2931 WARNING shop.api.server [req-1 - - -] [thing: 5] over quota",
    {
      message: "[thing: 5] over quota",
      at: utc("2024-05-06T07:08:09.123Z"),
      program: "shop.api.server",
      pid: 2931,
      severity: "warning",
    },
  ],
  [
    "2024-05-06 07:08:09.123  INFO 4711 --- [  scheduler-1] c.e.shop.Orders   : cleaned up",
    {
      message: "cleaned up",
      at: utc("2024-05-06T07:08:09.123Z"),
      program: "c.e.shop.Orders",
      pid: 4711,
      severity: "info",
    },
  ],
  [
    "2024-05-06 07:08:09,123 - shop.orders - ERROR - no stock",
    { message: "no stock", at: utc("2024-05-06T07:08:09.123Z"), program: "shop.orders", severity: "err" },
  ],
  [
    "05-06 07:08:09.123  1702  2395 D Powering: lights off",
    { message: "lights off", at: utc("2026-05-06T07:08:09.123Z"), program: "Powering", pid: 1702, severity: "debug" },
  ],
  [
    "2024-05-06 07:08:09, Info                  CBS    Loaded stack: 3",
    { message: "Loaded stack: 3", at: utc("2024-05-06T07:08:09Z"), program: "CBS", severity: "info" },
  ],
  [
    "20240506-7:8:9:60|Step_Counter|30002312|onChange 3579",
    { message: "onChange 3579", at: utc("2024-05-06T07:08:09.060Z"), program: "Step_Counter", pid: 30_002_312 },
  ],
  [
    "2024-05-06 07:08:09.1|Warn|Auth|refused",
    { message: "refused", at: utc("2024-05-06T07:08:09.100Z"), program: "Auth", severity: "warning" },
  ],
  [
    "[05.06 07:08:09] browser.exe *64 - proxy.example:8080 close, 0 bytes",
    { message: "proxy.example:8080 close, 0 bytes", at: utc("2026-05-06T07:08:09Z"), program: "browser.exe *64" },
  ],
  [
    "- 1715000000 2024.05.06 R1-N2 2024-05-06-07.08.09.675872 R1-N2 RAS KERNEL FATAL parity error",
    { message: "parity error", at: 1_715_000_000_000, host: "R1-N2", program: "KERNEL", severity: "crit" },
  ],
  [
    "- 1715000000 2024.05.06 dn7 May 6 12:53:20 dn7/dn7 ntpd[837]: synchronized",
    { message: "synchronized", at: 1_715_000_000_000, host: "dn7", program: "ntpd", pid: 837 },
  ],
  [
    "134681 node-7 unix.hw state.gone 1715000000 1 Component is gone (id=3)",
    { message: "Component is gone (id=3)", at: 1_715_000_000_000, host: "node-7", program: "unix.hw" },
  ],
  [
    "I0506 07:08:09.123456    4711 store.go:88] compacted",
    { message: "compacted", at: utc("2026-05-06T07:08:09.123Z"), program: "store.go:88", pid: 4711, severity: "info" },
  ],
  [
    "2024/05/06 07:08:09 server.go:23: listening",
    { message: "listening", at: utc("2024-05-06T07:08:09Z"), program: "server.go:23" },
  ],
  [
    "[2024-05-06 07:08:09,123] WARNING in limiter: too many",
    { message: "too many", at: utc("2024-05-06T07:08:09.123Z"), program: "limiter", severity: "warning" },
  ],
  [
    "W, [2024-05-06T07:08:09.123456 #17]  WARN -- : refused",
    { message: "refused", at: utc("2024-05-06T07:08:09.123Z"), severity: "warning" },
  ],
  [
    "2024-05-06 07:08:09,123 - INFO  [Peer@7] - LOOKING - took 217",
    { message: "LOOKING - took 217", at: utc("2024-05-06T07:08:09.123Z"), program: "Peer@7", severity: "info" },
  ],
  [
    "2024-05-06 07:08:09,123 - ERROR - shop.cart - no stock",
    { message: "no stock", at: utc("2024-05-06T07:08:09.123Z"), program: "shop.cart", severity: "err" },
  ],
  ["[error] shop.Cart [a1|b2] empty", { message: "empty", program: "shop.Cart", severity: "err" }],
  ["(W) 2024-05-06T07:08:09 - refused", { message: "refused", at: utc("2024-05-06T07:08:09Z"), severity: "warning" }],
  [
    "[ERROR|auth|L83] 2024-05-06T07:08:09: refused",
    { message: "refused", at: utc("2024-05-06T07:08:09Z"), severity: "err" },
  ],
  [
    "[2024-05-06 07:08:09] shop.WARNING: late",
    { message: "late", at: utc("2024-05-06T07:08:09Z"), program: "shop", severity: "warning" },
  ],
  [
    "shop-1   | 2024-05-06T07:08:09,123Z [pool-1] WARN  o.s.Auth - refused",
    { message: "refused", at: utc("2024-05-06T07:08:09.123Z"), program: "o.s.Auth", severity: "warning" },
  ],
  [
    '192.0.2.7 2024-05-06 07:08:09.123 UTC [4711] ada@shop FATAL:  no such role "x"',
    {
      message: 'no such role "x"',
      at: utc("2024-05-06T07:08:09.123Z"),
      program: "ada@shop",
      pid: 4711,
      severity: "crit",
      fields: { src: "192.0.2.7" },
    },
  ],
  [
    "2024-05-06T07:08:09.123456Z 345 [Note] Access denied for user",
    { message: "Access denied for user", at: utc("2024-05-06T07:08:09.123Z"), pid: 345, severity: "notice" },
  ],
  [
    "06-May-2024 07:08:09.123 security: error: client refused",
    { message: "client refused", at: utc("2024-05-06T07:08:09.123Z"), program: "security", severity: "err" },
  ],
  [
    "2024-05-06 07:08:09 Error opening the door: locked",
    { message: "Error opening the door: locked", at: utc("2024-05-06T07:08:09Z") },
  ],
  [
    "2024-05-06T07:08:10.123456789Z stderr F 2024-05-06 07:08:09 ERROR shop.Cart: empty",
    { message: "empty", at: utc("2024-05-06T07:08:09Z"), program: "shop.Cart", severity: "err" },
  ],
  [
    "05-06 07:08:09.123 D/Powering ( 1702): lights off",
    { message: "lights off", at: utc("2026-05-06T07:08:09.123Z"), program: "Powering", pid: 1702, severity: "debug" },
  ],
  [
    "<189>May  6 07:08:09 sw1 123: *May  6 07:08:08.123: %SYS-5-CONFIG_I: Configured from console",
    {
      message: "Configured from console",
      at: utc("2026-05-06T07:08:09Z"),
      host: "sw1",
      program: "SYS-5-CONFIG_I",
      severity: "notice",
    },
  ],
  [
    "May  6 2024 07:08:09 fw : %ASA-4-106023: Deny tcp src outside:203.0.113.9/4431",
    {
      message: "Deny tcp src outside:203.0.113.9/4431",
      at: utc("2024-05-06T07:08:09Z"),
      host: "fw",
      program: "ASA-4-106023",
      severity: "warning",
    },
  ],
  ["\tat shop.Cart.pay(Cart.java:12)", { message: "at shop.Cart.pay(Cart.java:12)" }],
  ["Nothing of a header here: at all", { message: "Nothing of a header here: at all" }],
  ["", { message: "" }],
];

const web: [string, Expected][] = [
  [
    '192.0.2.7 - ada [06/May/2024:07:08:09 +0200] "GET /a?b=1 HTTP/1.1" 404 153 "-" "curl/8.1"',
    {
      message: '"GET /a?b=1 HTTP/1.1" 404 153 "-" "curl/8.1"',
      at: utc("2024-05-06T05:08:09Z"),
      fields: { src: "192.0.2.7", user: "ada", method: "GET", path: "/a?b=1", status: "404", agent: "curl/8.1" },
    },
  ],
  [
    'shop.example:443 2001:db8::7 - - [06/May/2024:07:08:09 +0000] "\\x16\\x03" 400 0',
    {
      message: '"\\x16\\x03" 400 0',
      at: utc("2024-05-06T07:08:09Z"),
      fields: { src: "2001:db8::7", path: "\\x16\\x03", status: "400" },
    },
  ],
  [
    'May  6 07:08:09 lb haproxy[7]: 192.0.2.7:5503 [06/May/2024:07:08:09.885] front back/s1 0/0/1 503 15 - - ---- 1/1 0/0 "PUT /x HTTP/1.1"',
    {
      message: 'front back/s1 0/0/1 503 15 - - ---- 1/1 0/0 "PUT /x HTTP/1.1"',
      at: utc("2024-05-06T07:08:09.885Z"),
      host: "lb",
      program: "haproxy",
      pid: 7,
      fields: { src: "192.0.2.7", srcPort: "5503", method: "PUT", path: "/x", status: "503" },
    },
  ],
  [
    "[Mon May 06 07:08:09.123456 2024] [proxy:error] [pid 17:tid 99] [client 192.0.2.7:401] AH1: refused",
    {
      message: "[client 192.0.2.7:401] AH1: refused",
      at: utc("2024-05-06T07:08:09.123Z"),
      program: "proxy",
      pid: 17,
      severity: "err",
      fields: { src: "192.0.2.7", srcPort: "401" },
    },
  ],
  [
    '2024/05/06 07:08:09 [error] 17#18: *5 open() failed, client: 192.0.2.7, request: "GET /y HTTP/1.1"',
    {
      message: 'open() failed, client: 192.0.2.7, request: "GET /y HTTP/1.1"',
      at: utc("2024-05-06T07:08:09Z"),
      program: "nginx",
      pid: 17,
      severity: "err",
      fields: { src: "192.0.2.7", method: "GET", path: "/y" },
    },
  ],
  [
    '2024-05-06 07:08:09 INFO shop.wsgi: 192.0.2.7 "POST /pay HTTP/1.1" 502 88',
    {
      message: '192.0.2.7 "POST /pay HTTP/1.1" 502 88',
      at: utc("2024-05-06T07:08:09Z"),
      program: "shop.wsgi",
      severity: "info",
      fields: { src: "192.0.2.7", method: "POST", path: "/pay", status: "502" },
    },
  ],
];

const data: [string, Expected][] = [
  [
    '{"time":"2024-05-06T07:08:09Z","level":"warn","logger":"shop","msg":"sold \\u001b[31mout","req":{"remoteAddress":"::ffff:192.0.2.7","method":"GET"}}',
    {
      message: "sold out",
      at: utc("2024-05-06T07:08:09Z"),
      program: "shop",
      severity: "warning",
      fields: { src: "192.0.2.7", method: "GET" },
    },
  ],
  [
    '{"level":50,"time":1715000000123,"pid":9,"hostname":"web01","msg":"broke"}',
    { message: "broke", at: 1_715_000_000_123, host: "web01", pid: 9, severity: "err" },
  ],
  [
    '{"__REALTIME_TIMESTAMP":"1715000000123456","PRIORITY":"3","_HOSTNAME":"web01","SYSLOG_IDENTIFIER":"sshd","_PID":"812","MESSAGE":"refused"}',
    { message: "refused", at: 1_715_000_000_123, host: "web01", program: "sshd", pid: 812, severity: "err" },
  ],
  [
    '{"t":{"$date":"2024-05-06T07:08:09.123+02:00"},"s":"E","c":"NET","msg":"cut","attr":{"remote":"192.0.2.7:99"}}',
    {
      message: "cut",
      at: utc("2024-05-06T05:08:09.123Z"),
      program: "NET",
      severity: "err",
      fields: { src: "192.0.2.7", srcPort: "99" },
    },
  ],
  [
    '{"log":"2024-05-06 07:08:09 ERROR shop.Cart: empty\\n","stream":"stderr","time":"2024-05-06T07:08:10Z"}',
    { message: "empty", at: utc("2024-05-06T07:08:10Z"), program: "shop.Cart", severity: "err" },
  ],
  ['{"half":"a line', { message: '{"half":"a line' }],
  [
    'time="2024-05-06T07:08:09Z" level=error msg="can\'t \\"reach\\" it" remote_addr=192.0.2.7 user=ada',
    {
      message: 'can\'t \\"reach\\" it',
      at: utc("2024-05-06T07:08:09Z"),
      severity: "err",
      fields: { src: "192.0.2.7", user: "ada" },
    },
  ],
  [
    'type=USER_LOGIN msg=audit(1715000000.123:88): pid=812 uid=0 acct="ada" addr=192.0.2.7 res=failed',
    {
      message: 'pid=812 uid=0 acct="ada" addr=192.0.2.7 res=failed',
      at: 1_715_000_000_123,
      program: "audit",
      pid: 812,
      fields: { action: "USER_LOGIN", uid: "0", user: "ada", src: "192.0.2.7", res: "failed" },
    },
  ],
  [
    "May  6 07:08:09 gw kernel: [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.1 LEN=44 PROTO=TCP SPT=52220 DPT=23 SYN",
    {
      message: "[UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.1 LEN=44 PROTO=TCP SPT=52220 DPT=23 SYN",
      at: utc("2026-05-06T07:08:09Z"),
      host: "gw",
      program: "kernel",
      fields: { action: "block", src: "192.0.2.7", dst: "198.51.100.1", proto: "tcp", srcPort: "52220", dstPort: "23" },
    },
  ],
  [
    "<134>1 2024-05-06T07:08:09Z gw filterlog 92 - - 7,,,100,vtnet0,match,block,in,4,0x0,,64,19,0,DF,6,tcp,60,192.0.2.7,198.51.100.1,42970,80,0,S,5,,64,,",
    {
      message: "7,,,100,vtnet0,match,block,in,4,0x0,,64,19,0,DF,6,tcp,60,192.0.2.7,198.51.100.1,42970,80,0,S,5,,64,,",
      at: utc("2024-05-06T07:08:09Z"),
      host: "gw",
      program: "filterlog",
      pid: 92,
      severity: "info",
      fields: { action: "block", proto: "tcp", src: "192.0.2.7", dst: "198.51.100.1", srcPort: "42970", dstPort: "80" },
    },
  ],
  [
    "May  6 07:08:09 gw filterlog: 5,,,100,em0,match,pass,out,6,0x00,0x0,1,UDP,17,90,2001:db8::7,ff02::fb,5353,53,90",
    {
      message: "5,,,100,em0,match,pass,out,6,0x00,0x0,1,UDP,17,90,2001:db8::7,ff02::fb,5353,53,90",
      at: utc("2026-05-06T07:08:09Z"),
      host: "gw",
      program: "filterlog",
      fields: { action: "pass", proto: "udp", src: "2001:db8::7", dst: "ff02::fb", srcPort: "5353", dstPort: "53" },
    },
  ],
  [
    "May  6 07:08:09 gw filterlog: 5,,,100,em0,match,block,in,4,0x0,,64,0,0,none,1,icmp,84,192.0.2.7,198.51.100.1,request,1,2",
    {
      message: "5,,,100,em0,match,block,in,4,0x0,,64,0,0,none,1,icmp,84,192.0.2.7,198.51.100.1,request,1,2",
      at: utc("2026-05-06T07:08:09Z"),
      host: "gw",
      program: "filterlog",
      fields: { action: "block", proto: "icmp", src: "192.0.2.7", dst: "198.51.100.1" },
    },
  ],
];

describe("a line is taken apart", () => {
  test.each([...syslog, ...applications, ...web, ...data])("%s", (text, expected) => {
    expect(parts(text)).toEqual(expected);
  });

  test("or is all message, where its headers were split off before", () => {
    const text = "May  6 07:08:09 web01 cron: run";
    expect(createParser({ now, messageOnly: true }).parse(text, 7)).toEqual({ line: 7, text, message: text });
  });
});

describe("a line that wasn't meant to be read", () => {
  const all = [...syslog, ...applications, ...web, ...data].map(([text]) => text);

  test.each(all)("is cut anywhere: %s", (text) => {
    for (let end = 0; end < text.length; end += 1) {
      const cut = text.slice(0, end);
      const { message, text: kept } = parser.parse(cut, 1);
      expect(kept).toBe(cut);
      expect(cut).toContain(message);
    }
  });

  test("is anything at all", () => {
    const piece = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(...all),
      fc.constantFrom(
        "[",
        "]",
        "<",
        "{",
        "}",
        '"',
        "\\",
        " - ",
        ": ",
        "|",
        ",",
        "=",
        "2024-05-06 ",
        "07:08:09",
        "May ",
        "INFO ",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join("");
        const { message, at, pid } = parser.parse(text, 1);
        // What stands in JSON has its escapes undone.
        expect(text.includes("{") || text.includes(message)).toBe(true);
        expect(at === undefined || Number.isFinite(at)).toBe(true);
        expect(pid === undefined || Number.isSafeInteger(pid)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  // A scan that goes over what is left at each step would take four times as long for twice the text.
  test.each([
    "[",
    "(",
    "{",
    '"',
    "1 ",
    "a ",
    "a:",
    "a=",
    '\\"',
    "- ",
    "2024-05-06 07:08:09 ",
    "<1>",
    "| ",
    "INFO ",
    "[a",
    'a="',
    "1,",
    "SRC= DST=",
  ])("takes time in proportion to its length: %s", (piece) => {
    const cpu = (text: string): number => {
      const before = process.cpuUsage();
      for (let count = 0; count < 20; count += 1) parser.parse(text, 1);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const text = piece.repeat(Math.ceil(65_536 / piece.length));
    for (const header of ["", "May  6 07:08:09 web01 kernel: ", "2024-05-06 07:08:09 "]) {
      cpu(header + text);
      // 20 × 64 KiB: a quadratic scan takes seconds, and this some milliseconds.
      expect(cpu(header + text)).toBeLessThan(400_000);
    }
  });
});
