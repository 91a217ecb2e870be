import { expect, test } from "vitest";
import { describeProgram } from "./program.ts";
import { allCommands } from "./tree.ts";

const commands = allCommands(describeProgram());
const find = (words: string) => commands.find((one) => one.words.join(" ") === words);

test("holds commands of the registry and those made by hand, with places, flags and examples", () => {
  expect(commands.length).toBeGreaterThan(90);
  expect(find("host add")).toMatchObject({ places: ["<id>"], examples: [expect.stringContaining("--every")] });
  expect(find("host add")?.options).toContainEqual(expect.objectContaining({ name: "grace", takesValue: true }));
  expect(find("logs redact")?.options).toContainEqual(
    expect.objectContaining({ name: "hide-users", takesValue: false }),
  );
  expect(find("context list")).toMatchObject({ places: [], options: [] });
  expect(find("completion")?.positionals[0]?.choices).toEqual(["bash", "zsh", "fish"]);
  expect(find("")?.options.map(({ name }) => name)).toContain("json");
});

test("says of each command what it does", () => {
  expect(commands.filter(({ words, describe }) => words.length > 0 && describe === "")).toEqual([]);
});
