import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type FastifyInstance } from "fastify";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { allowed, frameAccess, otherRoutes, urlOf } from "../src/shared/api/access.ts";
import type { CommandSpec } from "../src/shared/api/command.ts";
import { registry } from "../src/shared/api/registry.ts";
import { roles } from "../src/shared/model.ts";
import { SUBPROTOCOL, WS_PATH } from "../src/shared/protocol.ts";
import { routesOf } from "../src/daemon/http/declared.ts";
import { createHttp } from "../src/daemon/http/server.ts";
import { createWs } from "../src/daemon/ws/server.ts";
import { testDoor } from "./support/door.ts";
import { admin, createTestEngine } from "./support/engine.ts";

// Every route is tried with every role: far more often than a person would.
const door = testDoor({ publicPerMinute: 1_000_000, wrongPerMinute: 1_000_000 });
const specs = registry as readonly unknown[] as readonly CommandSpec[];
const who = [
  "nobody",
  "a stranger",
  "the host",
  "another host",
  "a ping key",
  "metrics",
  "viewer",
  "operator",
  "admin",
  "the configured key",
  "an expired admin",
  "a revoked admin",
] as const;
type Who = (typeof who)[number];

const admins: Who[] = ["admin", "the configured key"];
/** What this test holds the code to; `allowed` in src/shared/api/access.ts is how it gets there. */
const may: Record<keyof typeof allowed | "link", readonly Who[]> = {
  public: who,
  metrics: ["metrics", "viewer", "operator", ...admins],
  viewer: ["viewer", "operator", ...admins],
  operator: ["operator", ...admins],
  admin: admins,
  host: ["the host", "a ping key", ...admins],
  ping: [],
  link: [],
};
/** Of the ping URLs the secret in the address alone counts, and without a host in it only that host's own. */
const mayPing: Readonly<Record<string, readonly Who[]>> = {
  "/ping/:secret": ["the host"],
  "/api/push/:token": ["the host"],
  "/ping/:first/:second": ["the host", "a ping key"],
  "/ping/:key/:slug/:action": ["the host", "a ping key"],
};

let world: ReturnType<typeof createTestEngine>;
let app: FastifyInstance;
let sockets: { stop(): void };
let base: string;
const secrets = {} as Record<Who, string | undefined>;

const createApp = (engine: typeof world): Promise<FastifyInstance> =>
  createHttp({
    door,
    engine: engine.engine,
    clock: engine.clock,
    log: pino({ level: "silent" }),
    version: "0.1.0",
    metrics: async () => "what is counted",
  });

async function newToken(role: string, args: object = {}): Promise<{ id: string; token: string }> {
  const made = await world.engine.execute("token.add", { name: role, role, ...args }, admin);
  if (!made.ok) throw new Error(made.message);
  return made.value as { id: string; token: string };
}

beforeAll(async () => {
  world = createTestEngine();
  const revoked = await newToken("admin");
  Object.assign(secrets, {
    "a stranger": "nobody-knows-this",
    "the host": (await world.addHost("web01")).token,
    "another host": (await world.addHost("db01")).token,
    "a ping key": (await newToken("host")).token,
    metrics: (await newToken("metrics")).token,
    viewer: (await newToken("viewer")).token,
    operator: (await newToken("operator")).token,
    admin: (await newToken("admin")).token,
    "the configured key": "admin-secret",
    "an expired admin": (await newToken("admin", { expiresAt: world.clock.now() + 1 })).token,
    "a revoked admin": revoked.token,
  } satisfies Partial<typeof secrets>);
  await world.engine.execute("token.revoke", { id: revoked.id }, admin);
  world.clock.advance(1);
  app = await createApp(world);
  sockets = createWs({
    door,
    server: app.server,
    engine: world.engine,
    clock: world.clock,
    log: pino({ level: "silent" }),
    version: "0.1.0",
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  base = `127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  sockets.stop();
  await app.close();
});

const pathOf = (url: string, secret = "none"): string =>
  url
    .replace(/^(\/ping|\/api\/push)\/:\w+/, `$1/${secret}`)
    .replace(/:(second|slug)/, "web01")
    .replace(":action", "start")
    .replace("/heartbeat/:id", "/heartbeat/web01")
    .replace(/:\w+|\*/, "none");

/** The status of a request in which all but the caller is nonsense, so that whoever may changes nothing either. */
async function ask(method: string, url: string, caller: Who, bearer: boolean): Promise<number> {
  const secret = secrets[caller];
  const presented = bearer ? { authorization: `Bearer ${secret}` } : { "x-api-key": `${secret}` };
  const hasBody = (method === "POST" || method === "PUT") && !url.startsWith("/link/");
  const reply = await fetch(`http://${base}${pathOf(url, secret)}`, {
    method,
    headers: { ...(secret ? presented : {}), ...(hasBody ? { "content-type": "application/json" } : {}) },
    ...(hasBody ? { body: '{"nonsense":true}' } : {}),
  });
  await reply.arrayBuffer();
  return reply.status;
}

describe("routes", () => {
  const ofCommands = specs.flatMap(({ rest, access }) =>
    (rest?.methods ?? []).map((method) => ({ method, url: urlOf(rest?.path ?? ""), access })),
  );
  const others = Object.entries(otherRoutes).flatMap(([url, { methods, access }]) =>
    methods.map((method) => ({ method, url, access })),
  );
  const ofServer = [...ofCommands, ...others].filter(({ url }) => url !== WS_PATH);

  test("are those that say who may use them, and no others", () => {
    const named = new Set(ofServer.map(({ method, url }) => `${method} ${url}`));
    const served = routesOf(app).filter((route) => !route.startsWith("HEAD ") || named.has(route));
    expect(new Set(served)).toEqual(named);
  });
  test("without an access can't be added, in whatever part", async () => {
    const another = await createApp(createTestEngine());
    expect(() => another.get("/api/v1/everything", () => "open")).toThrow("GET /api/v1/everything has no access");
    expect(() => another.delete("/metrics", () => "open")).toThrow("DELETE /metrics has no access");
    await another.close();
  });
  test.each(ofServer)("$method $url is for $access alone", async ({ method, url, access }) => {
    for (const caller of who) {
      for (const bearer of [true, false]) {
        const status = await ask(method, url, caller, bearer);
        const isIn = status !== 401 && status !== 403 && !((access === "link" || access === "ping") && status === 404);
        const expected = mayPing[url] ?? may[access];
        // A ping of another host's own secret is that host's.
        if (caller === "another host" && access === "ping" && expected.length === 1) expect(status).toBe(200);
        else expect({ caller, status, isIn }).toEqual({ caller, status, isIn: expected.includes(caller) });
        expect(status).not.toBe(500);
      }
    }
  });
});

/** One connection; undefined where its hello is refused. */
async function greet(caller: Who) {
  const ws = new WebSocket(`ws://${base}${WS_PATH}`, SUBPROTOCOL);
  await once(ws, "open");
  const next = async () => JSON.parse(String((await once(ws, "message"))[0])) as { code?: string; type: string };
  const asked = async (frame: object) => {
    const answer = next();
    ws.send(JSON.stringify(frame));
    return answer;
  };
  const said = await asked({ type: "hello", client: "test/1", token: secrets[caller] });
  return { ws, asked, welcome: said.type === "welcome" };
}
const isDenied = ({ code }: { code?: string }): boolean => code === "unauthorized" || code === "forbidden";

describe("over the WebSocket", () => {
  const known = who.filter((one) => !["nobody", "a stranger", "an expired admin", "a revoked admin"].includes(one));

  test.each(who)("%s is welcomed, or closed with 4401", async (caller) => {
    const { ws, welcome } = await greet(caller);
    expect(welcome).toBe(known.includes(caller));
    if (!welcome) expect((await once(ws, "close"))[0]).toBe(4401);
    ws.terminate();
  });
  test.each(known)("%s may use the commands of its role and no others, and its frames", async (caller) => {
    const { ws, asked } = await greet(caller);
    for (const { name, access } of specs) {
      const answer = await asked({ type: "command", id: name, name, args: { host: "web01", id: "none" } });
      expect([name, isDenied(answer)]).toEqual([name, !may[access].includes(caller)]);
    }
    const heartbeat = await asked({ type: "heartbeat", host: "web01" });
    expect(isDenied(heartbeat)).toBe(!may[frameAccess.heartbeat].includes(caller));
    const watch = await asked({ type: "watch", since: 0 });
    expect(isDenied(watch)).toBe(!may[frameAccess.watch].includes(caller));
    ws.terminate();
  });
});

test("every access names its roles, and every role is played here", () => {
  expect(Object.keys(may).toSorted()).toEqual([...Object.keys(allowed), "link"].toSorted());
  for (const { access } of specs) expect(Object.keys(allowed)).toContain(access);
  expect(new Set(Object.values(allowed).flat())).toEqual(new Set(["public", ...roles]));
});
