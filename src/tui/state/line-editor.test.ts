import { expect, test } from "vitest";
import { edit, emptyLine } from "./line-editor.ts";
import type { Edit } from "./line-editor.ts";

const insert = (text: string): Edit => ({ kind: "insert", text });

test.each<[string, Edit[], string, number]>([
  ["typed text is kept", [insert("on it")], "on it", 5],
  ["a pasted line end never sends", [insert("one\r\ntwo")], "one two", 7],
  ["escape sequences don't get in", [insert("\u001b[31mred")], "red", 3],
  ["backspace takes a whole character", [insert("a😀"), { kind: "backspace" }], "a", 1],
  ["a word at a time", [insert("look at it"), { kind: "word" }], "look at ", 8],
  ["everything to the left", [insert("look at it"), { kind: "caret", by: -3 }, { kind: "clear" }], " it", 0],
  ["in the middle", [insert("onit"), { kind: "caret", by: -2 }, insert(" ")], "on it", 3],
  ["delete to the right", [insert("abc"), { kind: "caret", by: -1000 }, { kind: "delete" }], "bc", 0],
])("%s", (_name, edits, text, caret) => expect(edits.reduce(edit, emptyLine)).toEqual({ text, caret }));

test("a line has an end", () => expect(edit(emptyLine, insert("x".repeat(2_100))).text).toHaveLength(2_000));
