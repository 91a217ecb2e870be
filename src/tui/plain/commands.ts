import type { ArgsInput, CommandName, Result } from "../../shared/api/registry.ts";
import { formatDuration, parseDuration } from "../../shared/time.ts";
import { describeAll } from "../state/describe.ts";
import { compileFilter } from "../state/filter.ts";
import { orderAlerts, orderHosts } from "../state/order.ts";
import {
  actedSentences,
  alertSentence,
  analysisLines,
  ended,
  hostLines,
  hostSentence,
  many,
  refusalLines,
  sentence,
} from "./sentences.ts";
import { pickAlerts, pickHosts } from "./session.ts";
import type { Session } from "./session.ts";

/** What is to be said; or a question, and what is done after a `yes`. */
export type Reply = readonly string[] | { question: string; yes(): Promise<readonly string[]> };

/** A command as it is typed here: a word, and the rest of the line. */
export interface LineCommand {
  word: string;
  takes?: string;
  title: string;
  run(rest: string, session: Session): Reply | Promise<Reply>;
}

/** The first word and what is behind it. */
export function split(text: string): [word: string, rest: string] {
  const [, word = "", rest = ""] = /^(\S*)\s*([\s\S]*)$/.exec(text.trim()) ?? [];
  return [word, rest.trim()];
}

const numberedLines = (lines: readonly string[]): string[] => lines.map((line, index) => `${index + 1}. ${line}`);

/** Asks the daemon, and says what it answers or why it refuses. */
async function told<N extends CommandName>(
  { ask }: Session,
  name: N,
  args: ArgsInput<N>,
  say: (value: Result<N>) => readonly string[],
): Promise<readonly string[]> {
  const answer = await ask(name, args, { key: crypto.randomUUID() });
  return answer.ok ? say(answer.value) : refusalLines(answer);
}

function listHosts(filter: string, session: Session): readonly string[] {
  const entities = session.entities();
  const { matches } = compileFilter(filter);
  const ids = orderHosts(entities).filter((id) => {
    const { name = id, tags } = entities.host.get(id) ?? {};
    return matches({ words: [id, name], tags, state: entities.status.get(id)?.state });
  });
  session.listed.hosts = ids;
  if (ids.length === 0 && entities.host.size > 0) return [`No host matches ${filter}; \`hosts\` alone lists all.`];
  if (ids.length === 0) return ["There is no host yet: `sentinel host add web01 --every 5m` adds one."];
  return [`${many(ids.length, "host")}.`, ...numberedLines(ids.map((id) => hostSentence(id, entities, session.now())))];
}

function listAlerts(rest: string, session: Session): readonly string[] {
  const { alert } = session.entities();
  const ids = orderAlerts(session.entities(), true).filter(
    (id) => rest === "all" || alert.get(id)?.state !== "resolved",
  );
  session.listed.alerts = ids;
  const said = ids.flatMap((id) => {
    const one = alert.get(id);
    return one ? [alertSentence(id, one, session.now())] : [];
  });
  return said.length === 0 ? ["No alert is open."] : [`${many(said.length, "alert")}.`, ...numberedLines(said)];
}

function show(word: string, session: Session): readonly string[] | Promise<readonly string[]> {
  const alert = session.entities().alert.get(word);
  if (alert) return [alertSentence(word, alert, session.now())];
  const ids = pickHosts(word, session);
  if (typeof ids === "string") return [ids];
  const [id = ""] = ids;
  return told(session, "host.show", { id }, (host) => hostLines(host, session.now()));
}

type AlertCommand = "alert.ack" | "alert.unack" | "alert.comment" | "alert.snooze" | "alert.resolve";

/** Does something to the alerts that the first word names; `argsOf` makes the rest of it, or says what is missing. */
const onAlerts =
  (name: AlertCommand, done: string, argsOf: (rest: string) => object | string) =>
  (text: string, session: Session): readonly string[] | Promise<readonly string[]> => {
    const [word, rest] = split(text);
    const ids = pickAlerts(word, session);
    if (typeof ids === "string") return [ids];
    const args = argsOf(rest);
    if (typeof args === "string") return [args];
    const all = { ids: [...ids], ...args } as ArgsInput<AlertCommand>;
    return told(session, name, all, ({ items }) => actedSentences(items, done));
  };

const withComment = (rest: string): object => (rest ? { comment: rest } : {});

const noSpan = (text: string): string =>
  `${text === "" ? "Say for how long" : `"${text}" is no span of time`}: write 30m, 2h or 1d.`;

function withSpan(rest: string): object | string {
  const [span, comment] = split(rest);
  const durationMs = parseDuration(span);
  return durationMs === undefined ? noSpan(span) : { durationMs, ...withComment(comment) };
}

function resolve(text: string, session: Session): Reply {
  const [word, rest] = split(text);
  const ids = pickAlerts(word, session);
  if (typeof ids === "string") return [ids];
  return {
    question: `Resolve ${many(ids.length, "alert")}, ${ids.join(", ")}? Whoever was told is told of it. Type yes, or anything else to leave it.`,
    yes: async () => onAlerts("alert.resolve", "resolved", withComment)(`${ids.join(",")} ${rest}`, session),
  };
}

const onHosts =
  (name: "host.pause" | "host.resume", done: string) =>
  (text: string, session: Session): readonly string[] | Promise<readonly string[]> => {
    const [word, rest] = split(text);
    const ids = pickHosts(word, session);
    if (typeof ids === "string") return [ids];
    return told(session, name, { ids: [...ids], ...withComment(rest) }, ({ items }) =>
      items.map(({ id }) => `${done}: ${id}.`),
    );
  };

function silence(text: string, session: Session): readonly string[] | Promise<readonly string[]> {
  const [word, rest] = split(text);
  const hosts = pickHosts(word, session);
  if (typeof hosts === "string") return [hosts];
  const [span, comment] = split(rest);
  const durationMs = parseDuration(span);
  if (durationMs === undefined) return [noSpan(span)];
  const args = { hosts: [...hosts], durationMs, ...withComment(comment) };
  return told(session, "silence.add", args, ({ id }) => [
    `Nobody is told of ${hosts.join(", ")} for ${formatDuration(durationMs)}. \`unsilence ${id}\` ends that.`,
  ]);
}

const silences = (_: string, session: Session): Promise<readonly string[]> =>
  told(session, "silence.list", {}, ({ items }) =>
    items.length === 0
      ? ["There is no silence."]
      : items.map(({ id, state, hosts = [], tags = [], to, comment }) =>
          ended(
            `${id}, ${state}: ${[...hosts, ...tags.map((tag) => `tag ${tag}`)].join(", ") || "all hosts"}${
              state === "active" ? `, for ${formatDuration(to - session.now())} more` : ""
            }${comment ? `: ${comment}` : ""}`,
          ),
        ),
  );

async function logs(word: string, session: Session): Promise<readonly string[]> {
  const hosts = pickHosts(word, session);
  if (typeof hosts === "string") return [hosts];
  const [host = ""] = hosts;
  const list = await session.ask("logs.list", { host, limit: 1 });
  if (!list.ok) return refusalLines(list);
  const [last] = list.value.items;
  if (!last)
    return [
      `No log of ${host} has been read: \`analyze ${host}\` reads those that are set up, \`sentinel logs add\` sets one up.`,
    ];
  return showAnalysis(last.id, session);
}

const showAnalysis = (id: string, session: Session): Promise<readonly string[]> =>
  told(session, "logs.show", { id }, (value) => {
    session.listed.findings = { analysis: id, lines: value.found.map(({ evidence }) => evidence) };
    return analysisLines(value, session.now());
  });

async function analyze(word: string, session: Session): Promise<readonly string[]> {
  const hosts = pickHosts(word, session);
  if (typeof hosts === "string") return [hosts];
  const [host = ""] = hosts;
  const answer = await session.ask("logs.analyze", { host }, { timeoutMs: 300_000 });
  return answer.ok ? showAnalysis(answer.value.id, session) : refusalLines(answer);
}

async function citedLines(word: string, session: Session): Promise<readonly string[]> {
  const { analysis, lines } = session.listed.findings;
  const wanted = lines[Number(word) - 1];
  if (!wanted) return ["Say which finding, by its number: `logs HOST` numbers them."];
  const from = Math.min(...wanted);
  return told(session, "logs.lines", { id: analysis, from, limit: 1_000 }, ({ items }) =>
    items.filter(({ line }) => wanted.includes(line)).map(({ line, text }) => `Line ${line}: ${text}`),
  );
}

const line = (_: string, session: Session): Promise<readonly string[]> =>
  told(session, "line.show", {}, ({ enabled, reason, targets }) =>
    enabled
      ? [
          sentence(`The internet line: ${reason}`),
          ...targets.map(({ id, state, reason: why }) => ended(`${id}, ${state}: ${why || "not asked yet"}`)),
        ]
      : ["The internet line isn't watched."],
  );

const health = (_: string, session: Session): Promise<readonly string[]> =>
  told(session, "health.show", {}, ({ status, version, components, jobs = [] }) => [
    `Sentinel ${version} is ${status}.`,
    ...Object.entries(components).map(([name, one]) => ended(`${name}, ${one.status}: ${one.detail}`)),
    ...jobs
      .filter(({ state }) => state === "failing" || state === "late")
      .map(({ name, state, error }) => ended(`job ${name}, ${state}${error ? `: ${error}` : ""}`)),
  ]);

/** What can be typed, in the order of the help. */
export const lineCommands: readonly LineCommand[] = [
  { word: "status", title: "how things stand", run: (_, { entities }) => describeAll(entities()).map(ended) },
  { word: "hosts", takes: "[FILTER]", title: "list and number the hosts, those in trouble first", run: listHosts },
  { word: "alerts", takes: "[all]", title: "list and number the open alerts, or all that are kept", run: listAlerts },
  { word: "show", takes: "HOST or ALERT", title: "all about one host or alert", run: show },
  {
    word: "ack",
    takes: "ALERTS [COMMENT]",
    title: "acknowledge alerts: somebody is on it",
    run: onAlerts("alert.ack", "acknowledged", withComment),
  },
  {
    word: "unack",
    takes: "ALERTS [COMMENT]",
    title: "take an acknowledgement back",
    run: onAlerts("alert.unack", "firing again", withComment),
  },
  {
    word: "comment",
    takes: "ALERTS COMMENT",
    title: "note something on alerts",
    run: onAlerts("alert.comment", "noted", (rest) => (rest ? { comment: rest } : "Say what to note.")),
  },
  {
    word: "snooze",
    takes: "ALERTS SPAN [COMMENT]",
    title: "leave alerts be for a time",
    run: onAlerts("alert.snooze", "snoozed", withSpan),
  },
  { word: "resolve", takes: "ALERTS [COMMENT]", title: "resolve alerts by hand; asks first", run: resolve },
  {
    word: "pause",
    takes: "HOSTS [COMMENT]",
    title: "stop watching hosts",
    run: onHosts("host.pause", "Paused"),
  },
  {
    word: "resume",
    takes: "HOSTS [COMMENT]",
    title: "watch hosts again",
    run: onHosts("host.resume", "Watched again"),
  },
  { word: "silence", takes: "HOSTS SPAN [COMMENT]", title: "tell nobody of hosts for a time", run: silence },
  { word: "silences", title: "list the silences", run: silences },
  {
    word: "unsilence",
    takes: "SILENCE",
    title: "end a silence",
    run: (id, session) =>
      id
        ? told(session, "silence.remove", { id }, ({ removed }) => [`Ended: ${removed}.`])
        : ["Say which silence, by its id: `silences` lists them."],
  },
  { word: "logs", takes: "HOST", title: "what a host's logs showed last", run: logs },
  { word: "lines", takes: "FINDING", title: "read the lines that a finding cites", run: citedLines },
  { word: "analyze", takes: "HOST", title: "read a host's logs now", run: analyze },
  { word: "line", title: "how the internet line is", run: line },
  { word: "health", title: "how the monitor itself is", run: health },
];
