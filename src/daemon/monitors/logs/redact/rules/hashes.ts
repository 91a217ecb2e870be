import { type Rule, shape } from "../rule.ts";

/** Hashes of passwords (whoever has one can guess at leisure), and keys that are on one line. */
export const hashes: readonly Rule[] = [
  shape("password-hash", ["$2a$", "$2b$", "$2x$", "$2y$"], /\$2[abxy]\$\d\d\$[\w./]{20,60}/diy),
  shape(
    "password-hash",
    ["$1$", "$5$", "$6$", "$7$", "$y$", "$gy$", "$8$", "$9$", "$md5", "$sha1$"],
    /\$(?:[156789]|g?y|md5|sha1)[$,][\w./$=,+-]{8,300}/diy,
  ),
  shape(
    "password-hash",
    ["$apr1$", "$argon2", "$scrypt$", "$pbkdf2", "$p$b", "$p$c", "$p$9", "$h$9", "$s$d", "$b$", "$shiro1$"],
    /\$(?:apr1|argon2(?:id?|d)|scrypt|pbkdf2[\w-]{0,20}|p|h|s|b|shiro1)\$[\w./+$=,-]{8,400}/diy,
  ),
  shape(
    "password-hash",
    ["pbkdf2_sha", "pbkdf2:sha", "scrypt:", "bcrypt_sha256$", "bcrypt$", "argon2$", "sha1$", "sha256$", "md5$"],
    /(?<!\w)(?:pbkdf2[_:]sha\d{1,3}[$:]\d{1,9}|scrypt(?::\d{1,9}){3}|bcrypt(?:_sha256)?|argon2|sha1|sha256|md5)\$[\w./+$=,-]{16,400}/diy,
  ),
  shape(
    "password-hash",
    [
      "{ssha",
      "{sha",
      "{smd5}",
      "{md5}",
      "{crypt}",
      "{pbkdf2",
      "{bcrypt}",
      "{argon2}",
      "{cleartext}",
      "{clear}",
      "{plain}",
    ],
    /\{(?:SSHA|SHA|SMD5|MD5|CRYPT|PBKDF2|BCRYPT|ARGON2|CLEAR|PLAIN)[\w-]{0,12}\}[\w./+$=*!@#%&-]{4,400}/diy,
  ),
  shape("password-hash", ["scram-sha-"], /SCRAM-SHA-\d{1,3}\$\d{1,9}:[\w+/=]{8,100}\$[\w+/=:]{20,200}/diy),
  shape("ntlm-hash", ["aad3b435b51404ee"], /aad3b435b51404ee[0-9a-f]{16}:[0-9a-f]{32}/diy),
  shape("ntlm-hash", [":::"], /(?<=:([0-9a-f]{32}:[0-9a-f]{32})):::/diy),
  shape("kerberos", ["$krb5"], /\$krb5\w{1,12}\$[\w$*@./:-]{16,8000}/diy),
  shape(
    "ntlm-hash",
    [":0101000000000000"],
    /(?<=::[^:\s]{0,64}:([0-9a-f]{16}:[0-9a-f]{32}))(:0101[0-9a-f]{20,8000})/diy,
  ),
  shape(
    "private-key",
    ["private key-----", "private key block-----"],
    /(?<=BEGIN (?:[A-Z0-9]{1,20} ){0,4})PRIVATE KEY(?: BLOCK)?-----(.{4,8192}?)(?=-----END|$)/dy,
  ),
];
