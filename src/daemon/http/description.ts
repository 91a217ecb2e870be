import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import Fastify, { type FastifyInstance } from "fastify";
import { createJsonSchemaTransform, validatorCompiler } from "fastify-type-provider-zod";
import { instantsAsText } from "./wire.ts";

/** The API that `addRoutes` makes, described: `/openapi.json` for programs, `/docs` for people. Nothing else is to be asked of it. */
export async function createDescription(
  version: string,
  addRoutes: (app: FastifyInstance) => void,
): Promise<FastifyInstance> {
  const app = Fastify({ logger: false });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Sentinel", description: "Watches hosts and tells people in time.", version },
      components: { securitySchemes },
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig: { override: instantsAsText } }),
  });
  await app.register(swaggerUi, { routePrefix: "/docs", staticCSP: policy });
  app.addHook("onSend", async (_request, reply) => void reply.headers(headers));
  app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
  addRoutes(app);
  await app.ready();
  return app;
}

/** Swagger's page runs what comes from here alone, and stands in no frame. */
const policy = {
  "default-src": "'self'",
  "style-src": "'self' 'unsafe-inline'",
  "img-src": "'self' data:",
  "object-src": "'none'",
  "base-uri": "'none'",
  "frame-ancestors": "'none'",
};
const headers = { "referrer-policy": "no-referrer", "x-content-type-options": "nosniff" };

const securitySchemes = {
  apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
  bearer: { type: "http", scheme: "bearer" },
} as const;
