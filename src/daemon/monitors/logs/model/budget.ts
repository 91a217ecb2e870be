import { DAY } from "../../../../shared/time.ts";
import { faultOf, type ModelFault } from "./fault.ts";

/** Tokens, in and out together. */
export interface Limits {
  tokensPerCall: number;
  tokensPerHostDay: number;
  tokensPerDay: number;
}

/** What was used on a UTC day. */
export interface Spent {
  /** Days since 1970. */
  day: number;
  total: number;
  hosts: Readonly<Record<string, number>>;
}

export interface Usage {
  tokensIn: number;
  tokensOut: number;
  /** The server didn't say, so these are guesses. */
  isEstimated: boolean;
  /** In whatever the prices are in; absent without prices. */
  cost?: number;
}

/** Per million tokens. */
export interface Prices {
  in: number;
  out: number;
}

export const costOf = ({ tokensIn, tokensOut }: Pick<Usage, "tokensIn" | "tokensOut">, prices?: Prices) =>
  prices ? { cost: (tokensIn * prices.in + tokensOut * prices.out) / 1e6 } : {};

/** What counts of what was used: a new day begins with nothing. */
const current = (spent: Spent | undefined, now: number): Spent => {
  const day = Math.floor(now / DAY);
  return spent?.day === day ? spent : { day, total: 0, hosts: {} };
};

/** Why a call of at most so many tokens may not be made now, or undefined. */
export function budgetFault(
  spent: Spent | undefined,
  { host, tokens, now, limits }: { host: string; tokens: number; now: number; limits: Limits },
): ModelFault | undefined {
  const { total, hosts } = current(spent, now);
  const said = (used: number, limit: number, whose: string) =>
    faultOf("budget", `${used} of ${limit} ${whose}; this call may take ${tokens}; more tomorrow, UTC`);
  if (tokens > limits.tokensPerCall)
    return faultOf("budget", `this call may take ${tokens} tokens, more than the ${limits.tokensPerCall} for a call`);
  const ofHost = Object.hasOwn(hosts, host) ? (hosts[host] ?? 0) : 0;
  if (ofHost + tokens > limits.tokensPerHostDay)
    return said(ofHost, limits.tokensPerHostDay, "tokens for a host and day");
  return total + tokens > limits.tokensPerDay ? said(total, limits.tokensPerDay, "tokens for a day") : undefined;
}

/** What is used after a call; fewer than none are given back. */
export function spend(spent: Spent | undefined, host: string, tokens: number, now: number): Spent {
  const { day, total, hosts } = current(spent, now);
  const ofHost = Object.hasOwn(hosts, host) ? (hosts[host] ?? 0) : 0;
  const [all, own] = [total + tokens, ofHost + tokens].map((used) => Math.max(0, used)) as [number, number];
  return { day, total: all, hosts: { ...hosts, [host]: own } };
}
