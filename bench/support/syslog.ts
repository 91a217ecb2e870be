import { SECOND } from "../../src/shared/time.ts";
import { seededRandom } from "../../tests/support/seeded-random.ts";

/** What a small office's servers say, by program: the usual first. What is in braces varies. */
const programs: Record<string, string[]> = {
  sshd: [
    "Failed password for invalid user {user} from {ip} port {port} ssh2",
    "Failed password for {account} from {ip} port {port} ssh2",
    "Invalid user {user} from {ip} port {port}",
    "Connection closed by invalid user {user} {ip} port {port} [preauth]",
    "Connection closed by authenticating user {account} {ip} port {port} [preauth]",
    "Received disconnect from {ip} port {port}:11: Bye Bye [preauth]",
    "Disconnected from {ip} port {port}",
    "Accepted publickey for {account} from {ip} port {port} ssh2: ED25519 SHA256:{key}",
    "pam_unix(sshd:session): session opened for user {account}(uid={n}) by (uid=0)",
    "pam_unix(sshd:session): session closed for user {account}",
    "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={ip}  user={account}",
    "Unable to negotiate with {ip} port {port}: no matching key exchange method found. Their offer: {kex}",
    "error: maximum authentication attempts exceeded for {account} from {ip} port {port} ssh2 [preauth]",
    "banner exchange: Connection from {ip} port {port}: invalid format",
    "error: kex_exchange_identification: Connection closed by remote host",
    "Server listening on 0.0.0.0 port 22.",
  ],
  CRON: [
    "({account}) CMD ({path})",
    "pam_unix(cron:session): session opened for user {account}(uid={n}) by (uid=0)",
    "pam_unix(cron:session): session closed for user {account}",
    "({account}) MAIL (mailed {n} bytes of output but got status 0x{hex2} from MTA)",
    "({account}) RELOAD (crontabs/{account})",
  ],
  systemd: [
    "Started Session {n} of User {account}.",
    "{unit}.service: Deactivated successfully.",
    "{unit}.service: Consumed {f}s CPU time.",
    "Starting {unit}.service - {Title} daemon...",
    "Started {unit}.service - {Title} daemon.",
    "Stopping {unit}.service - {Title} daemon...",
    "{unit}.service: Main process exited, code=exited, status={n}/FAILURE",
    "{unit}.service: Failed with result 'exit-code'.",
    "{unit}.service: Scheduled restart job, restart counter is at {n}.",
    "Created slice user-{n}.slice - User Slice of UID {n}.",
    "Reached target {unit}.target - {Title} target.",
    "run-docker-runtime\\x2drunc-moby-{hex}.mount: Succeeded.",
    "Reloading.",
  ],
  kernel: [
    "[{f}] [UFW BLOCK] IN={iface} OUT= MAC={mac} SRC={ip} DST={ip} LEN={n} TOS=0x00 PREC=0x00 TTL={n} ID={n} PROTO=TCP SPT={port} DPT={port} WINDOW={n} RES=0x00 SYN URGP=0",
    "[{f}] [UFW BLOCK] IN={iface} OUT= MAC={mac} SRC={ip} DST={ip} LEN={n} TOS=0x00 PREC=0x00 TTL={n} ID={n} PROTO=UDP SPT={port} DPT={port} LEN={n}",
    "[{f}] {iface}: link becomes ready",
    "[{f}] {iface}: link down",
    "[{f}] EXT4-fs ({disk}): mounted filesystem {uuid} r/w with ordered data mode. Quota mode: none.",
    "[{f}] EXT4-fs error (device {disk}): ext4_lookup:{n}: inode #{n}: comm {unit}: deleted inode referenced: {n}",
    "[{f}] blk_update_request: I/O error, dev {disk}, sector {n} op 0x0:(READ) flags 0x{hex2} phys_seg {n} prio class 0",
    "[{f}] Out of memory: Killed process {n} ({unit}) total-vm:{n}kB, anon-rss:{n}kB, file-rss:{n}kB, shmem-rss:0kB, UID:{n} pgtables:{n}kB oom_score_adj:0",
    "[{f}] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task={unit},pid={n},uid={n}",
    '[{f}] audit: type=1400 audit({f}:{n}): apparmor="DENIED" operation="open" profile="{path}" name="{path}" pid={n} comm="{unit}" requested_mask="r" denied_mask="r" fsuid={n} ouid=0',
    "[{f}] TCP: request_sock_TCP: Possible SYN flooding on port {port}. Sending cookies.",
    "[{f}] nf_conntrack: nf_conntrack: table full, dropping packet",
    "[{f}] usb 1-{n}: new high-speed USB device number {n} using xhci_hcd",
    "[{f}] usb 1-{n}: USB disconnect, device number {n}",
    "[{f}] perf: interrupt took too long ({n} > {n}), lowering kernel.perf_event_max_sample_rate to {n}",
    "[{f}] docker0: port {n}(veth{hex}) entered forwarding state",
    "[{f}] docker0: port {n}(veth{hex}) entered disabled state",
    "[{f}] {unit}[{n}]: segfault at {n} ip {addr} sp {addr} error {n} in libc.so.6[{addr}+{n}]",
  ],
  "postfix/smtpd": [
    "connect from {host}[{ip}]",
    "disconnect from {host}[{ip}] ehlo=1 auth=0/1 commands=1/2",
    "lost connection after AUTH from {host}[{ip}]",
    "warning: {host}[{ip}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6",
    "NOQUEUE: reject: RCPT from {host}[{ip}]: 554 5.7.1 <{mail}>: Relay access denied; from=<{mail}> to=<{mail}> proto=ESMTP helo=<{host}>",
    "{queue}: client={host}[{ip}]",
    "warning: hostname {host} does not resolve to address {ip}",
    "timeout after END-OF-MESSAGE from {host}[{ip}]",
    "SSL_accept error from {host}[{ip}]: -1",
  ],
  "postfix/qmgr": ["{queue}: from=<{mail}>, size={n}, nrcpt={n} (queue active)", "{queue}: removed"],
  "postfix/smtp": [
    "{queue}: to=<{mail}>, relay={host}[{ip}]:25, delay={f}, delays={f}/{f}/{f}/{f}, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as {queue})",
    "{queue}: to=<{mail}>, relay=none, delay={n}, delays={f}/{f}/{n}/0, dsn=4.4.1, status=deferred (connect to {host}[{ip}]:25: Connection timed out)",
    "connect to {host}[{ip}]:25: Connection refused",
  ],
  "postfix/cleanup": ["{queue}: message-id=<{hex}.{n}@{host}>"],
  dovecot: [
    "imap-login: Login: user=<{account}>, method=PLAIN, rip={ip}, lip={ip}, mpid={n}, TLS, session=<{key}>",
    "imap-login: Disconnected (auth failed, {n} attempts in {n} secs): user=<{user}>, method=PLAIN, rip={ip}, lip={ip}, TLS",
    "imap({account})<{n}><{key}>: Disconnected: Logged out in={n} out={n} deleted={n} expunged={n} trashed=0 hdr_count={n} hdr_bytes={n} body_count={n} body_bytes={n}",
    "lmtp({account})<{n}><{key}>: msgid=<{hex}@{host}>: saved mail to INBOX",
    "auth: passwd-file({user},{ip}): unknown user",
    "imap({account})<{n}><{key}>: Connection closed (IDLE running for {f} secs) in={n} out={n}",
  ],
  named: [
    "client @{addr} {ip}#{port} ({host}): query: {host} IN A +E(0)K ({ip})",
    "client @{addr} {ip}#{port} ({host}): query (cache) '{host}/A/IN' denied",
    "timed out resolving '{host}/A/IN': {ip}#53",
    "lame-servers: connection refused resolving '{host}/NS/IN': {ip}#53",
    "zone {host}/IN: loaded serial {n}",
    "zone {host}/IN: sending notifies (serial {n})",
    "received control channel command 'reload'",
    "validating {host}/A: no valid signature found",
  ],
  dhcpd: [
    "DHCPDISCOVER from {mac} via {iface}",
    "DHCPOFFER on {ip} to {mac} via {iface}",
    "DHCPREQUEST for {ip} from {mac} via {iface}",
    "DHCPACK on {ip} to {mac} via {iface}",
    "DHCPREQUEST for {ip} from {mac} via {iface}: unknown lease {ip}.",
    "Wrote {n} leases to leases file.",
  ],
  chronyd: [
    "Selected source {ip} ({host})",
    "Source {ip} replaced with {ip} ({host})",
    "System clock wrong by {f} seconds",
    "Can't synchronise: no selectable sources",
  ],
  sudo: [
    "{account} : TTY=pts/{n} ; PWD={path} ; USER=root ; COMMAND={path}",
    "pam_unix(sudo:session): session opened for user root(uid=0) by {account}(uid={n})",
    "pam_unix(sudo:session): session closed for user root",
    "{account} : 3 incorrect password attempts ; TTY=pts/{n} ; PWD={path} ; USER=root ; COMMAND={path}",
  ],
  NetworkManager: [
    "<info>  [{f}] device ({iface}): state change: activated -> deactivating (reason 'user-requested')",
    "<info>  [{f}] dhcp4 ({iface}): state changed new lease, address={ip}",
    "<warn>  [{f}] device ({iface}): Activation: failed for connection '{unit}'",
    "<info>  [{f}] manager: NetworkManager state is now CONNECTED_GLOBAL",
  ],
  dockerd: [
    'time="{iso}" level=info msg="ignoring event" container={sha} module=libcontainerd namespace=moby topic=/tasks/delete',
    'time="{iso}" level=warning msg="cleaning up after shim disconnected" id={sha} namespace=moby',
    'time="{iso}" level=error msg="Handler for POST /v1.43/containers/{sha}/start returned error: port is already allocated"',
  ],
  postgres: [
    "[{n}-1] LOG:  checkpoint starting: time",
    "[{n}-1] LOG:  checkpoint complete: wrote {n} buffers ({f}%); {n} WAL file(s) added, {n} removed, {n} recycled; write={f} s, sync={f} s, total={f} s",
    '[{n}-1] FATAL:  password authentication failed for user "{user}"',
    '[{n}-1] ERROR:  duplicate key value violates unique constraint "{unit}_pkey"',
    "[{n}-1] DETAIL:  Key (id)=({n}) already exists.",
    "[{n}-1] LOG:  duration: {f} ms  execute <unnamed>: SELECT id FROM {unit} WHERE id = $1",
    "[{n}-1] LOG:  could not receive data from client: Connection reset by peer",
  ],
  nginx: [
    '{ip} - - "GET {path} HTTP/1.1" {n} {n} "-" "Mozilla/5.0 (X11; Linux x86_64; rv:{n}.0) Gecko/20100101 Firefox/{n}.0"',
    '{ip} - {account} "POST {path} HTTP/1.1" {n} {n} "-" "curl/8.{n}.0"',
    '{n}#{n}: *{n} connect() failed (111: Connection refused) while connecting to upstream, client: {ip}, server: {host}, request: "GET {path} HTTP/1.1", upstream: "http://{ip}:{port}{path}"',
    '{n}#{n}: *{n} open() "{path}" failed (2: No such file or directory), client: {ip}, server: {host}',
    '{n}#{n}: *{n} limiting requests, excess: {f} by zone "login", client: {ip}, server: {host}',
    "{n}#{n}: signal process started",
  ],
  smartd: [
    "Device: /dev/{disk} [SAT], SMART Usage Attribute: 194 Temperature_Celsius changed from {n} to {n}",
    "Device: /dev/{disk} [SAT], {n} Currently unreadable (pending) sectors",
    "Device: /dev/{disk} [SAT], self-test completed without error",
  ],
  rsyslogd: [
    "imuxsock lost {n} messages from pid {n} due to rate-limiting",
    '[origin software="rsyslogd" swVersion="8.{n}.0" x-pid="{n}" x-info="https://www.rsyslog.com"] rsyslogd was HUPed',
  ],
  openvpn: [
    "{account}/{ip}:{port} VERIFY OK: depth=0, CN={account}",
    "{ip}:{port} TLS: Initial packet from [AF_INET]{ip}:{port}, sid={hex2} {hex2}",
    "{ip}:{port} TLS Error: TLS key negotiation failed to occur within 60 seconds (check your network connectivity)",
    "{account}/{ip}:{port} SIGTERM[soft,remote-exit] received, client-instance exiting",
    "MULTI: multi_create_instance called",
  ],
  certbot: [
    "Renewing an existing certificate for {host}",
    "Certificate for {host} is due for renewal in {n} days",
    "Failed to renew certificate {host} with error: Some challenges have failed.",
  ],
  backup: [
    "archive {unit}-{date} done: {n} files, {f} GB in {n} seconds",
    "target {path} has {n} MB left",
    "nothing to do for {unit}",
  ],
  app: [
    "request {uuid} GET {path} took {n} ms",
    "request {uuid} failed: upstream answered {n}",
    "cache hit ratio {f}% over the last {n} requests",
    "queue {unit} has {n} jobs waiting",
    "worker {n} started",
    "worker {n} exited after {n} jobs",
    "user {account} changed the setting {unit}",
    "session {hex} expired",
  ],
};

const accounts = ["root", "anna", "deploy", "backup", "postgres", "www-data", "jonas", "git"];
const units = ["nginx", "cron", "postgresql", "docker", "grafana", "redis", "rsyslog", "smartd", "mailman", "ntp"];
const places = ["/usr/bin", "/var/lib", "/srv/data", "/home/anna", "/opt/app/current", "/etc", "/var/log"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** How many templates there are. */
export const templateCount = Object.values(programs).flat().length;

/** Lines of syslog (RFC 3164) as a small office's servers write them: the same for the same seed. */
export function* syslog({ lines, seed = 1 }: { lines: number; seed?: number }): Generator<string> {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const oneOf = <T>(of: readonly T[]): T => of[below(of.length)] as T;
  const hex = (length: number): string => Array.from({ length }, () => "0123456789abcdef"[below(16)]).join("");
  const word = (length: number): string => Array.from({ length }, () => "abdegiklmnoprstuvz"[below(18)]).join("");
  const unit = (): string => oneOf(units);
  const host = (): string => `${word(6)}.${word(5)}.example`;
  const fill: Record<string, () => string> = {
    user: () => word(3 + below(6)),
    account: () => oneOf(accounts),
    ip: () => `${1 + below(220)}.${below(256)}.${below(256)}.${1 + below(254)}`,
    port: () => String(1024 + below(60_000)),
    n: () => String(below(10 ** (1 + below(5)))),
    f: () => `${below(100_000)}.${below(1000)}`,
    hex: () => hex(12),
    hex2: () => hex(2),
    sha: () => hex(64),
    addr: () => `0x${hex(12)}`,
    key: () => btoa(word(24)),
    kex: () => `diffie-hellman-group${1 + below(18)}-sha${1 + below(2)}`,
    path: () => `${oneOf(places)}/${word(5)}`,
    unit,
    Title: () => unit().toUpperCase(),
    iface: () => `eth${below(4)}`,
    disk: () => `sd${oneOf(["a", "b", "c"])}${1 + below(4)}`,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    mac: () => Array.from({ length: 6 }, () => hex(2)).join(":"),
    host,
    mail: () => `${word(6)}@${host()}`,
    queue: () => hex(10).toUpperCase(),
    iso: () => `2026-01-${10 + below(20)}T${10 + below(14)}:${10 + below(50)}:${10 + below(50)}.${below(10 ** 9)}Z`,
    date: () => `2026-01-${10 + below(20)}`,
  };
  const all = Object.entries(programs).flatMap(([program, texts]) =>
    texts.map((text) => ({ program, parts: text.split(/\{(\w+)\}/) })),
  );
  let at = Date.parse("2026-01-01T00:00:00Z");
  for (let line = 0; line < lines; line++) {
    // The square of what is even: few are frequent, many are rare.
    const { program, parts } = all[Math.floor(all.length * random() ** 2)] as (typeof all)[number];
    let message = "";
    for (const [i, part] of parts.entries()) message += i % 2 === 0 ? part : (fill[part] as () => string)();
    at += below(3) * SECOND;
    const time = new Date(at);
    const clock = time.toISOString().slice(11, 19);
    const pid = program === "kernel" ? "" : `[${300 + below(60_000)}]`;
    yield `${months[time.getUTCMonth()]} ${String(time.getUTCDate()).padStart(2)} ${clock} srv${1 + below(3)} ${program}${pid}: ${message}`;
  }
}
