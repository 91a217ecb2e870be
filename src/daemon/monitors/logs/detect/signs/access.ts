import type { Sign } from "../sign.ts";

// However a program says it: `Failed password`, `authentication failure`, `AUTH_FAILED`, `loginFailed`, `bad credentials`.
const auth = String.raw`(?:auth(?!or(?:s|it\w*|ed|ing)?\b)|log[io]n|(?<![a-z])log[-_ ][io]n\b|signin(?!g)|(?<![a-z])sign[-_ ][io]n\b|pass(?:w(?:or)?d|phrase|code|\b)|credential|2fa|otp\b|\bchallenge.?response|\bpam\b|mschap|\bEAP\b|anmeld|kennwort|passwort|connexion|mot de passe|inlog|wachtwoord|sesi[oó]n|contrase)`;
const fail = String.raw`(?:fail(?!\w* to (?!auth|log|sign|verif|valid|match))|invalid|wrong|incorrect|\bbad\b|denied|(?<!connection )refus|reject|unsuccessful|mismatch|unauthori[sz]ed|not (?:authori[sz]ed|allowed|permitted|valid)|illegal|violation|logondenied|fehlgeschlagen|ungültig|falsch|échou|échec|mislukt|ongeldig|fallid)`;

export const access: readonly Sign[] = [
  {
    sign: "failed-login",
    words: [
      "fail",
      "invalid",
      "wrong",
      "incorrect",
      "bad",
      "denied",
      "refus",
      "reject",
      "unsuccessful",
      "mismatch",
      "unauthori",
      "not authori",
      "not allowed",
      "not permitted",
      "not valid",
      "error",
      "illegal",
      "violation",
      "fehlgeschlagen",
      "ungültig",
      "falsch",
      "échou",
      "échec",
      "mislukt",
      "ongeldig",
      "fallid",
    ],
    pattern: new RegExp(`${auth}.{0,100}?(?:${fail}|(?:\\b|_)error\\b)|${fail}.{0,60}?${auth}`, "i"),
    unless:
      /\b(?:0|no|zero) (?:failed|failures|invalid)|fail2ban|certificate|x509|\bsucceeded\b|successfully (?:authenticated|logged)/i,
  },
  {
    sign: "failed-login",
    words: [
      "user",
      "account",
      "directory",
      "eventid",
      "event_id",
      "event id",
      "unable to",
      "could not",
      "cannot",
      "can't",
      "match",
      "pg_hba",
      "unauthori",
    ],
    pattern:
      /(?<![a-z\d])(?:invalid|illegal|unknown|no[ _]such|non-?existent|bad)[ _](?:user|account)\b|\b(?:user(?:name)?|account)\b.{0,60}?(?:(?:was |is )?not found|does(?: not|n't) exist|is unknown|not known)|(?:could not|can(?:no|')t|unable to|failed to) (?:find|retrieve|get|locate|look ?up) (?:the )?(?:user|account)\b|not found in .{0,20}directory|access denied for user|(?:closed|reset|disconnected).{0,20}authenticating user .{0,80}\[preauth\]|(?:unable to|could not|can(?:not|'t)) (?:auth|log[- ]?in|log[- ]?on|sign[- ]?in|verify (?:user|password|credential))|password.{0,20}(?:does|did)(?: not|n't) match|no pg_hba\.conf entry|unauthori[sz]ed (?:access|login|request|user|client|connection)|event_?id\W{1,8}4625\b/i,
  },
  {
    sign: "failed-login",
    words: ["success", "outcome", "result"],
    pattern:
      /(?:log[-_. ]?[io]n|auth\w*|sign[-_. ]?in|session).{0,400}?(?:success["']?\s?[:=]\s?["']?(?:false|no|0)\b|(?:outcome|result|consolelogin)["']?\s?[:=]\s?["']?fail)/i,
  },
  {
    sign: "user-enumeration",
    words: ["user", "account", "directory"],
    pattern:
      /(?<![a-z\d])(?:invalid|illegal|unknown|no[ _]such|non-?existent)[ _](?:user|account|login)\b|\b(?:user(?:name)?|account)\b.{0,60}?(?:(?:was |is )?not found|does(?: not|n't) exist|is unknown|not known)|(?:could not|can(?:no|')t|unable to) (?:find|retrieve|locate) (?:the )?(?:user|account)\b|not found in .{0,20}directory|invalidaccountid/i,
  },
  {
    sign: "login",
    words: ["accept", "success", "succeeded", "logged in", "session opened"],
    pattern:
      /\baccepted (?:password|publickey|keyboard|key|hostbased|gssapi|credentials)|\b(?:log[-_ ]?[io]n|auth\w*|sign[-_ ]?in).{0,40}?(?:succe(?:ss|eded))|succe(?:ss|eded)\w*.{0,20}(?:log[-_ ]?[io]n|auth\w*|sign[-_ ]?in|logged in)|\blogged in (?:as|from|successfully)/i,
    unless: /unsuccess|not succe|success["']?\s?[:=]\s?["']?(?:false|no|0)\b|fail/i,
  },
  {
    sign: "handshake-failures",
    words: ["handshake", "unwrap", "proposal", "IKE", "hmac", "before auth", "protocol", "banner", "plaintext"],
    pattern:
      /handshake.{0,40}(?:fail|invalid|error|did not complete|denied)|(?:fail|invalid|bad|error).{0,30}handshake|unwrapping failed|hmac authentication failed|no[ _](?:ike[ _])?(?:proposal|peer[ _]config|config).{0,30}(?:found|chosen|match)|timeout before auth|bad protocol version|banner (?:exchange|line)|disallowed plaintext/i,
  },
  {
    // What a monitor does as well that only looks whether somebody answers.
    sign: "hang-ups",
    words: ["preauth", "identification", "auth attempts"],
    pattern:
      /(?:closed|reset|disconnected).{0,80}\[preauth\]|identification (?:string )?from|kex_exchange_identification|no auth attempts/i,
  },
  {
    sign: "sudo-refused",
    words: ["sudoers", "incorrect password attempts", "command not allowed", "not authorized"],
    pattern:
      /not in (?:the )?sudoers|\b[3-9]\d? incorrect password attempts|command not allowed|(?:sudo|doas|pkexec|polkit).{0,80}not authori[sz]ed/i,
  },
  {
    sign: "su-failed",
    words: ["su:", "su[", "su("],
    pattern: /\bsu(?:\[\d+\]:|:|\().{0,60}(?:fail|authentication failure)|\bFAILED SU\b/i,
  },
  {
    sign: "pkexec-abuse",
    words: ["pkexec"],
    pattern: /pkexec.{0,200}(?:suspicious|not found (?:in )?(?:the )?\/etc\/shells|invalid (?:value|argument))/i,
  },
  {
    sign: "second-root",
    words: ["new user", "useradd", "usermod"],
    pattern: /\bnew user: name=(?!root,)[^,]{1,64}, UID=0\b|\b(?:useradd|usermod)\b.{0,80}\s(?:-u|--uid)[\s=]?0\s/,
  },
  {
    sign: "new-account",
    words: ["4720", "useradd", "adduser", "new user", "new group", "account was created", "net user", "groupadd"],
    pattern:
      /\bnew (?:user|group): name=|user account was created|event_?id\W{1,8}4720\b|(?:useradd|adduser|groupadd)\b.{0,80}(?:new user|new group|added|op=add)|COMMAND=\S*\/(?:useradd|adduser) |net user \S+ .{0,40}\/add/i,
  },
  {
    sign: "new-admin",
    words: ["group", "usermod", "gpasswd", "cluster-admin"],
    pattern:
      /\badd(?:ed)?\b.{0,60}\bto (?:\w+[- ])?group '?"?(?:sudo|wheel|admin\w*|root|docker|lxd|adm|domain admins)\b|COMMAND=\S*(?:usermod|gpasswd|adduser) .{0,40}\b(?:sudo|wheel|root|docker|lxd)\b|localgroup administrators .{0,40}\/add|member was added to a security-enabled .{0,200}admin|"verb"\s?:\s?"(?:create|update|patch)".{0,2000}rolebindings.{0,2000}"cluster-admin"/i,
  },
  {
    sign: "privilege-file",
    words: ["/etc/sudoers", "/etc/shadow", "ld.so.preload", "authorized_keys", "u+s", "chmod"],
    pattern:
      /(?:tee|>>?|\bcp|\bmv|\bvi|vim|nano|chmod|sed -i)\s.{0,80}(?:\/etc\/sudoers|\/etc\/shadow|\/etc\/ld\.so\.preload|authorized_keys)|\bchmod\b.{0,12}(?:u\+s|[ 0][24567][0-7]{3}\b)/i,
  },
];
