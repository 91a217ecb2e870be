import { createHmac } from "node:crypto";
import { isIP } from "node:net";

/** What is given another name, so that a log can be shown to somebody who isn't to know who is meant. */
export interface Pseudonyms {
  addresses?: boolean | undefined;
  users?: boolean | undefined;
}

const v4 = /(?<![\w.:-])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)/g;
// Anything that could be an IPv6 address; `isIP` says whether it is one.
const v6 = /(?<![\w.:])(?=[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{2,39}(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?(?![\w:]|\.\d)/g;
const local = /^(?:127\.|0\.0\.0\.0$|255\.255\.255\.255$|::1?$)/;
// Where system logs name an account.
const user =
  /(?<=\b(?:for|by|from)(?: invalid| illegal)? user )(?!from\b)[^\s,;:'"()<>[\]]{1,64}|(?<=\b(?:Failed|Accepted|Postponed) [\w/-]{1,32} for )(?!invalid user\b)[^\s,;'"()<>]{1,64}|(?<=\b[Ii]nvalid user )(?!from\b)[^\s,;'"()<>]{1,64}|(?<=(?<![\w-])(?:r?user|user_?name|login|acct|account|logname|uname|usr)=["']?)(?!\d+\b)[^\s,;'"()<>&]{1,64}|(?<="(?:user|user_?name|login|account)": ?")[^"\s]{1,64}|(?<=\bsession (?:opened|closed) for user )[^\s,;:'"()<>]{1,64}/g;
const placeholder = /^<(?:USER|IP|SECRET):/;

/** Gives every address and every account the same other name wherever it stands: `<IP:9c04>`, `<USER:1fe2>`. */
export function createPseudonyms(key: Uint8Array, { addresses, users }: Pseudonyms): (text: string) => string {
  const named = (kind: string, name: string): string =>
    `<${kind}:${createHmac("sha256", key).update(`${kind}:${name.toLowerCase()}`).digest("hex").slice(0, 4)}>`;
  const address = (text: string): string => (isIP(text) === 0 || local.test(text) ? text : named("IP", text));
  const account = (text: string): string => (placeholder.test(text) ? text : named("USER", text));
  return (text) => {
    const withUsers = users === true ? text.replace(user, account) : text;
    return addresses === true ? withUsers.replace(v4, address).replace(v6, address) : withUsers;
  };
}
