import type { z } from "zod";
import { schemaOf } from "../../src/cli/schema.ts";
import { frameAccess } from "../../src/shared/api/access.ts";
import {
  ackFrame,
  changesFrame,
  clientFrame,
  closeReasons,
  errorFrame,
  limits as bounds,
  resultFrame,
  SUBPROTOCOL,
  welcomeFrame,
  WS_PATH,
} from "../../src/shared/protocol.ts";
import { closeCodes } from "../../src/shared/errors.ts";
import { watchableKinds } from "../../src/shared/model.ts";
import { formatDuration } from "../../src/shared/time.ts";
import { code, jsonType, limits, meaningOf, pageOf, partsOf, sayAllowed, table } from "./page.ts";

const about = `# WebSocket

Made from src/shared/protocol.ts by \`npm run reference\`; don't edit it by hand.

Connect to \`${WS_PATH}\` with the subprotocol \`${SUBPROTOCOL}\`. Frames are JSON text of at most ${bounds.frameBytes / 1024} KiB. The
first is a \`hello\`, within ${formatDuration(bounds.helloMs)}; \`welcome\` answers it. At most ${bounds.unanswered} frames may be unanswered. The daemon pings
every ${formatDuration(bounds.pingMs)}, and drops whoever doesn't answer by the next. A watcher gets a \`changes\` at least every ${formatDuration(bounds.feedIdleMs)}.`;

const frameTable = (schema: z.ZodType, io: "input" | "output"): string =>
  table(
    ["Field", "Type", "Bounds", "", "Meaning"],
    partsOf(schemaOf(schema, io)).map(([name, field, isRequired]) => [
      code(name),
      jsonType(field),
      limits(field),
      isRequired ? "required" : "",
      meaningOf(field),
    ]),
  );

type Sent = (typeof clientFrame.options)[number]["shape"]["type"]["value"];
const answers: Record<Sent, string> = {
  hello: "Shows the token. `welcome` answers it; a token that isn't known gets an `error`, and the close code 4401.",
  heartbeat: "A heartbeat. `ack` answers it once it is durable, or `error`.",
  watch: `Asks for the state, and from then on for every change. \`changes\` answers it; a second watch replaces the first. The kinds are ${watchableKinds.join(", ")}.`,
  command: "One of the [commands](commands.md). `result` answers it.",
};

const sent = clientFrame.options.map((frame) => {
  const { value: type } = frame.shape.type;
  const who = type === "command" ? "Whoever may use the command." : `For ${sayAllowed(frameAccess[type])}.`;
  return [`### ${type}`, `${answers[type]} ${who}`, frameTable(frame, "input")].join("\n\n");
});

const [done, refused] = resultFrame.options;
const received: [title: string, about: string, schema: z.ZodType][] = [
  ["welcome", "Answers `hello`.", welcomeFrame],
  ["ack", "Answers `heartbeat`.", ackFrame],
  ["error", "Refuses a frame that isn't a command.", errorFrame],
  ["changes", "What a watcher doesn't have yet, in one revision.", changesFrame],
  ["result, done", "Answers `command`.", done],
  ["result, refused", "Refuses `command`.", refused],
];

const closing = table(
  ["Code", "Name", "When"],
  Object.entries(closeCodes).map(([name, number]) => [
    String(number),
    code(name),
    closeReasons[name as keyof typeof closeCodes],
  ]),
);

export const renderWebsocket = (): string =>
  pageOf([
    about,
    "## Frames to the daemon",
    ...sent,
    "## Frames from the daemon",
    ...received.map(([title, what, schema]) => `### ${title}\n\n${what}\n\n${frameTable(schema, "output")}`),
    "## Close codes",
    closing,
    "After 4401 connecting again is of no use, with the same token; after any other it is, a little later each time.",
  ]);
