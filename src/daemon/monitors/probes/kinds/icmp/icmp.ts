import { z } from "zod";
import { defineKind } from "../../define-kind.ts";
import { hostSchema } from "../../target.ts";
import { ping } from "./ping.ts";

/** How many packets are sent; from 5 on, the share that is lost is told. */
export const packetsSchema = z.number().int().min(1).max(20).default(3);

const options = z.strictObject({ host: hostSchema, packets: packetsSchema });

/** Does a host answer pings? `command` is the ping to run. */
export const createIcmp = (command?: readonly string[]) =>
  defineKind({
    options,
    title: ({ host }) => `ICMP ${host}`,
    ask: ({ host, packets }, asking) => ping(host, packets, asking, command),
  });

export const icmp = createIcmp();
