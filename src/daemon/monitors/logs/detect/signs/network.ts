import type { Sign } from "../sign.ts";

export const network: readonly Sign[] = [
  {
    sign: "relay",
    words: ["relay"],
    pattern:
      /relay(?:ing)?\b.{0,20}(?:denied|not permitted|not allowed|prohibited|rejected)|\bnot (?:permitted|allowed) to relay|5\d\d.{0,20}unable to relay/i,
  },
  {
    sign: "refused-mail",
    words: [
      "reject",
      "noqueue",
      "sender verify",
      "blocked",
      "spam",
      "blacklist",
      "blocklist",
      "milter",
      "greylist",
      "rcpt",
    ],
    pattern:
      /\breject(?:ed)?\b.{0,60}(?:rcpt|mail from|connection|helo|ehlo|sender|recipient|message|data|vrfy)\b|noqueue: reject|sender verify fail|(?:blocked|rejected|discarded|listed).{0,80}(?:spam|junk|rbl\b|dnsbl|blacklist|blocklist|infected|banned|bad-header)|\brcpt\b.{0,60}(?:reject|refus|denied)|(?:blocked|rejected)(?: using| by|:).{0,40}(?:\bbl\.|zen\.|dnsbl|spam)/i,
    // It may try again, and will: greylisting and the like.
    unless: /greylist|\b45[01] 4\.\d\.\d\b/i,
  },
  {
    sign: "recipients",
    words: ["recipient", "mailbox", "no such user", "user unknown", "5.1.1", "unknown user"],
    pattern:
      /recipient.{0,60}(?:unknown|reject|not found|does not exist|invalid|unavailable)|mailbox.{0,40}(?:unavailable|not found|unknown|does not exist)|no such user here|(?:\b5\d\d\b|<\S{1,80}>).{0,60}user unknown|user unknown in|unknown user in|\b5\.1\.1\b/i,
    unless: /greylist|\b45[01] 4\.\d\.\d\b/i,
  },
  {
    sign: "zone-transfer",
    words: ["transfer", "axfr"],
    pattern:
      /(?:zone transfer|axfr|ixfr).{0,80}(?:denied|refused|reject)|(?:denied|refused).{0,40}(?:zone transfer|axfr)/i,
  },
  {
    sign: "dns-refused",
    words: ["query", "refused", "rate limit"],
    pattern:
      /\bquery\b.{0,80}(?:denied|refused|not allowed|dropped)|(?:refused|denied|dropped) query|rate[- ]limit.{0,40}(?:drop|slip|response)|(?:drop|slip) response to/i,
  },
  {
    sign: "said-attack",
    words: [
      "attack",
      "intrusion",
      "exploit",
      "brute",
      "malware",
      "virus",
      "trojan",
      "webshell",
      "injection",
      "port scan",
      "portscan",
      "possible break-in",
      "spoof",
      "malicious",
      "backdoor",
      "infected",
      "classification",
      "honeypot",
      "event_type",
      "too many",
      "excessive",
      "repeated",
      "locked out",
      "rate-limited",
      "rate limited",
      "throttled",
      "banned",
      "blocked",
      "fail2ban",
      "sshguard",
      "crowdsec",
      "denyhosts",
    ],
    pattern:
      /(?:attack|intrusion|exploit|brute[- ]?force|malware|virus|trojan|webshell|injection|port ?scan|malicious|backdoor|spoof\w*|traversal)\b.{0,60}(?:detected|attempt|blocked|denied|found|matched|prevented|dropped|alert)|(?:detected|blocked|found|prevented|possible|suspected|infected)\b.{0,40}(?:attack|intrusion|exploit|brute[- ]?force|malware|virus|trojan|webshell|injection|port ?scan|malicious|backdoor|break-in|with)|(?:too many|excessive|repeated).{0,30}(?:fail|login|log-in|auth|attempts|invalid)|\b(?:has )?locked out\b|(?:auth\w*|log[- ]?in)\b.{0,80}(?:rate[- ]?limited|throttled|blocked|banned)|\b(?:fail2ban|sshguard|crowdsec|denyhosts)\b.{0,80}\b(?:ban|block)\w*|\[classification: .{0,60}\[priority: [12]\]|"event_type"\s?:\s?"alert"/i,
    unless:
      /\b0 (?:infected|threats|viruses|malicious|attacks)|infected files: 0|no (?:virus|malware|threat|attack|intrusion)|(?:virus|malware|attack|exploit) (?:database|definitions?|signatures?)|protection (?:enabled|started|loaded)|too many open files|\brestore ban\b|reverse mapping|does not map back/i,
  },
  {
    sign: "refused-connections",
    words: ["acl", "access list", "policy", "refused connect", "not allowed", "libwrap", "hosts.deny", "blacklisted"],
    pattern:
      /(?:reject|refus|den(?:y|ied)|drop|block)\w*.{0,40}\b(?:acl|access[- ]list|libwrap|hosts\.deny)|\b(?:acl|access[- ]list)\b.{0,60}(?:reject|refus|den(?:y|ied)|drop|block)|refused connect from|\b(?:ip|host|client|address|peer)\b.{0,60}(?:not allowed|blacklisted)/i,
  },
  {
    sign: "malicious-mail",
    words: ["infected", "virus", "phish", "malware", "banned"],
    pattern: /(?:block|quarantin|discard|reject)\w*\b.{0,20}(?:infected|virus|banned|phish\w*|malware)\b/i,
  },
  {
    sign: "honeypot",
    words: [
      "honeypot",
      "cowrie",
      "endlessh",
      "kippo",
      "dionaea",
      "honeyd",
      "opencanary",
      "tarpit",
      "heralding",
      "conpot",
    ],
    pattern: /\b(?:honeypot|cowrie|endlessh|kippo|dionaea|honeyd|opencanary|tarpit|heralding|conpot)\b/i,
  },
  {
    sign: "wrong-protocol",
    words: ["non-", "protocol", "plain http", "malformed"],
    pattern:
      /\bnon-\w{2,8} command\b|sent (?:plain http|an? invalid|unexpected)|(?:unknown|bad|unsupported) protocol\b|malformed (?:packet|header|message)/i,
  },
  {
    sign: "rate-limited",
    words: ["limiting", "rate limit", "too many requests", "rate-limit"],
    pattern:
      /\blimiting (?:requests|connections)|rate[- ]limit\w*.{0,30}(?:exceed|reached|hit)|exceed\w*.{0,30}rate[- ]limit|too many requests/i,
  },
  {
    sign: "early-talker",
    words: ["pregreet", "dnsbl rank", "command count limit", "command length limit", "bare newline"],
    pattern: /\bPREGREET\b|\bDNSBL rank\b|COMMAND (?:COUNT|LENGTH) LIMIT|BARE NEWLINE/,
  },
  {
    sign: "privileged-container",
    words: ["privileged"],
    pattern: /"privileged"\s?:\s?true|--privileged\b/i,
  },
  {
    sign: "pod-shell",
    words: ["subresource"],
    pattern: /"subresource"\s?:\s?"(?:exec|attach)"/,
  },
  {
    sign: "waf",
    words: ["modsecurity", "naxsi", "coraza", "waf", "anomaly score", "owasp_crs", "sql injection", "xss"],
    pattern:
      /modsecurity\b.{0,40}(?:access denied|warning)|naxsi_(?:fmt|exlog)|coraza.{0,60}(?:access denied|warning|matched)|anomaly score exceeded|owasp_crs.{0,40}attack|\bwaf\b.{0,80}(?:block|den(?:y|ied)|detect|match|alert)/i,
  },
  {
    sign: "scanner-probe",
    words: ["nmap", "masscan", "sslscan", "unable to negotiate", "nessus", "openvas", "zgrab", "bad protocol"],
    pattern: /unable to negotiate.{0,120}no matching|\b(?:nmap|masscan|nessus|openvas|zgrab|sslscan)\b/i,
    unless: /(?:install|upgrad|remov|setting up|unpack|COMMAND=)/i,
  },
];
