/** The common names of what formats call by many, compared without case, `_`, `-`, `.` and `@`. */
const spellings: Record<string, string> = {
  at: "time timestamp ts t date datetime eventtime asctime realtimetimestamp sourcerealtimetimestamp starttime timestampns tdate written",
  level: "level lvl severity loglevel levelname priority s",
  message: "message msg log shortmessage text event eventname body eventmessage",
  host: "host hostname computer node",
  program:
    "logger name component module service app program syslogidentifier comm c source category loggername channel application",
  pid: "pid processid",
  src: "src srcip sourceip sourceipaddress clientip clienthost clientaddr clientaddress client remoteaddr remoteaddress remoteip remotehost remote ip ipaddr ipaddress xrealip peer rhost addr saddr",
  dst: "dst dstip destinationip destip daddr localaddr",
  srcPort: "srcport spt sourceport sport remoteport clientport",
  dstPort: "dstport dpt destinationport dport",
  proto: "proto protocol transport",
  action: "action outcome",
  user: "user username login account acct principalname accountname authuser usr",
  method: "method httpmethod requestmethod verb",
  path: "path uri url requesturi requestpath httppath requesturl",
  status: "status statuscode httpstatus downstreamstatus responsecode responsestatus",
  agent: "useragent agent httpuseragent requestuseragent",
};

const roles = new Map(
  Object.entries(spellings).flatMap(([role, names]) => names.split(" ").map((name) => [name, role] as const)),
);
const seen = new Map<string, string | undefined>();

/** What a key is commonly called: a field's name, or `at`, `level`, `message`, `host`, `program`, `pid`. */
export function roleOf(key: string): string | undefined {
  if (key.length > 40) return undefined;
  if (seen.has(key)) return seen.get(key);
  const role = roles.get(key.toLowerCase().replace(/[_\-.@$]/g, ""));
  // Keys come from outside: what is remembered has a bound.
  if (seen.size < 2_000) seen.set(key, role);
  return role;
}

// An IPv4 address with a port, an IPv6 one in brackets with or without, and one mapped from IPv4.
const withPort = /^(?:\[([^\]]{2,60})\]|(\d{1,3}(?:\.\d{1,3}){3})|(<[^>]{2,40}>))(?::(\d{1,5}))?$/;

/** Sets an address as `src` or `dst`, without brackets, and its port beside it, if it has one. */
export function setAddress(fields: Record<string, string>, name: "src" | "dst", value: string): void {
  const found = withPort.exec(value);
  const address = found?.[1] ?? found?.[2] ?? found?.[3] ?? value;
  fields[name] = address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
  const port = found?.[4];
  if (port !== undefined) fields[`${name}Port`] ??= port;
}

/** Sets a field by its common name; what is longer than anything that is looked at, is cut. */
export function setField(fields: Record<string, string>, role: string, value: string): void {
  if (value === "" || value === "-" || fields[role] !== undefined) return;
  if (role === "src" || role === "dst") setAddress(fields, role, value);
  else fields[role] = value.length > 1_024 ? value.slice(0, 1_024) : value;
}
