import { describe, expect, test } from "vitest";
import { CLIPBOARD_BYTES, clipboardSequence, sayCopied } from "./clipboard.ts";

const escape = "\u001b";

describe("a text for the clipboard", () => {
  test("is sent as base64, whatever is in it", () => {
    expect(clipboardSequence("añ\n", undefined)).toBe(`${escape}]52;c;YcOxCg==\u0007`);
  });
  test("is sent to tmux, and through it", () => {
    expect(clipboardSequence("a", "tmux")).toBe(
      `${escape}]52;c;YQ==\u0007${escape}Ptmux;${escape}${escape}]52;c;YQ==\u0007${escape}\\`,
    );
  });
  test("goes through screen in pieces that it passes on", () => {
    const sent = clipboardSequence("a".repeat(300), "screen") ?? "";
    const pieces = sent.split(`${escape}\\`).slice(0, -1);
    expect(pieces.length).toBe(6);
    for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(78);
    expect(pieces.map((piece) => piece.replace(`${escape}P`, "")).join("")).toBe(
      clipboardSequence("a".repeat(300), undefined),
    );
  });
  test("is at most what terminals take, in bytes", () => {
    expect(clipboardSequence("x".repeat(CLIPBOARD_BYTES), undefined)?.length).toBe(100_000);
    expect(clipboardSequence("x".repeat(CLIPBOARD_BYTES + 1), undefined)).toBeUndefined();
    expect(clipboardSequence("é".repeat(CLIPBOARD_BYTES / 2 + 1), undefined)).toBeUndefined();
  });
  test.each([
    ["x", undefined, "line 4 sent to your terminal's clipboard (1 B); if nothing came"],
    ["x".repeat(2_500), "tmux", "(2.5 kB); tmux lets it through with"],
    ["x", "screen", "past screen"],
    ["x".repeat(80_000), undefined, "line 4: 80.0 kB are more than a terminal's clipboard takes (75 kB); W writes"],
  ] as const)("is told of for what it is", (text, around, said) => {
    expect(sayCopied("line 4", text, around)).toContain(said);
  });
});
