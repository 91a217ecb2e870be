/** Writes docs/reference from the registry, the schemas and the keymap: `npm run reference`. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { renderCommands } from "./reference/commands.ts";
import { renderConfiguration } from "./reference/configuration.ts";
import { renderErrors } from "./reference/errors.ts";
import { renderKeys } from "./reference/keys.ts";
import { renderRest } from "./reference/rest.ts";
import { renderRoles } from "./reference/roles.ts";
import { renderWebsocket } from "./reference/websocket.ts";

const folder = path.join(import.meta.dirname, "..", "docs", "reference");

/** The pages by the file that each is in. */
export const references: readonly { file: string; render: () => string }[] = [
  { file: path.join(folder, "commands.md"), render: renderCommands },
  { file: path.join(folder, "configuration.md"), render: renderConfiguration },
  { file: path.join(folder, "errors.md"), render: renderErrors },
  { file: path.join(folder, "keys.md"), render: renderKeys },
  { file: path.join(folder, "rest.md"), render: renderRest },
  { file: path.join(folder, "roles.md"), render: renderRoles },
  { file: path.join(folder, "websocket.md"), render: renderWebsocket },
];

if (import.meta.main) {
  mkdirSync(folder, { recursive: true });
  for (const { file, render } of references) writeFileSync(file, render());
}
