import { type Rule, shape } from "../rule.ts";
import { describes, isProse, saysNothing } from "./values.ts";

const told = (secret: string): boolean => !isProse(secret) && !saysNothing(secret) && !describes(secret);

/** What people, honeypots and mail servers write in sentences. */
export const sentences: readonly Rule[] = [
  shape(
    "one-time-code",
    ["is your", "is the"],
    /(?<=(?<![\w.-])((?:[A-Z]-)?\d{3}[ -]?\d{3}|\d{4,8}) )is (?:your|the)(?: \w{1,20}){0,4} (?:code|pin|otp|passcode|password|token)/diy,
  ),
  shape(
    "one-time-code",
    ["use ", "enter ", "code "],
    /(?<!\w)(?:use|enter|code|type)(?: the| this)?(?: code)?:? ((?:[A-Z]-)?\d{3}[ -]?\d{3}|\d{4,8})(?= (?:as|to (?:log|sign|verify|confirm|complete|continue|authenticate)|for (?:log|sign|verif|two)|(?:was )?sent|(?:was )?texted|expires|within))/diy,
  ),
  shape(
    "password",
    ["login attempt", "login as", "logged in with", "log in with", "credentials", "credential", "creds", "user/pass"],
    /(?<!\/)(?:login attempt|login as|log(?:ged)? in with|credentials?|creds|user\/pass)(?: for| of| with| using| are| is| found)?(?::| ) ?[[(]?b?["']?[\w.@$\\-]{1,64}["']?(?:\/|:|, )b?["']?([^\s"'\])=]{1,128})(?!=)/diy,
    (secret) => told(secret) && !secret.startsWith("/"),
  ),
  shape(
    "password",
    ["login incorrect", "login ok"],
    /login (?:incorrect|ok)[^[]{0,80}\[[^\s/\]]{1,64}\/([^\]]{1,128})\]/diy,
    told,
  ),
  shape(
    "password",
    [
      "temporary password",
      "initial password",
      "random password",
      "generated password",
      "default password",
      "new password",
    ],
    /(?:temporary|initial|random|generated|default|new) password(?: is| was| has been)?(?: generated| created| set)?(?: (?:for|of) \S{1,80}?)?(?: is)?: {0,2}["']?(\S{4,128})/diy,
    told,
  ),
  shape(
    "password",
    ["password"],
    /password (?:was |has been )?changed from ["']([^"']{1,128})["'] to ["']([^"']{1,128})["']/diy,
  ),
];
