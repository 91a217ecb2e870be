import type { HeardRequest, Reply } from "./provider.ts";

interface Event {
  routing_key?: string;
  event_action?: string;
  dedup_key?: string;
  payload?: { summary?: string; source?: string; severity?: string };
}

/** Plays the Events API v2, which names all that is wrong with an event. */
export function playPagerduty({ body }: HeardRequest): Reply {
  const { routing_key = "", event_action = "", dedup_key = "", payload } = JSON.parse(body) as Event;
  const { summary = "", source = "", severity = "" } = payload ?? {};
  const rules: [boolean, string][] = [
    [/^\w{32}$/.test(routing_key), "Length of 'routing_key' is incorrect (should be 32 characters)"],
    [["trigger", "acknowledge", "resolve"].includes(event_action), "'event_action' is invalid"],
    [dedup_key !== "" && [...dedup_key].length <= 255, "'dedup_key' is invalid (must be less than 255 characters)"],
  ];
  if (event_action === "trigger")
    rules.push(
      [summary !== "" && [...summary].length <= 1_024, "'payload.summary' is missing or too long"],
      [source !== "", "'payload.source' is missing or blank"],
      [["critical", "error", "warning", "info"].includes(severity), "'payload.severity' is invalid"],
    );
  const errors = rules.filter(([holds]) => !holds).map(([, error]) => error);
  if (errors.length > 0 || Buffer.byteLength(body) > 512_000)
    return {
      status: 400,
      body: JSON.stringify({ status: "invalid event", message: "Event object is invalid", errors }),
    };
  return { status: 202, body: JSON.stringify({ status: "success", message: "Event processed", dedup_key }) };
}
