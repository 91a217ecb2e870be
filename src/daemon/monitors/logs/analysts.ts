import type { Settings } from "../../../shared/model.ts";
import type { Clock } from "../../../shared/time.ts";
import { DAY } from "../../../shared/time.ts";
import { ALL, tokensToday } from "../../domain/analysed.ts";
import { defined } from "../../domain/decision.ts";
import type { StateReader } from "../../domain/state.ts";
import { settingOf } from "../../domain/surroundings.ts";
import { type Analyst, createAnalyst } from "./model/analyst.ts";
import type { Spent } from "./model/budget.ts";
import { createAnswerCache } from "./model/cache.ts";
import { createModelClient, type ModelClient } from "./model/client.ts";

interface Around {
  state: StateReader;
  clock: Clock;
  random(): number;
  /** Local servers need none. */
  key(): string | undefined;
}

/**
 * The analyst as the setting `model` has it just now. What it took is kept with each analysis: in between, and where an
 * analysis never came to its end, it is known here alone.
 */
export function createAnalysts({ state, clock, random, key }: Around): () => Analyst {
  const cache = createAnswerCache();
  let spent: Spent | undefined;
  let made: { from: Settings["model"]; key: string | undefined; analyst: Analyst } | undefined;

  function spentToday(): Spent {
    const day = Math.floor(clock.now() / DAY);
    if (spent?.day === day) return spent;
    const hosts = Array.from(state.all("usage"), ({ id }) => [id, tokensToday(state, id, clock.now())] as const);
    return { day, total: tokensToday(state, ALL, clock.now()), hosts: Object.fromEntries(hosts) };
  }

  function clientOf(setting: Settings["model"], secret: string | undefined): ModelClient | undefined {
    const { enabled, url, name, allowHttp, priceIn, priceOut } = setting;
    if (!enabled || url === undefined || name === undefined) return undefined;
    const prices =
      priceIn === undefined && priceOut === undefined ? undefined : { in: priceIn ?? 0, out: priceOut ?? 0 };
    return createModelClient({ url, model: name, clock, random, ...defined({ allowHttp, prices, key: secret }) });
  }

  return () => {
    const setting = settingOf(state, "model");
    const secret = key();
    if (made?.from !== setting || made.key !== secret) {
      const budget = { spent: spentToday, keep: (now: Spent) => void (spent = now) };
      const analyst = createAnalyst({
        client: clientOf(setting, secret),
        limits: setting,
        budget,
        cache,
        clock,
        random,
      });
      made = { from: setting, key: secret, analyst };
    }
    return made.analyst;
  };
}
