import type { Sign } from "../sign.ts";

export const machine: readonly Sign[] = [
  {
    sign: "kernel-fault",
    words: [
      "panic",
      "oops",
      "bug:",
      "protection fault",
      "lockup",
      "hung_task",
      "blocked for more",
      "unable to handle",
      "rcu",
      "stack-protector",
    ],
    pattern:
      /kernel panic|\bOops: ?[\da-f]|\bBUG: (?:unable|soft|kernel|bad|scheduling|workqueue)|general protection fault|(?:soft|hard) lockup|task \S{1,40} blocked for more than \d+ seconds|unable to handle (?:kernel|page)|rcu\S{0,20}.{0,30}detected (?:expedited )?stall|\bpanic!|system panic|stack-protector: kernel stack/i,
  },
  {
    sign: "out-of-memory",
    words: ["out of memory", "oom", "outofmemory", "cannot allocate memory", "killed process"],
    pattern:
      /out of memory: kill|\boom[-_]kill|invoked oom|oom_reaper: reaped|outofmemoryerror|killed process \d+|fatal.{0,40}out of memory|memory cgroup out of memory/i,
  },
  {
    sign: "disk-failing",
    words: [
      "i/o error",
      "medium error",
      "unrecovered",
      "bad sector",
      "offline uncorrectable",
      "smart",
      "pending sector",
      "degraded",
      "raid",
      "ext4-fs error",
      "xfs",
      "btrfs",
      "zfs",
      "corrupt",
      "failed command",
      "checksum error",
      "disk failure",
      "faulted",
      "class=",
      "fail event",
      "nvme",
    ],
    pattern:
      /\bI\/O error|medium error|unrecovered read error|\bbad sector|(?:currently unreadable \(pending\)|offline uncorrectable) sectors|\bSMART\b.{0,60}(?:fail|prefail|exceeded)|ext[234]-fs error|\bxfs\b.{0,60}(?:corrupt|error|shut ?down)|\bbtrfs\b.{0,40}(?:corrupt|error)|\bmd\d+.{0,60}(?:disk failure|degraded)|degraded (?:array|event)|raid.{0,60}(?:degraded|disk failure|faulty)|\b(?:zfs|zpool|pool)\b.{0,60}(?:degraded|faulted|checksum error)|\bata\d.{0,20}failed command|\bclass=(?:checksum|io|io_failure)\b.{0,20}\bpool=|\bfail event\b.{0,30}\bmd\b|\bnvme\d.{0,40}(?:controller is down|timeout, (?:abort|reset))|filesystem.{0,30}corrupt/i,
    unless: /corrected|no (?:i\/o )?errors?\b/i,
  },
  {
    sign: "read-only",
    words: ["read-only"],
    pattern: /remount(?:ing|ed)?.{0,40}read-only|read-only file ?system|(?:set|forced|switched) (?:to )?read-only/i,
  },
  {
    sign: "data-corrupt",
    words: ["corrupt", "invalid page in block", "malformed", "marked as crashed", "page verification", "innodb"],
    pattern:
      /\binvalid page in block|database disk image is malformed|\bmarked as crashed\b|page verification failed|\b(?:database|table|index|tablespace|page|wal|rdb|aof)\b.{0,30}\bcorrupt(?:ed|ion)?\b|\binnodb\b.{0,20}assertion failure/i,
    unless: /\b(?:no|not|0|without|if|any)\b.{0,20}corrupt/i,
  },
  {
    sign: "backup-failed",
    words: ["backup"],
    pattern: /\bbackup\b.{0,60}\bfail(?:ed|ure|s)\b|\bfail(?:ed|ure)?\b.{0,30}\bbackup\b/i,
    unless: /\b(?:no|0) (?:\w+ )?fail|\bfailed?[:=] ?0\b/i,
  },
  {
    sign: "no-one-left",
    words: ["no server available", "quorum", "no live upstreams"],
    pattern: /\bno server available\b|\b(?:lost|no|without) quorum\b|\bquorum (?:is )?lost\b|\bno live upstreams\b/i,
  },
  {
    sign: "limits",
    words: ["table full", "too many open files", "syn flooding", "too many connections", "too many clients"],
    pattern:
      /\btable full, dropping|\btoo many (?:open files|connections|clients already)\b|\bpossible SYN flooding\b/i,
  },
  {
    sign: "disk-full",
    words: ["no space left", "disk full", "disk is full", "quota exceeded", "filesystem full", "enospc"],
    pattern: /no space left on device|disk (?:is )?full|filesystem (?:is )?full|disk quota exceeded|\bENOSPC\b/i,
  },
  {
    sign: "memory-error",
    words: [
      "ecc",
      "machine check",
      "edac",
      "hardware error",
      "uncorrect",
      "parity error",
      "dimm",
      "mce:",
      "memory device",
    ],
    pattern:
      /uncorrect(?:ed|able)\b.{0,60}(?:error|ecc|memory|dimm)|machine check (?:exception|interrupt|event)|\bedac\b.{0,60}\bUE\b|\bhardware error\b|parity error|memory error|multi-bit ecc|\bmemory device\b.{0,30}\b(?:critical|failed|non-recoverable)\b/i,
    unless: /\bcorrected|\b(?:sectors?|smart)\b|: 0\b/i,
  },
  {
    sign: "crash-loop",
    words: [
      "failed with result",
      "main process exited",
      "segfault",
      "dumped core",
      "core dumped",
      "core-dump",
      "crashloop",
      "back-off restarting",
      "restart counter",
      "exited on signal",
      "terminated by signal",
      "abnormally",
      "uncaught exception",
      "exited unexpectedly",
      "exit status",
    ],
    pattern:
      /failed with result|main process exited, code=(?:dumped|killed|exited), status=(?!0\/)|\bsegfault at\b|(?:dumped core|core[- ]dumped)|crashloopbackoff|back-off restarting|scheduled restart job, restart counter is at \d|exited on signal|terminated by signal|terminated abnormally|uncaught exception|exited: .{1,40} \(exit status [1-9]|exited unexpectedly/i,
  },
  {
    sign: "certificate",
    words: ["certificate", "x509", "cert ", "ssl", "tls"],
    pattern:
      /certificate.{0,60}(?:has expired|expired|verif\w+ fail|not yet valid|revoked|mismatch|unknown authority|not trusted|invalid)|x509:.{0,80}(?:expired|unknown|not valid|mismatch|cannot validate)|certificate_(?:verify_failed|expired|unknown)|(?:unable to get local issuer|self[- ]signed) certificate|expired certificate/i,
  },
  {
    sign: "not-renewed",
    words: ["renew", "obtain", "acme"],
    pattern:
      /(?:fail\w*|unable|could ?n[o']t|cannot|error)\b.{0,20}\b(?:renew|obtain)\w*.{0,40}\bcert|\bcert\w*\b.{0,40}\b(?:renew|obtain)\w*.{0,60}(?:fail|error)|\bacme:error:/i,
  },
  {
    sign: "tls-errors",
    words: ["ssl", "tls"],
    pattern: /\b(?:ssl|tls)\w*\b.{0,40}(?:error|fail|alert|no shared cipher|wrong version|unsupported protocol)/i,
  },
  {
    sign: "dns-failures",
    words: [
      "resolution",
      "resolve",
      "servfail",
      "enotfound",
      "eai_again",
      "no such host",
      "name or service",
      "unknown host",
      "dns",
    ],
    pattern:
      /(?:temporary failure in|failure in|failed) name resolution|could(?:n't| not) (?:be )?resolve|(?:failed|unable|cannot|can't) to? ?resolve|name resolution (?:failed|error)|\bSERVFAIL\b|\bENOTFOUND\b|\bEAI_AGAIN\b|\bno such host\b|name or service not known|unknown host|\bdns\b.{0,40}(?:timed? ?out|failed|failure|unreachable)/i,
  },
  {
    sign: "clock",
    words: ["clock", "ntp", "chrony", "time sync", "synchron"],
    pattern:
      /clock.{0,30}(?:unsynchroni[sz]ed|not synchroni[sz]ed|wrong by|skew|drift|jump|stepped)|(?:no|lost|can't|cannot|unable to).{0,30}synchroni[sz]|no (?:server suitable|selectable sources)|timed out waiting for reply.{0,60}ntp|time has been changed/i,
  },
  {
    sign: "link-flaps",
    words: ["link", "carrier", "updown"],
    pattern:
      /\blink (?:is )?(?:not ready|becomes ready|down|up)\b|(?:lost|gained|no|acquired) carrier|carrier (?:lost|gained|acquired)|\bUPDOWN\b.{0,80}(?:down|up)|link (?:status|state).{0,30}\b(?:down|up)\b/i,
  },
  {
    sign: "hardware",
    words: [
      "temperature",
      "thermal",
      "power supply",
      "psu",
      "fan ",
      "voltage",
      "battery",
      "node card",
      "link card",
      "overheat",
      "power failure",
      "ups",
    ],
    pattern:
      /(?:temperature|thermal).{0,40}(?:critical|exceed|emergency|shut)|(?:power supply|psu|fan|voltage|battery|(?:node|link|service) card)\b.{0,40}(?:fail|fault|critical|lost|absent|not fully functional|below|replace)|overheat|\bpower failure\b|\bups\w*\b.{0,60}(?:on battery|on batteries|battery is low|low battery|replace battery)/i,
  },
];
