import type { Role } from "../model.ts";
import { type ClientFrame, WS_PATH } from "../protocol.ts";
import type { Access } from "./command.ts";
import { registry } from "./registry.ts";

/** What may be asked of a caller: the access of a command, or of a route that is none. Of `ping` and `link` the secret in the address counts. */
export type RouteAccess = Access | "metrics" | "ping" | "link";

/** Who may use what asks for each access. Everything is denied to whoever isn't named here. */
export const allowed: Record<Exclude<RouteAccess, "link">, readonly (Role | "public")[]> = {
  public: ["public", "host", "metrics", "viewer", "operator", "admin"],
  metrics: ["metrics", "viewer", "operator", "admin"],
  viewer: ["viewer", "operator", "admin"],
  operator: ["operator", "admin"],
  admin: ["admin"],
  // Of the tokens with the role `host`, the host's own and ping keys.
  host: ["host", "admin"],
  ping: ["host"],
};

interface OtherRoute {
  methods: readonly string[];
  access: RouteAccess;
  summary: string;
}

const pings = { methods: ["GET", "HEAD", "POST"], access: "ping" } as const;

/** The routes that are no command's. */
export const otherRoutes: Readonly<Record<string, OtherRoute>> = {
  "/metrics": { methods: ["GET"], access: "metrics", summary: "what the daemon counts of itself" },
  "/ping/:secret": { ...pings, summary: "a ping by UUID" },
  "/ping/:first/:second": { ...pings, summary: "a ping by UUID and what it says, or by key and host" },
  "/ping/:key/:slug/:action": { ...pings, summary: "a ping by key, host and what it says" },
  "/api/push/:token": { ...pings, summary: "Uptime Kuma's push" },
  "/link/*": { methods: ["GET", "POST"], access: "link", summary: "one action on one alert, signed" },
  "/openapi.json": { methods: ["GET"], access: "public", summary: "the API, for programs" },
  "/docs": { methods: ["GET"], access: "public", summary: "the API, for people" },
  "/docs/*": { methods: ["GET"], access: "public", summary: "what that page is made of" },
  [WS_PATH]: { methods: ["GET"], access: "public", summary: "the WebSocket, whose `hello` takes a token" },
};

/** Who may send each frame; of a `command`, the command itself says who may. */
export const frameAccess: Record<ClientFrame["type"], Access> = {
  hello: "public",
  heartbeat: "host",
  watch: "viewer",
  command: "public",
};

const accesses = new Map<string, RouteAccess>([
  ...Object.entries(otherRoutes).flatMap(([url, { methods, access }]) =>
    methods.map((method): [string, RouteAccess] => [`${method} ${url}`, access]),
  ),
  ...registry.flatMap(({ access, rest }: { access: Access; rest?: (typeof registry)[number]["rest"] }) =>
    (rest?.methods ?? []).map((method): [string, RouteAccess] => [`${method} ${urlOf(rest?.path ?? "")}`, access]),
  ),
]);

/** A path of the registry as the router writes it: `/hosts/:id` for `/hosts/{id}`. */
export function urlOf(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}

/** Who may use a route; undefined if nothing says so. */
export const accessOf = (method: string, url: string): RouteAccess | undefined =>
  accesses.get(`${method} ${url}`) ?? (method === "HEAD" ? accesses.get(`GET ${url}`) : undefined);
