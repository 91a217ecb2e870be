import type { AlertView } from "../../shared/api/alert.ts";
import type { HostView } from "../../shared/api/host.ts";
import type { Result } from "../../shared/api/registry.ts";
import type { Refusal } from "../../shared/errors.ts";
import type { Alert } from "../../shared/model.ts";
import { formatDuration, sayAgo } from "../../shared/time.ts";
import type { Entities } from "../state/entities.ts";

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
/** With one full stop, whatever it ends in. */
export const ended = (text: string): string => `${text.replace(/[.\s]+$/, "")}.`;
export const sentence = (text: string): string => capital(ended(text));

export const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

export function hostSentence(id: string, { host, status }: Entities, now: number): string {
  const { state = "new", since, reason = "" } = status.get(id) ?? {};
  const { name = id, tags = [] } = host.get(id) ?? {};
  const named = name === id ? id : `${id} (${name})`;
  const lasting = since === undefined ? "" : ` for ${formatDuration(Math.max(1_000, now - since))}`;
  return `${named}, ${state}${lasting}: ${reason}.${tags.length > 0 ? ` Tags: ${tags.join(", ")}.` : ""}`;
}

const whoHas = ({ ackedBy, comment }: Alert): string =>
  [ackedBy ? ` Acknowledged by ${ackedBy}.` : "", comment ? ` Comment: ${sentence(comment)}` : ""].join("");

export function alertSentence(id: string, alert: Alert, now: number): string {
  const { severity, state, title, reason, raisedAt, heldBy } = alert;
  const held = state === "firing" && heldBy !== undefined ? ` Held back: ${heldBy}.` : "";
  return `${capital(severity)}, ${state}: ${title}. ${sentence(reason)} Raised ${sayAgo(now - raisedAt)}.${held}${whoHas(alert)} Id ${id}.`;
}

/** What became of alerts that a person acted on. */
export const actedSentences = (items: readonly AlertView[], done: string): string[] =>
  items.map(({ id, title }) => `${capital(done)}: ${title}, ${id}.`);

const measures = (metrics: Record<string, number>): string =>
  Object.entries(metrics)
    .map(([name, value]) => `${name} ${Math.round(value * 100) / 100}`)
    .join(", ");

/** All about a host, a sentence a line. */
export function hostLines({ id, name, state, since, reason, beat, ...host }: HostView, now: number): string[] {
  const { expected, graceMs, dueAt, tags, parents = [], runs = [], notes } = host;
  const isWatched = state !== "paused" && state !== "off-hours";
  return [
    `${name === id ? id : `${id} (${name})`} is ${state}: ${ended(reason)}`,
    `It has been so for ${formatDuration(Math.max(1_000, now - since))}.`,
    `Expected ${expected}, with ${formatDuration(graceMs) || "no"} grace.`,
    beat
      ? `Last heartbeat ${sayAgo(now - beat.at)}: ${beat.status}${beat.message ? `, ${beat.message}` : ""}.`
      : "No heartbeat yet.",
    ...(isWatched && dueAt > now ? [`The next is due in ${formatDuration(dueAt - now)}.`] : []),
    ...runs.map(({ rid, startedAt, dueAt: ends }) => {
      const allowed = formatDuration(Math.max(1_000, ends - startedAt));
      return `${rid === "-" ? "A run" : `The run ${rid}`} began ${sayAgo(now - startedAt)} and may take ${allowed}.`;
    }),
    ...(beat?.metrics ? [`Metrics: ${measures(beat.metrics)}.`] : []),
    ...(tags.length > 0 ? [`Tags: ${tags.join(", ")}.`] : []),
    ...(parents.length > 0 ? [`It is reached through ${parents.join(", ")}.`] : []),
    ...(notes === undefined ? [] : notes.split("\n").filter(Boolean)),
  ];
}

/** An analysis with its findings, numbered. */
export function analysisLines({ at, lines, found, redactions, model }: Result<"logs.show">, now: number): string[] {
  const asked = model
    ? `The model ${model.name} ${model.fault ? `gave no answer: ${model.fault}` : `took ${model.tokensIn + model.tokensOut} tokens`}.`
    : "No model was asked.";
  return [
    `Logs read ${sayAgo(now - at)}: ${many(lines, "line")}, ${many(found.length, "finding")}, ${redactions} redacted. ${asked}`,
    ...found.map(
      ({ severity, title, why, evidence, explanation, recommendation }, index) =>
        `${index + 1}. ${capital(severity)}: ${sentence(title)} ${sentence(why)}${explanation ? ` ${sentence(explanation)}` : ""}${recommendation ? ` ${sentence(recommendation)}` : ""} ${many(evidence.length, "line")} cited.`,
    ),
    ...(found.length > 0 ? ["`lines 1` reads the lines that the first one cites."] : []),
  ];
}

/** Why not, and what was wrong with which field. */
export const refusalLines = ({ message, errors = [] }: Refusal): string[] => [
  `That was refused: ${sentence(message)}`,
  ...errors.filter((error) => !message.includes(error.message)).map((error) => `${error.field}: ${error.message}.`),
];
