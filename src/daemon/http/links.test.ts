import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testDoor } from "../../../tests/support/door.ts";
import { admin, createTestEngine } from "../../../tests/support/engine.ts";
import { DAY, HOUR } from "../../shared/time.ts";
import { StoreUnavailable } from "../domain/store.ts";
import { createHttp } from "./server.ts";

let world: ReturnType<typeof createTestEngine>;
let app: FastifyInstance;
let origin: string;
let id: string;
const logged: string[] = [];

beforeEach(async () => {
  world = createTestEngine();
  logged.length = 0;
  app = await createHttp({
    engine: world.engine,
    door: testDoor(),
    clock: world.clock,
    log: pino({}, { write: (line: string) => void logged.push(line) }),
    version: "0.1.0",
    metrics: async () => "",
  });
  origin = await app.listen({ host: "127.0.0.1", port: 0 });
  id = await raise("web01");
});
afterEach(() => app.close());

async function raise(host: string, args: object = {}): Promise<string> {
  await world.addHost(host, args);
  await world.engine.execute("heartbeat.post", { host, status: "fail", message: "<i>exit & 1</i>" }, admin);
  return world.store.state.openAlert(`heartbeat:${host}`)?.id ?? "";
}
const act = (verb: string, args: object = {}) => world.engine.execute(`alert.${verb}`, { id, ...args }, admin);
async function linkTo(action: string, args: object = {}): Promise<string> {
  const outcome = await act("link", { action, ...args });
  if (!outcome.ok) throw new Error(outcome.message);
  return origin + new URL((outcome.value as { url: string }).url).pathname;
}
async function look(url: string, init: RequestInit = {}) {
  const reply = await fetch(url, init);
  return { status: reply.status, headers: reply.headers, text: await reply.text() };
}
const press = (url: string, said: Record<string, string> = {}) =>
  look(url, { method: "POST", body: new URLSearchParams(said) });
const alert = () => world.store.state.get("alert", id)?.value;
const receipts = () => world.store.state.count("receipt");

const headers = {
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "x-robots-tag": "noindex",
  "x-content-type-options": "nosniff",
  "content-type": "text/html; charset=utf-8",
};
const shownOf = (given: Headers) => Object.fromEntries(Object.keys(headers).map((name) => [name, given.get(name)]));

describe("looking", () => {
  test.each([
    ["GET", "Mozilla/5.0"],
    ["GET", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"],
    ["GET", "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"],
    ["HEAD", "WhatsApp/2.23"],
  ])("by %s as %s does nothing, however often", async (method, agent) => {
    const { rev } = world.store.state;
    for (const action of ["ack", "unack", "resolve"]) {
      const url = await linkTo(action);
      for (let i = 0; i < 2; i++) {
        const reply = await look(url, { method, headers: { "user-agent": agent } });
        expect([reply.status, shownOf(reply.headers)]).toEqual([200, headers]);
        expect(reply.text.includes("web01 is down")).toBe(method === "GET");
      }
    }
    expect([world.store.state.rev, alert()?.state]).toEqual([rev, "firing"]);
  });
  test("shows what the alert is, how it stands, and one button; it loads nothing and runs nothing", async () => {
    await act("assign", { assignee: "ada", comment: "disk <b>ordered</b>" });
    const { text } = await look(await linkTo("snooze", { durationMs: 90 * 60_000 }));
    expect(text).toContain("<button>Snooze for 1h 30m</button>");
    expect(text).toContain("firing since 2026-01-05 12:00 UTC");
    expect(text).toContain("Last comment: disk &#60;b&#62;ordered&#60;/b&#62;");
    expect(text).toContain('<meta name="viewport" content="width=device-width');
    expect(text.match(/<form[^>]*>/g)).toEqual(['<form method="post">']);
    expect(text).not.toMatch(/<script|<link|<img|src=|href=|url\(|@import|https?:/);
  });
  test("shows text from hosts as text", async () => {
    id = await raise("evil", { name: `"><script>alert(1)</script><img src='x' onerror="y">&` });
    for (const { text } of [await look(await linkTo("ack")), await press(await linkTo("ack"), { name: "<b>'\"" })]) {
      expect(text).toContain("&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#60;img src=&#39;x&#39;");
      expect(text).not.toMatch(/<script|<img|<i>|<b>/);
    }
    expect(alert()?.ackedBy).toBe(`<b>'" (link)`);
  });
});

describe("pressing the button", () => {
  test.each([
    ["ack", {}, { state: "acknowledged", ackedBy: "Ada (link)", comment: "on it" }, "acknowledged by Ada (link)"],
    [
      "resolve",
      {},
      { state: "resolved", resolution: "resolved by Ada (link): on it" },
      "resolved by Ada (link): on it",
    ],
    [
      "snooze",
      { durationMs: HOUR },
      { heldBy: "snoozed by Ada (link)" },
      "snoozed by Ada (link) until 2026-01-05 13:00",
    ],
  ])(
    "of %s does so, says who and what is now true, and is one action if pressed twice",
    async (action, args, is, says) => {
      const url = await linkTo(action, args);
      const first = await press(url, { name: " Ada\n", comment: "on it" });
      expect([first.status, shownOf(first.headers)]).toEqual([200, headers]);
      expect(first.text).toContain("Done.");
      expect(first.text).toContain(says);
      expect(first.text).not.toContain("<form");
      expect(alert()).toMatchObject(is);
      const { rev } = world.store.state;
      world.clock.advance(60_000);
      const second = await press(url, { name: "Ada", comment: "on it" });
      expect([second.status, second.text]).toEqual([200, first.text]);
      expect([world.store.state.rev, receipts()]).toEqual([rev, 1]);
    },
  );
  test("needs no name, no comment and no body", async () => {
    await act("ack");
    expect((await look(await linkTo("unack"), { method: "POST" })).text).toContain("Done.");
    expect(alert()).toMatchObject({ state: "firing" });
    expect((await press(await linkTo("ack"))).text).toContain("acknowledged by link at 2026-01-05 12:00 UTC<");
    await act("ack", { durationMs: HOUR });
    expect((await look(await linkTo("ack"))).text).toContain(
      "by ada at 2026-01-05 12:00 UTC until 2026-01-05 13:00 UTC<",
    );
  });
  test("does the one thing that the link is for, whatever else is asked", async () => {
    const other = await raise("db01");
    id = await raise("mail");
    await press(`${await linkTo("ack")}?action=resolve&id=${other}`, { action: "resolve", id: other, durationMs: "1" });
    expect(alert()?.state).toBe("acknowledged");
    expect(world.store.state.get("alert", other)?.value.state).toBe("firing");
  });
  test("again after somebody undid it changes nothing, says so, and tells how", async () => {
    const url = await linkTo("ack");
    await press(url);
    await act("unack");
    const again = await press(url);
    expect([again.status, alert()?.state]).toEqual([200, "firing"]);
    expect(again.text).toContain("did that before");
    expect(again.text).toContain("<form");
    expect((await press(url, { comment: "I mean it" })).text).toContain("Done.");
    expect(alert()?.state).toBe("acknowledged");
  });
  test.each([
    ["ack", {}, 409, "resolved already: there is nothing left to acknowledge"],
    ["snooze", { durationMs: HOUR }, 409, "resolved already: there is nothing left to snooze"],
    ["unack", {}, 200, "It is resolved already"],
    ["resolve", {}, 200, "Done."],
  ])("of %s on what is resolved already shows that, and does nothing", async (action, args, status, says) => {
    const url = await linkTo(action, args);
    await act("resolve", { comment: "it was the fuse" });
    const before = alert();
    const shown = await look(url);
    expect([shown.status, shown.text.includes("<form")]).toEqual([200, false]);
    expect(shown.text).toContain("resolved at 2026-01-05 12:00 UTC: resolved by ada: it was the fuse");
    const pressed = await press(url);
    expect([pressed.status, pressed.text.includes("<form")]).toEqual([status, false]);
    expect(pressed.text).toContain(says);
    expect(alert()).toEqual(before);
  });
});

describe("a link that leads nowhere has one page", () => {
  test("that has expired is 410 to a look and to the button", async () => {
    const url = await linkTo("ack");
    world.clock.advance(DAY);
    for (const reply of [await look(url), await press(url)]) {
      expect([reply.status, shownOf(reply.headers)]).toEqual([410, headers]);
      expect(reply.text).toContain("This link has expired");
      expect(reply.text).not.toContain("web01");
    }
    expect(alert()?.state).toBe("firing");
  });
  test("that wasn't made here is 404, with no word on why", async () => {
    const url = await linkTo("ack");
    const [payload = "", signature = ""] = new URL(url).pathname.slice("/link/".length).split(".");
    const unack = Buffer.from(payload, "base64url").toString().replace(" ack ", " unack ");
    const wrong = [
      `${Buffer.from(unack).toString("base64url")}.${signature}`,
      `${payload}.${signature.slice(1)}A`,
      payload,
      `${payload}.${signature}/more`,
      "",
      "a".repeat(2_000),
    ].map((token) => `${origin}/link/${token}`);
    const replies = (await Promise.all(wrong.map((one) => Promise.all([look(one), press(one)])))).flat();
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([404]));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(shownOf(replies[0]?.headers ?? new Headers())).toEqual(headers);
    expect(alert()?.state).toBe("firing");
  });
});

describe("what can't be taken is told on the same page", () => {
  test("a comment or a name too long names the field", async () => {
    for (const [field, text] of [
      ["comment", "é".repeat(501)],
      ["name", "x".repeat(65)],
    ] as const) {
      const reply = await press(await linkTo("ack"), { [field]: text });
      expect([reply.status, shownOf(reply.headers)]).toEqual([400, headers]);
      expect(reply.text).toContain(`${field}: `);
      expect(reply.text).toContain("<form");
    }
    expect(alert()?.state).toBe("firing");
  });
  test.each([
    ["a form beyond all measure", { body: new URLSearchParams({ comment: "x".repeat(9_000) }) }, 413, "too long"],
    ["another kind of body", { body: "{}", headers: { "content-type": "application/json" } }, 400, "can&#39;t be read"],
  ])("%s", async (_what, init, status, says) => {
    const reply = await look(await linkTo("ack"), { method: "POST", ...init });
    expect([reply.status, shownOf(reply.headers)]).toEqual([status, headers]);
    expect(reply.text).toContain(says);
    expect(alert()?.state).toBe("firing");
  });
  test("a disk that refuses is 503, and nothing is done", async () => {
    const url = await linkTo("ack");
    world.gate.fail(new StoreUnavailable("the disk is full"));
    const reply = await press(url);
    expect([reply.status, shownOf(reply.headers)]).toEqual([503, headers]);
    expect(alert()?.state).toBe("firing");
  });
  test("a bug is logged, without the link, and told without its words", async () => {
    const url = await linkTo("ack");
    world.engine.links.open = () => Promise.reject(new Error("secret detail"));
    const reply = await look(url);
    expect([reply.status, reply.text.includes("secret detail")]).toEqual([500, false]);
    expect(logged.join()).toContain("secret detail");
    expect(logged.join()).not.toContain(new URL(url).pathname);
  });
});
