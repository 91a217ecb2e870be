import type { Sign } from "../sign.ts";

// What is run once somebody is in, as auditd, sudo, cron or a shell's history tell it.
export const execution: readonly Sign[] = [
  {
    sign: "download-and-run",
    words: ["curl", "wget", "fetch "],
    pattern:
      /\b(?:curl|wget|fetch)\b.{0,300}?\|\s?(?:sudo\s)?(?:\S{0,20}\/)?(?:ba|z|da|k)?sh\b|\b(?:curl|wget)\b.{0,200}?(?:-o|-O|>)\s?\/(?:tmp|dev\/shm|var\/tmp)\//i,
  },
  {
    sign: "decode-and-run",
    words: ["base64", "openssl enc", "frombase64", "encodedcommand", "-enc "],
    pattern:
      /\bbase64\b["']?(?:\s|\sa\d=)["']?(?:-d|-D|-di|--decode)\b|\bbase64 .{0,20}(?:-d|--decode)\b|a\d="base64".{0,60}a\d="(?:-d\w?|-D|--decode)"|powershell.{0,80}-e(?:nc|ncodedcommand)?\s|frombase64string/i,
  },
  {
    sign: "run-from-temp",
    words: ["/tmp/", "/dev/shm/"],
    pattern:
      /\bexe="?\/(?:tmp|var\/tmp|dev\/shm)\/|COMMAND=\/(?:tmp|var\/tmp|dev\/shm)\/|\b(?:ba|z|da)?sh\s(?:-c\s)?["']?\/(?:tmp|var\/tmp|dev\/shm)\/|CMD \(.{0,40}\/(?:tmp|dev\/shm)\/\./i,
  },
  {
    sign: "reverse-shell",
    words: ["/dev/tcp", "/dev/udp", "bash -i", "nc ", "ncat", "netcat", "socat", "socket", "mkfifo"],
    pattern:
      /\/dev\/(?:tcp|udp)\/\d|\bbash -i\b.{0,40}>&|\b(?:nc|ncat|netcat)\b.{0,60}\s-(?:e|c)\s?\S{0,12}sh\b|\bsocat\b.{0,80}exec:|\b(?:python\d?|perl|ruby|php)\b.{0,30}-[cer]\b.{0,80}socket|mkfifo.{0,80}\bnc\b/i,
  },
  {
    sign: "service-shell",
    words: ["www-data", "apache", "nginx", "tomcat", "nobody", "uid=33", "uid=48"],
    pattern:
      /type=(?:SYSCALL|EXECVE)\b.{0,400}\bcomm="(?:ba|da|z|k)?sh".{0,400}\b[AE]?UID="(?:www-data|apache|nginx|httpd|tomcat|nobody|mysql|postgres)"|type=SYSCALL\b.{0,300}\b(?:e?uid=33|e?uid=48)\s.{0,300}\bexe="\S{0,30}\/(?:ba|da|z)?sh"/i,
  },
  {
    sign: "cover-up",
    words: [
      "1102",
      "log was cleared",
      "history -c",
      "unset histfile",
      "/var/log",
      "setenforce 0",
      "iptables -f",
      "auditctl",
      "chattr",
      "nft flush",
    ],
    pattern:
      /\bEventID\W{1,8}1102\b|[Aa]udit log was cleared|history -c\b|unset HISTFILE|\brm\s.{0,30}\/var\/log|(?:^|\s)>\s?\/var\/log\/|setenforce 0|iptables -F\b|nft flush ruleset|auditctl -(?:D|e 0)|\bchattr \+i\b/,
  },
  {
    sign: "miner",
    words: ["stratum+", "xmrig", "minerd", "cryptonight", "kdevtmpfsi", "kinsing"],
    pattern: /stratum\+(?:tcp|ssl)|\bxmrig\b|\bminerd\b|cryptonight|kdevtmpfsi|\bkinsing\b/i,
  },
  {
    sign: "setuid-crash",
    words: ["ANOM_ABEND"],
    pattern:
      /type=ANOM_ABEND\b.{0,300}\bexe="\/(?:usr\/)?s?bin\/(?:su|sudo|pkexec|passwd|mount|umount|newgrp|chsh|chfn|gpasswd|at|crontab|ping)"/,
  },
  {
    sign: "removals",
    words: ['comm="rm"', 'comm="shred"', 'comm="unlink"'],
    pattern: /type=SYSCALL\b.{0,500}comm="(?:rm|shred|unlink)"/,
  },
];
