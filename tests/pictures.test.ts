import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import xterm from "@xterm/headless";
import { expect, test } from "vitest";
import { svgOf } from "../scripts/pictures/svg.ts";

const root = path.join(import.meta.dirname, "..");

async function drawn(text: string, columns = 10, rows = 2): Promise<string> {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  return svgOf(terminal.buffer.active, { columns, rows }, "a <test>");
}

test("a picture has the terminal's text at its place, in its colours", async () => {
  const svg = await drawn("\u001b[31mab\u001b[0m  <&>\r\n\u001b[7;1mx \u001b[0m\u001b[38;5;196mz\u001b[38;2;1;2;3mw");
  expect(svg).toContain("<title>a &lt;test&gt;</title>");
  expect(svg).toContain('<tspan x="10" textLength="16.8" fill="#ff7b72">ab</tspan>');
  expect(svg).toContain('<tspan x="43.6" textLength="25.2">&lt;&amp;&gt;</tspan>');
  expect(svg).toContain('<rect x="10" y="28" width="16.8" height="18" fill="#c9d1d9"/>');
  expect(svg).toContain('<tspan x="10" textLength="8.4" fill="#0d1117" font-weight="bold">x</tspan>');
  expect(svg).toContain('fill="#ff0000">z<');
  expect(svg).toContain('fill="#010203">w<');
});

test("what is dim, underlined or twice as wide is so in the picture", async () => {
  const svg = await drawn("\u001b[2md\u001b[0;4m u\u001b[0m日x");
  expect(svg).toContain('fill-opacity=".6">d<');
  expect(svg).toContain('textLength="16.8" text-decoration="underline"> u<');
  expect(svg).toContain('<tspan x="35.2" textLength="25.2">日x</tspan>');
});

test("every picture is small, made by the script, and shown where the console is explained; and no other is", () => {
  const folder = path.join(root, "docs", "pictures");
  const names = readdirSync(folder);
  expect(names.length).toBeGreaterThan(3);
  for (const name of names) {
    const svg = readFileSync(path.join(folder, name), "utf8");
    expect([name, svg.length < 60_000, svg.startsWith("<svg ")]).toEqual([name, true, true]);
  }
  const page = readFileSync(path.join(root, "docs", "how-to", "console.md"), "utf8");
  const shown = page.matchAll(/\]\(\.\.\/pictures\/([\w-]+\.svg)\)/g);
  expect(new Set(Array.from(shown, ([, name]) => name))).toEqual(new Set(names));
  const script = readFileSync(path.join(root, "scripts", "pictures.ts"), "utf8");
  expect(names.filter((name) => !script.includes(`name: "${name.replace(".svg", "")}"`))).toEqual([]);
});
