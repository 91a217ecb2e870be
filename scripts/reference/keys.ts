import { helpSections } from "../../src/tui/input/help.ts";
import { code, pageOf, table } from "./page.ts";

const aboutKeys = `# Keys

Made from the keymap in src/tui/input by \`npm run reference\`; don't edit it by hand.

The innermost place that knows a key has it: a question before the pane, the pane before its screen, the screen before
what holds anywhere. \`?\` in the console finds any of these, and \`:\` does it by its name, whether it has a key or not.

Keys of your own stand in \`keys.yaml\` in the configuration folder (on Linux \`~/.config/sentinel\`), a binding and all its
keys a line:

\`\`\`yaml
alert.ack: [A]
view.freeze: [ctrl+o, F]
app.suspend: [] # none
\`\`\`

A key is a character as it is typed, \`ctrl+a\` to \`ctrl+z\`, or one of the names in the tables below. A binding that isn't
there, a key that isn't one, and a key that already means something at the same place are refused with their line.`;

function keySection({ title, bindings }: (typeof helpSections)[number]): string {
  const rows = bindings.map(({ id, keys, title: what }) => [
    keys.map((key) => (key === "`" ? "`` ` ``" : code(key))).join(" ") || "none",
    what,
    code(id),
  ]);
  return [`## ${title}`, table(["Keys", "", "Binding"], rows)].join("\n\n");
}

export const renderKeys = (): string => pageOf([aboutKeys, ...helpSections.map(keySection)]);
