import { MINUTE } from "../../src/shared/time.ts";
import { aHost, entity } from "./console-state.ts";
import { startScriptedDaemon } from "./scripted-daemon.ts";
import type { Peer, ScriptedDaemon } from "./scripted-daemon.ts";

interface Busy {
  hosts: number;
  /** Heartbeats a second; one in a hundred changes its host's state. None: everything is old and stays so. */
  perSecond: number;
}

const periodMs = 100;
const everyMs = 5 * MINUTE;

/** A daemon for one console after the other, with as much going on as is wanted. */
export async function startBusyDaemon({ hosts, perSecond }: Busy): Promise<ScriptedDaemon> {
  const daemon = await startScriptedDaemon();
  const idOf = (index: number): string => `host${String(index % hosts).padStart(5, "0")}`;
  const beat = (index: number, at: number) => entity("beat", idOf(index), { at, dueAt: at + everyMs, status: "ok" });
  const status = (index: number, since: number) => {
    const state = index % 400 === 0 ? "down" : "up";
    return entity("status", idOf(index), { state, since, reason: `${state} since then` });
  };
  const ringOf = (now: number) =>
    Array.from({ length: 20 }, (_, at) => ({
      at: now - (21 - at) * everyMs + (at % 5) * 9_000,
      status: "ok" as const,
    }));

  async function answer(peer: Peer): Promise<void> {
    for (;;) {
      const { type, id, name, args } = await peer.next();
      if (type !== "command") continue;
      const { ids = [] } = args as { ids?: string[] };
      if (name === "host.recent")
        peer.send({
          type: "result",
          id,
          ok: true,
          value: { items: ids.map((one) => ({ id: one, beats: ringOf(Date.now()) })) },
        });
      else peer.send({ type: "result", id, ok: false, code: "not_found", message: "there is nothing here" });
    }
  }

  async function serve(peer: Peer): Promise<void> {
    const began = Date.now();
    await peer.welcome({ now: began });
    const all = Array.from({ length: hosts }, (_, index) => [
      entity("host", idOf(index), aHost({ name: idOf(index), periodMs: everyMs })),
      status(index, began - 3 * 60 * MINUTE),
      beat(index, began - (perSecond > 0 ? index % (10 * 1_000) : 2 * MINUTE)),
    ]).flat();
    peer.send({ type: "changes", rev: 1, snapshot: true, more: false, upserts: all, removals: [] });
    void answer(peer);
    let sent = 0;
    const timer = setInterval(() => {
      const now = Date.now();
      const due = Math.floor((perSecond * (now - began)) / 1_000);
      const upserts = [];
      for (; sent < due; sent++) {
        upserts.push(beat(sent * 7, now));
        if (sent % 100 === 0) upserts.push(status(sent, now));
      }
      peer.send({ type: "changes", rev: 2 + sent, snapshot: false, more: false, upserts, removals: [] });
    }, periodMs);
    peer.ws.once("close", () => clearInterval(timer));
  }

  void (async () => {
    for (;;) await serve(await daemon.accept());
  })();
  return daemon;
}
