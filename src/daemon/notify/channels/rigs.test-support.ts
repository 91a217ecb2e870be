import { startMailServer } from "../../../../tests/support/mail-server.ts";
import { playPagerduty } from "../../../../tests/support/pagerduty.ts";
import { playDiscord, startProvider } from "../../../../tests/support/provider.ts";
import type { Play, Provider, Reply } from "../../../../tests/support/provider.ts";
import { playTelegram } from "../../../../tests/support/telegram.ts";
import type { Notice, Sent } from "../channel.ts";
import { aNotice } from "./notice.test-support.ts";
import { findChannel } from "./registry.ts";

/** What can happen to a try anywhere, in whatever form it happens there; the words are the other side's own. */
export type Trouble = "cut" | "hang" | "absent" | { busy: string } | { refusal: string };

/** A channel with something real behind it, which takes what it is told or fails at it. */
export interface Rig {
  send(notice?: Notice, signal?: AbortSignal): Promise<Sent>;
  /** What the next try meets. */
  meet(trouble: Trouble): Promise<void> | void;
  /** Calls back when a try has been heard. */
  onHeard(then: () => void): void;
  /** All that was told, with nothing in it folded or encoded. */
  seen(): string[];
  /** No reason may hold them, nor the place where the other side is. */
  hidden: string[];
  place: string;
  /** How the other side might echo a secret. */
  echo: string;
}

interface Entry {
  options: object;
  secrets: object;
}

const path = "/api/webhooks/140000000000000001/s3cr3t-T0ken_of-the-hook";
const pathSecrets = ["140000000000000001", "s3cr3t-T0ken_of-the-hook"];
const botToken = "140000000000000001:s3cr3t-T0ken_of-the-bot";
const routingKey = "r0ut1ngKeyOfOneServiceIs32Marks0";

interface HttpType {
  entry(url: string): Entry;
  hidden: string[];
  path: string;
  /** By default the URL. */
  echo?: string;
  play?(): Play;
}

/** The channels whose other side is an HTTP server, and how each is set up for one. */
export const httpTypes: Record<string, HttpType> = {
  discord: {
    entry: (url) => ({ options: {}, secrets: { url } }),
    path,
    hidden: pathSecrets,
    play: () => playDiscord(path).play,
  },
  slack: { entry: (url) => ({ options: {}, secrets: { url } }), path, hidden: pathSecrets },
  ntfy: {
    entry: (url) => ({ options: {}, secrets: { url, token: "tk_very5ecret" } }),
    path,
    hidden: [...pathSecrets, "tk_very5ecret"],
  },
  webhook: {
    entry: (url) => ({ options: {}, secrets: { url, hmacKey: "signing-5ecret" } }),
    path,
    hidden: [...pathSecrets, "signing-5ecret"],
  },
  telegram: {
    entry: (apiUrl) => ({ options: { chatId: "-1001", apiUrl }, secrets: { token: botToken } }),
    path: "",
    echo: `/bot${botToken}/sendMessage`,
    hidden: [botToken],
    play: () => playTelegram().play,
  },
  pagerduty: {
    entry: (apiUrl) => ({ options: { apiUrl }, secrets: { routingKey } }),
    path: "/v2/enqueue",
    echo: `{"routing_key":"${routingKey}"}`,
    hidden: [routingKey],
    play: () => playPagerduty,
  },
};

/** Tells through the channel of this type. */
const tell = (type: string, entry: Entry, notice: Notice, signal = new AbortController().signal): Promise<Sent> =>
  findChannel(type)?.send(notice, { ...entry, signal }) ?? Promise.reject(new Error(`no ${type}`));

/** A channel before a local HTTP server. */
export async function startHttpRig(type: string): Promise<Rig & { provider: Provider }> {
  const http = httpTypes[type];
  if (!http) throw new Error(`there is no rig for ${type}`);
  const { entry, path, hidden, echo } = http;
  const provider = await startProvider(http.play?.());
  const url = provider.origin + path;
  return {
    ...onProvider(provider),
    provider,
    send: (notice = aNotice(), signal) => tell(type, entry(url), notice, signal),
    meet(trouble) {
      if (trouble === "absent") return provider.close();
      if (typeof trouble === "string") provider.script.push(trouble);
      else if ("busy" in trouble) provider.script.push({ status: 503, body: trouble.busy });
      else provider.script.push({ status: 400, body: trouble.refusal });
    },
    hidden,
    place: provider.origin,
    echo: echo ?? url,
  };
}

const onProvider = (provider: Provider) => ({
  onHeard: (then: () => void) => void (provider.onHeard = then),
  seen: () => provider.heard.map(({ headers, body }) => `${JSON.stringify(headers)}\n${body}`),
});

async function startMailRig(): Promise<Rig> {
  const server = await startMailServer();
  const secrets = { user: "ada-the-sender", password: "pa55word-of-ada" };
  const people = { from: "sentinel@example.org", to: ["ada@example.org"] };
  const options = { host: "127.0.0.1", port: server.port, tls: "none", ...people };
  const line = (text: string): string => text.replace(/[\r\n]+/g, " ");
  return {
    send: (notice = aNotice(), signal) => tell("email", { options, secrets }, notice, signal),
    meet(trouble) {
      if (trouble === "absent") return server.close();
      if (typeof trouble === "string") server.answers.MAIL = trouble;
      else if ("busy" in trouble) server.answers.RCPT = `451 4.3.0 ${line(trouble.busy)}`;
      else server.answers.message = `550 5.7.1 ${line(trouble.refusal)}`;
    },
    onHeard: (then) => void (server.onHeard = then),
    seen: () => server.heard.map(({ raw }) => raw.replace(/=\r\n/g, "")),
    hidden: Object.values(secrets),
    place: `127.0.0.1:${server.port}`,
    echo: `AUTH PLAIN ${Object.values(secrets).join(" ")}`,
  };
}

/** Passes on what it is told, and does as it is told in turn. */
const program = `
  const { text } = await import("node:stream/consumers");
  const answer = await fetch(process.argv[1], { method: "POST", body: await text(process.stdin) });
  const { exit = 0, says = "", dies } = await answer.json();
  if (dies) process.kill(process.pid, "SIGKILL");
  process.stdout.write(says, () => process.exit(exit));
`;

async function startExecRig(): Promise<Rig> {
  const does = (what: object): Reply => ({ status: 200, body: JSON.stringify(what) });
  const provider = await startProvider(() => does({}));
  let command = process.execPath;
  const options = { args: ["--input-type=module", "-e", program, provider.origin] };
  return {
    ...onProvider(provider),
    send: (notice = aNotice(), signal) =>
      tell("exec", { options: { command, ...options }, secrets: {} }, notice, signal),
    meet(trouble) {
      if (trouble === "absent") command += "-that-is-not-there";
      else if (trouble === "hang") provider.script.push("hang");
      else if (trouble === "cut") provider.script.push(does({ dies: true }));
      else if ("busy" in trouble) provider.script.push(does({ exit: 75, says: trouble.busy }));
      else provider.script.push(does({ exit: 3, says: trouble.refusal }));
    },
    hidden: [],
    place: process.execPath,
    echo: "",
  };
}

const otherRigs: Record<string, () => Promise<Rig>> = { email: startMailRig, exec: startExecRig };

/** Any channel, with what it needs. */
export const startRig = (type: string): Promise<Rig> => (otherRigs[type] ?? (() => startHttpRig(type)))();
