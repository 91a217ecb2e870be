import type { Rule, Span } from "../rule.ts";
import { shape } from "../rule.ts";
import { readValue, saysNothing, isProse } from "./values.ts";

/** An option whose value is a password to some programs, and something else to others. */
interface Option {
  flag: string;
  programs: RegExp;
  /** The value is `user:password`. */
  pair?: string;
  /** The value follows at once (`-psecret`), after a blank, or either. */
  apart: "never" | "always" | "maybe";
}

const of = (names: string): RegExp => new RegExp(`(?<![\\w.-])(?:${names})(?:\\.exe)?["']?(?=[\\s,])[^|;&]*$`, "i");

const options: readonly Option[] = [
  {
    flag: "-p",
    apart: "never",
    programs: of("mysql\\w*|mariadb[\\w-]*|7z[ar]?|rar|unrar|xtrabackup|innobackupex|mydumper"),
  },
  {
    flag: "-p",
    apart: "maybe",
    programs: of(
      "sshpass|mongo\\w*|htpasswd|useradd|usermod|docker login|podman login|buildah login|nerdctl login|helm registry login|helm login|oc login|az login|cf login|ibmcloud login|arangosh|influx|isql|clickhouse-client|smbmap|crackmapexec|cme|nxc|netexec|evil-winrm|hydra|ncrack|medusa|rdesktop|vncviewer|wmic|psexec\\w*|schtasks|nsql|db2|ktpass|msfvenom|impacket-\\w+|kerbrute|rabbitmqadmin",
    ),
  },
  { flag: "-x", apart: "always", pair: ":(?=[^@]*@)", programs: of("curl") },
  { flag: "-N", apart: "maybe", programs: of("ssh-keygen") },
  { flag: "-P", apart: "maybe", programs: of("ssh-keygen") },
  { flag: "-u", apart: "always", pair: "[,:]", programs: of("lftp") },
  { flag: "-p", apart: "maybe", programs: of("ncftp\\w*|ftp") },
  { flag: "/rp", apart: "always", programs: of("schtasks") },
  { flag: "-w", apart: "maybe", programs: of("ldap\\w+|net ads|icinga\\w*|check_\\w+|pg_\\w+|iscsiadm") },
  { flag: "-a", apart: "maybe", programs: of("redis-cli|redis-benchmark|keydb-cli|valkey-cli") },
  {
    flag: "-P",
    apart: "maybe",
    programs: of(
      "sqlcmd|bcp|osql|ipmitool|mosquitto_\\w+|unzip|zip|zipcloak|tsql|isql|fping6|smbget|radtest|amqp-\\w+|hydra",
    ),
  },
  { flag: "-c", apart: "maybe", programs: of("snmp\\w+|check_snmp|onesixtyone") },
  { flag: "-C", apart: "maybe", programs: of("check_snmp\\w*") },
  { flag: "-A", apart: "maybe", programs: of("snmp\\w+") },
  { flag: "-X", apart: "maybe", programs: of("snmp\\w+") },
  { flag: "-pw", apart: "always", programs: of("plink|pscp|psftp|putty|pageant|kitty") },
  { flag: "-k", apart: "always", programs: of("openssl enc|openssl aes\\S*|openssl des\\S*") },
  { flag: "/p:", apart: "never", programs: of("xfreerdp\\d?|wfreerdp|rdesktop|mstsc") },
  {
    flag: "-u",
    apart: "maybe",
    pair: ":",
    programs: of("curl|wget|xh|urlwatch|nuget|composer|http|https|smbmap|rclone"),
  },
  { flag: "--user", apart: "maybe", pair: ":", programs: of("curl|wget|podman|docker") },
  { flag: "--proxy-user", apart: "maybe", pair: ":", programs: of("curl") },
  {
    flag: "-U",
    apart: "maybe",
    pair: "[%:]",
    programs: of("smbclient|rpcclient|net|smbcacls|smbtree|nmblookup|curl|wmic|winexe"),
  },
  { flag: "-a", apart: "maybe", pair: ":", programs: of("http|https|xh") },
  { flag: "-A", apart: "maybe", pair: ":", programs: of("ab") },
  { flag: "--creds", apart: "maybe", pair: ":", programs: of("skopeo|podman|buildah|crictl") },
];

const readOption = ({ flag, programs, pair, apart }: Option): Rule => ({
  // In a list of arguments each has quotes of its own.
  words: [" ", "'", '"'].map((before) => before + flag.toLowerCase()),
  read(text, at) {
    if (!text.startsWith(flag, at + 1) || !programs.test(text.slice(Math.max(0, at - 400), at + 1))) return [];
    let from = at + 1 + flag.length;
    const gap =
      /^(?:\\{0,3}["'])?[ =,]{1,4}(?:a\d{1,2}=)?(?=[^\s-])/.exec(text.slice(from, from + 13))?.[0].length ?? 0;
    if (apart === "always" ? gap === 0 : apart === "never" && gap > 0) return [];
    if (gap === 0 && /^\s|^-|^$/.test(text.slice(from, from + 1))) return [];
    from += gap;
    const { from: begin, to } = readValue(text, from);
    const before = pair === undefined ? 0 : text.slice(begin, to).search(new RegExp(pair)) + 1;
    if (pair !== undefined && before === 0) return [];
    return spanOf(text, begin + before, to);
  },
});

const spanOf = (text: string, from: number, to: number): Span[] =>
  to > from && !saysNothing(text.slice(from, to)) && !isProse(text.slice(from, to))
    ? [{ from, to, kind: "command-line" }]
    : [];

const bare = "[\"']?([^\\s\"'|;]{1,256})";
/** Commands that take a password by its place. */
const places: readonly Rule[] = [
  ["htpasswd", `htpasswd\\s(?:-\\w+\\s)?-\\w*b\\w*\\s(?:\\S{1,128}\\s)?\\S{1,64}\\s${bare}`],
  ["wpa_passphrase", `wpa_passphrase\\s(?:"[^"]{1,64}"|\\S{1,64})\\s${bare}`],
  ["rabbitmqctl", `rabbitmqctl\\s(?:-\\w+ \\S+ )?(?:add_user|change_password|authenticate_user)\\s\\S{1,64}\\s${bare}`],
  ["net use", `net use\\s[^|]{0,200}/user:\\S{1,64}\\s${bare}`],
  ["net user", `net user\\s\\S{1,64}\\s(?!/)${bare}`],
  ["vault login", `vault login\\s(?!-)${bare}`],
  ["mc alias", `mc alias set\\s\\S{1,64}\\s\\S{1,200}\\s${bare}\\s${bare}`],
  ["mc config", `mc config host add\\s\\S{1,64}\\s\\S{1,200}\\s${bare}\\s${bare}`],
  [
    "aws configure",
    `aws configure set\\s(?:\\S{1,64}\\.)?aws_(?:secret_access_key|session_token|access_key_id)\\s${bare}`,
  ],
  ["radtest", `radtest\\s(?:-\\w \\S+ )?\\S{1,64}\\s${bare}\\s\\S{1,128}\\s\\d{1,6}\\s${bare}`],
  [
    "echo ",
    `echo\\s(?:-n\\s)?${bare}["']?\\s{0,3}\\|\\s{0,3}(?:\\w+\\s)?(?:sudo\\s(?:-\\w+\\s){0,5}-\\w*S|passwd\\s--stdin|docker login|kinit|vault|gh auth|su\\b|podman login)`,
  ],
  ["echo ", `echo\\s(?:-n\\s)?["']?[\\w.-]{1,64}:([^\\s"'|]{1,256})["']?\\s{0,3}\\|\\s{0,3}(?:sudo\\s)?chpasswd`],
  [
    "printf ",
    `printf\\s["']?[\\w.-]{1,64}:([^\\s"'|\\\\]{1,256})(?:\\\\n)?["']?\\s{0,3}\\|\\s{0,3}(?:sudo\\s)?chpasswd`,
  ],
  ["sqlplus", `sqlplus\\s(?:-\\w+\\s){0,5}["']?[\\w$]{1,64}/["']?([^\\s"'@]{1,128})`],
  ["jdbc:oracle", `jdbc:oracle:\\w+:[\\w$]{1,64}/([^\\s@]{1,128})@`],
  ["chpasswd", `chpasswd\\s{0,3}<<<\\s{0,3}["']?[\\w.-]{1,64}:${bare}`],
  ["send ", `(?<=assw[^|]{1,60})send\\s(?:--\\s)?\\\\?["']([^"'\\\\]{1,128})`],
  ["smbpasswd", `smbpasswd\\s(?:-\\w+\\s){0,5}-w\\s${bare}`],
].map(([begin = "", pattern = ""]) =>
  shape("command-line", [begin], new RegExp(`(?<![\\w-])${pattern}`, "diy"), (secret) => !saysNothing(secret)),
);

export const commands: readonly Rule[] = [...options.map(readOption), ...places];
