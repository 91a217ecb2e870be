import type { AlertView } from "../../../shared/api/alert.ts";
import type { Notice } from "../channel.ts";

/** One alert of a host that is down. */
export const anAlert: AlertView = {
  id: "a42",
  key: "heartbeat:web01",
  type: "heartbeat",
  severity: "critical",
  state: "firing",
  host: "web01",
  title: "web01 is down",
  reason: "no heartbeat for 5 min",
  raisedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  lastAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  count: 1,
};

const stateAfter: Record<Notice["event"], AlertView["state"]> = {
  raised: "firing",
  acknowledged: "acknowledged",
  resolved: "resolved",
  digest: "firing",
  test: "firing",
};

/** What is told of it; a test says what is different. */
export const aNotice = (different: Partial<Notice> = {}): Notice => ({
  key: "d7/discord",
  event: "raised",
  alert: { ...anAlert, state: stateAfter[different.event ?? "raised"] },
  title: anAlert.title,
  reason: anAlert.reason,
  at: anAlert.raisedAt,
  ...different,
});

/** Many alerts told at once. */
export const aDigest: Notice = {
  key: "digest/ops/7",
  event: "digest",
  severity: "warning",
  title: "3 alerts in an hour",
  reason: "web01 is down, db01 is late, mail is late",
  at: anAlert.raisedAt,
};
