import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readOverrides } from "../tui/input/overrides.ts";
import { readOwnKeys } from "./own-keys.ts";

function fileWith(text?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-keys-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "keys.yaml");
  if (text !== undefined) writeFileSync(file, text);
  return file;
}
const read = (text?: string) => readOwnKeys(readOverrides, fileWith(text));

test("keys of one's own are read from YAML or JSON, and needn't be there", async () => {
  expect(await read()).toBeUndefined();
  expect(await read("# mine\nalert.ack: [Q, ctrl+a]\ngo.hosts: [2]\n")).toEqual(
    new Map([
      ["alert.ack", ["Q", "ctrl+a"]],
      ["go.hosts", ["2"]],
    ]),
  );
  expect(await read('{"view.freeze": []}')).toEqual(new Map([["view.freeze", []]]));
  expect(await read("# nothing yet\n")).toEqual(new Map());
});

test("all that is wrong is told at once, each with its line", async () => {
  const file = fileWith("alert.nack: [A]\n\nalert.ack: A\ntable.mark: [/, f5]\n");
  const error = await readOwnKeys(readOverrides, file).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ status: 78 });
  expect((error as Error).message.split("\n")).toEqual([
    `${file}, line 3: alert.ack: give a list of keys, as in [A, ctrl+a]; [] for none`,
    `${file}, line 1: there is no binding alert.nack; docs/reference/keys.md names them all`,
    expect.stringContaining(`${file}, line 4: table.mark: / is the key of table.filter`),
    expect.stringContaining(`${file}, line 4: table.mark: there is no key "f5"`),
  ]);
});

test.each([
  ["alert.ack: [A\n", /, line \d: /],
  ["alert.ack: [A]\nalert.ack: [B]\n", /, line 2: Map keys must be unique/],
  ["just text", /, line 1: write a binding and its keys a line/],
  ["alert.ack:\n", /, line 1: alert\.ack: give a list of keys/],
])("a file that isn't a list of keys for each binding is refused: %j", async (text, fault) => {
  await expect(read(text)).rejects.toMatchObject({ status: 78, message: expect.stringMatching(fault) });
});
