import { allowed, frameAccess, otherRoutes } from "../../src/shared/api/access.ts";
import type { RouteAccess } from "../../src/shared/api/access.ts";
import { code, pageOf, sayAllowed, specs, table } from "./page.ts";

const aboutRoles = `# Roles

Made from the registry in src/shared/api by \`npm run reference\`; don't edit it by hand.
[Tokens](../how-to/tokens.md) says how a token comes by its role.

Whatever isn't named here is denied, and a route that isn't can't be added. \`host\` means the host's own token and, as the
one that speaks for every host, a ping key. A token that is expired or revoked is none.`;

const shown = ["public", "host", "metrics", "viewer", "operator", "admin"] as const;
const marks = (access: RouteAccess): string[] =>
  shown.map((role) => (access !== "link" && allowed[access].includes(role) ? "✓" : ""));

function rolesTable(first: string, rows: [name: string, form: string, access: RouteAccess][]): string {
  return table(
    [first, "", ...shown],
    rows.map(([name, form, access]) => [code(name), form, ...marks(access)]),
  );
}

export const renderRoles = (): string => {
  const commands = specs.map(({ name, rest, access }): [string, string, RouteAccess] => [
    name,
    rest ? rest.methods.map((method) => code(`${method} ${rest.path}`)).join(", ") : "",
    access,
  ]);
  const routes = Object.entries(otherRoutes).map(
    ([url, { methods, access, summary }]): [string, string, RouteAccess] => [
      `${methods.join("|")} ${url}`,
      access === "link" ? `${summary}; ${sayAllowed(access)}` : summary,
      access,
    ],
  );
  const frames = Object.entries(frameAccess).map(([type, access]): [string, string, RouteAccess] => [
    type,
    type === "command" ? "what it asks for says who may" : "",
    access,
  ]);
  const parts = [
    aboutRoles,
    `## Commands\n\n${rolesTable("Command", commands)}`,
    `## Other routes\n\n${rolesTable("Route", routes)}`,
    `## WebSocket frames\n\n${rolesTable("Frame", frames)}`,
  ];
  return pageOf(parts);
};
