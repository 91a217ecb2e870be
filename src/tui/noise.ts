import type { Multiplexer } from "./bootstrap.ts";
import { giveTitleBack, keepTitle, notice, passThrough, ring, setTitle } from "./osc.ts";
import type { NoticeForm } from "./settings.ts";
import type { ConsoleState } from "./state/state.ts";
import type { Store } from "./state/store.ts";
import { loud, worst } from "./state/worst.ts";

export interface NoiseOptions {
  store: Store;
  /** Straight to the terminal, between two frames. */
  write(text: string): void;
  bell: boolean;
  notify: NoticeForm | undefined;
  multiplexer: Multiplexer | undefined;
}

export interface Noise {
  /** Gives the title back for as long as something else has the terminal. */
  pause(during: () => Promise<void>): Promise<void>;
  stop(): void;
}

/** So many alerts at once are one notice each; more are one for all. */
const noticesAtOnce = 3;

const noticesFor = (state: ConsoleState, ids: readonly string[]): string[] => {
  const { alert } = state.entities;
  if (ids.length > noticesAtOnce) return [`${ids.length} new critical alerts`];
  return ids.map((id) => `CRITICAL ${alert.get(id)?.title ?? id}: ${alert.get(id)?.reason ?? ""}`);
};

/**
 * Shows the worst state in the terminal's title, and is loud about new critical alerts if that is wanted: once for each,
 * and not for those that were there before.
 */
export function createNoise({ store, write, bell, notify, multiplexer }: NoiseOptions): Noise {
  let title = "";
  let told: Set<string> | undefined;

  function showTitle(state: ConsoleState): void {
    const next = `${worst(state)} - ${state.address} - Sentinel`;
    if (next === title) return;
    title = next;
    write(setTitle(title));
  }

  function tell(state: ConsoleState): void {
    if (!state.synced) return;
    const open = [...loud(state.entities.alert).keys()];
    const fresh = told ? open.filter((id) => !told?.has(id)) : [];
    told ??= new Set();
    for (const id of open) told.add(id);
    if (fresh.length === 0) return;
    if (bell) write(ring);
    if (notify) for (const text of noticesFor(state, fresh)) write(passThrough(notice(text, notify), multiplexer));
  }

  function look(): void {
    const state = store.get();
    showTitle(state);
    tell(state);
  }

  function begin(): void {
    title = "";
    write(keepTitle);
    look();
  }

  async function pause(during: () => Promise<void>): Promise<void> {
    write(giveTitleBack);
    await during();
    begin();
  }

  begin();
  const unsubscribe = store.subscribe(look);
  return { pause, stop: () => (unsubscribe(), write(giveTitleBack)) };
}
