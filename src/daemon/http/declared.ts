import type { FastifyInstance } from "fastify";
import { accessOf } from "../../shared/api/access.ts";

/** Refuses every route that says nowhere who may use it, so that the daemon doesn't even start with one. */
export function requireAccess(app: FastifyInstance): void {
  const routes: string[] = [];
  app.decorate("routes", routes);
  app.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat()) {
      if (!accessOf(one, url)) throw new Error(`${one} ${url} has no access: name it in src/shared/api/access.ts`);
      routes.push(`${one} ${url}`);
    }
  });
}

/** The routes there are, as `GET /url/:param`. */
export const routesOf = (app: FastifyInstance): readonly string[] => app.getDecorator("routes");
