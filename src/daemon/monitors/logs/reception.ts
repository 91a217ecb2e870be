import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../../shared/time.ts";
import type { Commit } from "../../domain/state.ts";
import type { Store } from "../../domain/store.ts";
import { settingOf } from "../../domain/surroundings.ts";
import { syslog } from "./sources/syslog/syslog.ts";
import type { TakingSource } from "./sources/syslog/intake.ts";
import { createReceiver, type Receiver, type ReceiverOptions } from "./sources/syslog/receiver.ts";
import { type SpoolCursor, spoolCursor } from "./sources/syslog/spool.ts";

interface ReceptionOptions extends Pick<ReceiverOptions, "folder" | "tls" | "onFault"> {
  store: Store;
  clock: Clock;
  /** Takes the secrets out of a host's lines. */
  redactorOf(host: string): Promise<(text: string) => string>;
}

export interface Reception {
  start(): Promise<void>;
  stop(): Promise<void>;
  health: Receiver["health"];
}

/** Receives syslog where the setting `logs` says, for the sources that take it. */
export function createReception({ store, clock, redactorOf, ...rest }: ReceptionOptions): Reception {
  const { state } = store;
  /** What a crash can't take back any more: only what is before that may be removed. */
  const committed = new Map<string, SpoolCursor>();
  const receiver = createReceiver({ ...rest, clock, committed: (source) => committed.get(source) });
  let unsubscribe = (): void => {};
  let turn: Promise<unknown> = Promise.resolve();
  /** Where it listens, as JSON. */
  let place = "";
  let isWaiting = false;

  function note(id: string, cursor: unknown): void {
    const { data } = spoolCursor.safeParse(cursor);
    if (data) committed.set(id, data);
    else committed.delete(id);
  }

  function follow({ changes }: Commit): void {
    for (const change of changes)
      if (change.kind === "cursor") note(change.id, "value" in change ? change.value.cursor : undefined);
    if (changes.some(({ kind, id }) => kind === "setting" && id.endsWith("logs"))) inTurn(listen);
    // Another pseudonym is another redactor.
    if (changes.some(({ kind }) => kind === "source" || kind === "host" || kind === "setting")) useSoon();
  }

  function inTurn(change: () => Promise<void>): void {
    turn = turn.then(change).catch(rest.onFault);
  }

  /** Once, however many changes come before its turn does. */
  function useSoon(): void {
    if (isWaiting) return;
    isWaiting = true;
    inTurn(use);
  }

  async function listen(): Promise<void> {
    const where = settingOf(state, "logs").syslog;
    const wanted = JSON.stringify(where);
    if (wanted === place) return;
    place = wanted;
    await receiver.listen(where);
  }

  async function use(): Promise<void> {
    isWaiting = false;
    const taking: TakingSource[] = [];
    for (const { id, value } of state.all("source")) {
      const { data } = value.type === syslog.type && !value.paused ? syslog.options.safeParse(value.options) : {};
      if (data) taking.push({ id, options: data, redact: await redactorOf(value.host) });
    }
    await receiver.use(taking);
    await forget();
  }

  /** What waits for sources that are gone. */
  async function forget(): Promise<void> {
    for (const id of await readdir(rest.folder).catch(() => []))
      if (!state.get("source", id)) await rm(join(rest.folder, id), { recursive: true, force: true });
  }

  return {
    async start() {
      for (const { id, value } of state.all("cursor")) note(id, value.cursor);
      unsubscribe = store.onDurable(follow);
      inTurn(use);
      inTurn(listen);
      await turn;
    },
    async stop() {
      unsubscribe();
      await turn;
      await receiver.stop();
    },
    health: receiver.health,
  };
}
