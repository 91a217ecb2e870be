import { WS_PATH } from "../../src/shared/protocol.ts";

const ping =
  "Query: `rid`, a UUID that names one run; a body of any kind, of at most 16 MiB, whose beginning or end is kept.";
const pinged =
  "Answers text: 200 `OK`; 400 of a slug, exit status or `rid` that is none; 404 `not found` of a secret or host that isn't known. `Ping-Body-Limit` says how many bytes are kept.";
const action = "The last part is `start`, `fail`, `log`, or an exit status from 0 to 255.";

/** What the routes that are no command's take and answer. */
export const plainRoutes: Readonly<Record<string, readonly string[]>> = {
  "/metrics": ["Answers 200 with text in Prometheus' format; refuses with 401 `unauthorized`, 403 `forbidden`."],
  "/ping/:secret": [ping, pinged],
  "/ping/:first/:second": [
    `With a UUID first, the second part says what a ping by UUID says: ${action.replace("The last part", "it")}`,
    "With a ping key or a host's token first, the second is the host. With `create=1` in the query a ping key creates a host that isn't there: once a day, with an hour's grace. That answers 201 `Created`.",
    ping,
    pinged,
  ],
  "/ping/:key/:slug/:action": [`${action} It takes \`create=1\`, as above.`, ping, pinged],
  "/api/push/:token": [
    "Query: `status` (`down` is a failure, all else a success), `msg` (a message of at most 1024 characters), `ping` (milliseconds).",
    'Answers 200 `{"ok":true}`, or the status of the error with `{"ok":false,"msg":"…"}`.',
  ],
  "/link/*": [
    "GET shows a page with one button, and changes nothing; the button is a POST, which acts. The form has `name` and `comment`, of at most 64 and 1000 characters.",
    "Answers HTML: 200; 400 of a form that is not valid; 404 of a link that is none; 409 if the alert is past that; 410 of one that has expired; 413 of a form over 8 KiB; 503 while nothing can be kept.",
  ],
  "/openapi.json": ["Answers 200 with an OpenAPI 3.1 description."],
  "/docs": ["Answers 200 with a page to read and try the API in."],
  "/docs/*": ["Answers 200, or 404."],
  [WS_PATH]: [
    "Upgrades to a [WebSocket](websocket.md). Answers 101; 403 to a page from elsewhere than `origins` names; any other path is 404.",
  ],
};
