import { failureOf, statuses } from "../../src/cli/failure.ts";
import { codeMeanings, codes, httpStatus, refuse, unreached } from "../../src/shared/errors.ts";
import { code, pageOf, table } from "./page.ts";

const about = `# Errors

Made from src/shared/errors.ts by \`npm run reference\`; don't edit it by hand.

Every refusal carries one of these codes: switch on the code, show the message. REST answers \`detail\` (the message),
\`code\` and, where fields are at fault, \`errors\` with a \`field\` and a \`message\` each; the WebSocket has \`code\`,
\`message\` and \`errors\` in its \`error\` and \`result\` frames; the command line says the message and ends with the status.`;

const meanings: Record<keyof typeof statuses, string> = {
  done: "Done.",
  failed: "The operation failed: the message says why.",
  usage: "Bad usage: a command, flag or value is wrong.",
  unavailable: "No daemon answers there. `sentinel doctor` says more.",
  forbidden: "Not allowed: there is no token, a wrong one, or one whose role doesn't allow it.",
  config: "The configuration, or a file with a secret, can't be used.",
};

const codesTable = (): string =>
  table(
    ["Code", "HTTP status", "Exit status", "Meaning", "What to do"],
    codes.map((one) => [
      code(one),
      String(httpStatus[one]),
      String(failureOf(refuse(one, "")).status),
      ...codeMeanings[one],
    ]),
  );

const statusTable = (): string =>
  table(
    ["Exit status", "Meaning"],
    Object.entries(statuses).map(([name, status]) => [String(status), meanings[name as keyof typeof statuses]]),
  );

export const renderErrors = (): string =>
  pageOf([
    about,
    `## Codes\n\n${codesTable()}`,
    `A link's page can also answer 410: the link has expired.`,
    `## Exit statuses\n\n${statusTable()}`,
    `A daemon that can't be reached is \`${unreached("").code}\` too, and ends with ${failureOf(unreached("")).status}. \`sentinel run\` ends as its job does.`,
  ]);
