import { describe, expect, test } from "vitest";
import { createParser } from "../formats/parse.ts";
import { addressesIn, isPublic, plainAddress } from "./address.ts";
import { diskOf, partOf, sourceOf, userOf } from "./subject.ts";

const parser = createParser({ now: Date.parse("2026-06-01T00:00Z") });
const record = (line: string) => parser.parse(line, 1);

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["[2001:DB8::7]", "2001:db8::7"],
  ["fe80::1%eth0", "fe80::1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6"],
  ["192.0.2.256", undefined],
  ["12:34:56", undefined],
  ["52:54:00:aa:bb:cc", undefined],
  ["example.org", undefined],
])("%s as a plain address: %s", (text, address) => {
  expect(plainAddress(text)).toBe(address);
});

test("addresses are found among times, versions and MAC addresses, with their ports", () => {
  const text =
    "08:09:10 v1.2.3 52:54:00:aa:bb:cc:dd:ee from 192.0.2.1:4022 and [2001:db8::7]:53, mask 255.255.255.0, ::1#53";
  expect(addressesIn(text).map(({ address, port }) => [address, port])).toEqual([
    ["192.0.2.1", 4022],
    ["2001:db8::7", 53],
    ["::1", 53],
  ]);
  expect(addressesIn("192.0.2.1 ".repeat(20), 3)).toHaveLength(3);
});

test("an address of the internet is told from one of a network of one's own", () => {
  expect(["203.0.113.9", "2001:db8::7"].filter(isPublic)).toHaveLength(2);
  expect(
    ["10.0.0.1", "172.20.0.1", "192.168.1.1", "127.0.0.1", "100.64.0.1", "fd00::1", "fe80::1", "::1"].filter(isPublic),
  ).toEqual([]);
});

describe("whose doing a line tells of, in words of programs that nobody has seen", () => {
  test.each([
    ["login failed for bob from 198.51.100.9 on 192.0.2.1", "198.51.100.9"],
    ["connect 192.0.2.1:443 <- peer=198.51.100.9:51022 refused", "198.51.100.9"],
    ["denied: lip=192.0.2.1, rip=198.51.100.9, user=<a@example.org>", "198.51.100.9"],
    ["192.0.2.1:25,198.51.100.9:51022,>,535 no", "198.51.100.9"],
    ["to 192.0.2.1 [198.51.100.9] denied", "198.51.100.9"],
    ["rejected helo=([203.0.113.77]) [198.51.100.9]:5022", "198.51.100.9"],
    ["refused localhost (127.0.0.1)", "127.0.0.1"],
    ["sent packet: from 192.0.2.1[4500] to 198.51.100.9[4500]", "198.51.100.9"],
    ["refused, proxy 10.0.0.1 (X-Forwarded-For: 198.51.100.9, 10.0.0.8)", "198.51.100.9"],
    ['{"evt":"denied","server_ip":"192.0.2.1","clientIpAddress":"198.51.100.9"}', "198.51.100.9"],
    ['RemoteAddress="IPV4/UDP/198.51.100.9/5060",LocalAddress="IPV4/UDP/192.0.2.1/5060"', "198.51.100.9"],
    ["nothing of the kind at http://192.0.2.1/", undefined],
    ["authentication failure; rhost=host-7.dyn.example.net user=bob", "host-7.dyn.example.net"],
    ["rejected; from=<a@mail.example.org>", undefined],
    ["no address at all, 12:30:01", undefined],
    ["no proposal for 192.0.2.1...198.51.100.9", "198.51.100.9"],
  ])("%s", (line, source) => {
    expect(sourceOf(record(line))).toBe(source);
  });
});

describe("which user", () => {
  test.each([
    ["login failed for 'bob' from 198.51.100.9", "bob"],
    ["May 11 08:00:00 h x[1]: Failed password for invalid user bob from 198.51.100.9 port 22", "bob"],
    ["May 11 08:00:00 h x[1]: Failed password for bob from 198.51.100.9 port 22", "bob"],
    ["denied user=<bob@example.org>, method=PLAIN", "bob@example.org"],
    ['{"msg":"no","username":"bob"}', "bob"],
    ["May 11 08:00:00 h sudo:  bob : TTY=pts/0 ; USER=root ; COMMAND=/bin/id", "bob"],
    ["authentication failure; logname= uid=0 euid=0 rhost=198.51.100.9", undefined],
    ["imap-login: Disconnected (auth failed)", undefined],
    ['type=SYSCALL msg=audit(1778486400.1:5): auid=1000 uid=0 comm="x" AUID="bob" UID="root"', "bob"],
    ['type=SYSCALL msg=audit(1778486400.1:5): auid=1000 uid=0 comm="x"', "1000"],
    ['type=SYSCALL msg=audit(1778486400.1:5): auid=4294967295 uid=33 comm="x"', undefined],
    ["the user was not found", undefined],
    ["Invalid URI in request, invalid handshake from 198.51.100.9", undefined],
    ["userId=0 orgId=0 login failed", undefined],
    ["May 11 08:00:00 h sudo[41]:      bob : user NOT in sudoers ; USER=root ; COMMAND=/bin/id", "bob"],
    ["May 11 08:00:00 h CRON[41]: (www-data) CMD (/bin/id)", "www-data"],
    ["May 11 08:00:00 h usermod[41]: add 'bob' to group 'sudo'", "bob"],
  ])("%s", (line, user) => {
    expect(userOf(record(line))).toBe(user);
  });
});

test("what of a machine a line is about: a unit, a process, or the program that speaks", () => {
  expect(partOf(record("May 11 08:00:00 h systemd[1]: shop.service: Failed with result 'signal'."))).toBe(
    "shop.service",
  );
  expect(partOf(record("May 11 08:00:00 h kernel: shop[812]: segfault at 0 ip 0 sp 0 error 4"))).toBe("shop");
  expect(partOf(record("May 11 08:00:00 h app[9]: disk full"))).toBe("app");
});

test.each([
  ["h kernel: EXT4-fs error (device sda1): inode #2", "sda"],
  ["h kernel: I/O error, dev nvme0n1, sector 7", "nvme0"],
  ["h kernel: md/raid1:md0: Disk failure on sdb1, disabling device.", "sdb"],
  ["h kernel: md/raid1:md0: degraded", "md0"],
  ["h kernel: vda: I/O error", "vda"],
  ["h kernel: the pool is degraded", undefined],
])("the disk that is spoken of: %s", (line, disk) => {
  expect(diskOf(record(`May 11 08:00:00 ${line}`))).toBe(disk);
});
