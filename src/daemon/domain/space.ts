import type { Alert, Severity } from "../../shared/model.ts";
import { raise, resolve } from "./alert.ts";
import { type Context, type Decision, decided } from "./decision.ts";
import type { Change, StateReader } from "./state.ts";

/** The one alert about the room on the disk of the data folder. */
export const SPACE_KEY = "space:data";

/** What the disk of the data folder has, in bytes. */
export interface Room {
  freeBytes: number;
  sizeBytes: number;
}

const MB = 1 << 20;
/** Too little is less than this share of the disk, or than this many bytes if that is less. */
const limits: [Severity, share: number, bytes: number][] = [
  ["critical", 0.02, 256 * MB],
  ["warning", 0.1, 1_024 * MB],
];
/** It is over once there is so much more than what is too little, so that nobody is told each minute. */
const CLEAR = 1.25;

/** How bad it is that the disk has no more room than this; undefined if it isn't. */
export function severityOfRoom({ freeBytes, sizeBytes }: Room): Severity | undefined {
  return limits.find(([, share, bytes]) => freeBytes < Math.min(sizeBytes * share, bytes))?.[0];
}

/** The room in words: `0.8 GB of 20.0 GB are free`. */
export const sayRoom = ({ freeBytes, sizeBytes }: Room): string => `${size(freeBytes)} of ${size(sizeBytes)} are free`;

const size = (bytes: number): string =>
  bytes < 1_024 * MB ? `${Math.round(bytes / MB)} MB` : `${(bytes / 1_024 / MB).toFixed(1)} GB`;

/** Opens, worsens and resolves the alert. What has become worse is a new alert, as people must hear of it; what became a little better isn't told. */
export function space(state: StateReader, room: Room, { now }: Context): Decision<undefined> {
  const open = state.openAlert(SPACE_KEY)?.value;
  const severity = severityOfRoom(room);
  if (!open) return decided(undefined, severity ? raise(state, trouble(severity, room), now) : []);
  const said = `${sayRoom(room)} on the disk of the data folder`;
  if (!severityOfRoom({ ...room, freeBytes: room.freeBytes / CLEAR }))
    return decided(undefined, resolve(state, SPACE_KEY, said, now));
  if (severity !== "critical" || open.severity === "critical") return decided(undefined, []);
  const worse: Alert = { ...trouble(severity, room), state: "firing", raisedAt: now, lastAt: now, count: 1 };
  const changes: Change[] = resolve(state, SPACE_KEY, `it became worse: ${said}`, now);
  return decided(undefined, [...changes, { kind: "alert", id: `a${state.rev + 1}`, value: worse }]);
}

const trouble = (severity: Severity, room: Room) => ({
  key: SPACE_KEY,
  type: "system",
  severity,
  title: severity === "critical" ? "The monitor's disk is almost full" : "The monitor's disk is getting full",
  reason: `${sayRoom(room)} on the disk of the data folder; ${consequence}`,
});

const consequence =
  "when it is full, heartbeats are refused: free some space, give it a larger disk, or keep less with `sentinel setting set retention`";
