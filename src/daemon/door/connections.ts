import type { Server } from "node:http";
import type { Socket } from "node:net";
import { neighbourhood, type Proxies } from "./address.ts";

interface Options {
  proxies: Pick<Proxies, "trusts">;
  /** How many there may be: of one address, and of all. */
  limits(): { unprovenPerAddress: number; unproven: number };
  /** Called for each that has to go. */
  onDrop(): void;
}

/**
 * The connections on which no known token has been shown yet: at the limit the oldest goes, and the new one is taken.
 * Whoever has a token shows it at once, so that however many are opened to be idle, a host's is not among the oldest.
 * Over all of them the busiest address gives way. What a proxy of ours opens is its own concern.
 */
export function createConnections({ proxies, limits, onDrop }: Options) {
  const unproven = new Map<string, Map<string, Socket>>();
  const proven = new WeakSet<Socket>();
  let count = 0;

  function take(socket: Socket): void {
    const { remoteAddress: address } = socket;
    if (address === undefined || proxies.trusts(address)) return;
    const key = neighbourhood(address);
    let own = unproven.get(key);
    if (!own) unproven.set(key, (own = new Map()));
    const name = nameOf(socket);
    own.set(name, socket);
    count++;
    // Its address is gone with it.
    socket.once("close", () => remove(key, name));
    const { unprovenPerAddress, unproven: all } = limits();
    if (own.size > unprovenPerAddress) drop(key, own);
    else if (count > all) drop(...busiest());
  }

  function remove(key: string, name: string): void {
    const own = unproven.get(key);
    if (!own?.delete(name)) return;
    count--;
    if (own.size === 0) unproven.delete(key);
  }

  function drop(key: string, own: Map<string, Socket>): void {
    const [[name, socket] = []] = own;
    if (name === undefined) return;
    remove(key, name);
    socket?.destroy();
    onDrop();
  }

  const busiest = () => [...unproven].reduce((most, one) => (one[1].size > most[1].size ? one : most));

  return {
    watch: (server: Server) => void server.on("connection", take),
    /** A known token has been shown on it. */
    prove(socket: Socket): void {
      if (proven.has(socket)) return;
      proven.add(socket);
      remove(neighbourhood(socket.remoteAddress ?? ""), nameOf(socket));
    },
    get count() {
      return count;
    },
  };
}

/** The same for a connection and for the TLS within. */
const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
