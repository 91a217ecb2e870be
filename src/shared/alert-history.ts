import type { Alert } from "./model.ts";

/** Something that happened to an alert. */
export interface Happened {
  at: number;
  text: string;
}

/** What happened to it and what people did about it, the newest first. */
export function alertHistory(alert: Alert): Happened[] {
  const { raisedAt, lastAt, count, announcedAt, remindedAt, escalated, deeds = [] } = alert;
  const { state, resolvedAt, resolution, reason } = alert;
  const happened: (Happened | undefined)[] = [
    { at: raisedAt, text: "raised" },
    announcedAt === undefined ? undefined : { at: announcedAt, text: "people were told" },
    count > 1 && state !== "resolved" ? { at: lastAt, text: `again, ${count} times by now: ${reason}` } : undefined,
    remindedAt === undefined
      ? undefined
      : { at: remindedAt, text: `people were told again${escalated ? `, ${escalated} steps up` : ""}` },
    ...deeds.map(({ at, by, did, comment }) => ({ at, text: `${by} ${did}${comment ? `: "${comment}"` : ""}` })),
    resolvedAt === undefined || deeds.at(-1)?.did === "resolved"
      ? undefined
      : { at: resolvedAt, text: `resolved: ${resolution ?? "it is over"}` },
  ];
  return happened.filter((one) => one !== undefined).sort((a, b) => b.at - a.at);
}
