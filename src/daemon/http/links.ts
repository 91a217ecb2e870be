import { createHash } from "node:crypto";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { z } from "zod";
import type { AlertView } from "../../shared/api/alert.ts";
import { httpStatus, refuseInvalid } from "../../shared/errors.ts";
import { prose } from "../../shared/model.ts";
import type { Clock } from "../../shared/time.ts";
import { addressOf } from "../engine/access.ts";
import type { Caller, Engine } from "../engine/engine.ts";
import type { Link, Opened } from "../engine/links.ts";
import { alertPage, wordsPage } from "./link-page.ts";

type Followed = FastifyRequest<{ Params: { "*": string }; Body: string | undefined }>;

/** Room for a comment of a kilobyte in which every byte is written as three. */
const FORM_BYTES = 8 * 1024;
const form = z.object({ name: prose(64).trim().default(""), comment: prose(1000).trim().default("") });

/** The page loads and runs nothing, stands in no frame, and tells its address to nobody: that is the secret. */
const headers = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "x-robots-tag": "noindex",
  "x-content-type-options": "nosniff",
};
const send = (reply: FastifyReply, status: number, page: string): FastifyReply =>
  reply.status(status).headers(headers).send(page);

/** Signed links. A GET only shows, as robots preview whatever is posted in a chat; the page's button is a POST, and acts. */
export async function addLinks(root: FastifyInstance, engine: Engine, clock: Clock, log: Logger): Promise<void> {
  await root.register(async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
      done(null, body),
    );
    app.setErrorHandler((error: FastifyError, _request, reply) => {
      const { statusCode: status = 500 } = error;
      if (status >= 500) log.error({ err: error }, "a link failed");
      return sendFault(reply, status);
    });
    app.get("/link/*", { schema: { hide: true } }, (request: Followed, reply) => show(request, reply));
    app.post("/link/*", { schema: { hide: true }, bodyLimit: FORM_BYTES }, (request: Followed, reply) =>
      act(request, reply),
    );
  });

  async function show({ params }: Followed, reply: FastifyReply): Promise<FastifyReply> {
    const opened = await engine.links.open(params["*"]);
    return opened.ok ? send(reply, 200, alertPage(opened)) : sendLost(reply, opened.reason);
  }

  async function act({ params, body, ip }: Followed, reply: FastifyReply): Promise<FastifyReply> {
    const token = params["*"];
    const opened = await engine.links.open(token);
    if (!opened.ok) return sendLost(reply, opened.reason);
    const given = form.safeParse(Object.fromEntries(new URLSearchParams(body)));
    if (!given.success) return send(reply, 400, alertPage({ ...opened, said: refuseInvalid(given.error).message }));
    const { name, comment } = given.data;
    const { alert: id, action, durationMs } = opened.link;
    const outcome = await engine.execute(
      `alert.${action}`,
      { id, ...(comment ? { comment } : {}), ...(action === "snooze" ? { durationMs } : {}) },
      { name: name ? `${name} (link)` : "link", role: "operator", from: addressOf(ip) } satisfies Caller,
      keyOf([token, name, comment]),
    );
    const now = await engine.links.open(token);
    if (!now.ok) return sendLost(reply, now.reason);
    if (!outcome.ok) return send(reply, httpStatus[outcome.code], alertPage({ ...now, said: outcome.message }));
    const done = isDone(now.link, now.alert, clock.now());
    return send(reply, 200, alertPage({ ...now, said: done ? "Done." : undone(now.alert), done }));
  }
}

/** Makes the same of the same, so that a button pressed twice is one action: a UUID of version 8 (RFC 9562). */
function keyOf(parts: string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  return hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-8$3-8$4-$5");
}

const isDone = ({ action }: Link, { state, snoozedUntil = 0 }: AlertView, now: number): boolean =>
  ({
    ack: state === "acknowledged",
    unack: state === "firing",
    resolve: state === "resolved",
    snooze: snoozedUntil > now,
  })[action];

const undone = ({ state }: AlertView): string =>
  state === "resolved"
    ? "It is resolved already, so there was nothing to do."
    : "This link did that before, and things have changed since. With another comment it does it again.";

const nowhere: Record<Extract<Opened, { ok: false }>["reason"], [status: number, title: string, words: string]> = {
  unknown: [404, "There is no such link", "Copy all of it, or take the one in the newest notice."],
  expired: [410, "This link has expired", "Take the one in the newest notice, or act in the console."],
  unavailable: [503, "Nothing can be kept just now", "The monitor's disk refuses. Try again in a moment."],
};

function sendLost(reply: FastifyReply, reason: keyof typeof nowhere): FastifyReply {
  const [status, title, words] = nowhere[reason];
  return send(reply, status, wordsPage(title, words));
}

function sendFault(reply: FastifyReply, status: number): FastifyReply {
  if (status >= 500) return send(reply, 500, wordsPage("The monitor failed at this", "Its log says why."));
  if (status === 413) return send(reply, 413, wordsPage("That is too long", "Go back, and shorten the comment."));
  return send(reply, 400, wordsPage("That can't be read", "Open the link, and press its button."));
}
