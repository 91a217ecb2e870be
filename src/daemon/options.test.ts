import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { OptionsError, readOptions } from "./options.ts";

const folder = mkdtempSync(join(tmpdir(), "sentinel-options-"));
function configFile(text: string): string {
  const path = join(folder, `${Math.abs(text.length * 7919 + (text.codePointAt(0) ?? 0))}.yaml`);
  writeFileSync(path, text);
  return path;
}
const read = (flags: object = {}, env: Record<string, string> = {}) => readOptions({ flags, env });

describe("where a setting comes from", () => {
  test("with nothing said, it listens on loopback and keeps its data in ./data", () => {
    expect(read()).toMatchObject({
      listen: { host: "127.0.0.1", port: 8080 },
      data: join(process.cwd(), "data"),
      logLevel: "info",
    });
  });
  test("flag rules over environment, environment over file", () => {
    const config = configFile("listen: 127.0.0.1:1\nlogLevel: error\ndata: /from-file\n");
    expect(read({ config }).listen.port).toBe(1);
    expect(read({ config }, { SENTINEL_LISTEN: "2" }).listen.port).toBe(2);
    expect(read({ config, listen: "3" }, { SENTINEL_LISTEN: "2" }).listen.port).toBe(3);
    expect(read({ config }, { SENTINEL_DATA: "/from-env" })).toMatchObject({ data: "/from-env", logLevel: "error" });
  });
  test("the predecessor's names are understood", () => {
    const options = read(
      {},
      { API_HOST: "0.0.0.0", API_PORT: "9000", API_SECRET_KEY: "a-long-secret", LOG_LEVEL: "WARNING" },
    );
    expect(options).toMatchObject({ listen: { host: "0.0.0.0", port: 9000 }, logLevel: "warn" });
    expect(options.apiSecretKey?.reveal()).toBe("a-long-secret");
    const discord = read({}, { DISCORD_WEBHOOK_URL: "https://discord.example/x" }).discordWebhookUrl;
    expect([discord?.reveal(), String(discord)]).toEqual(["https://discord.example/x", "[redacted]"]);
  });
  test("the example file is valid, also with every line uncommented", () => {
    const example = readFileSync(new URL("../../data/sentinel.example.yaml", import.meta.url), "utf8");
    expect(read({ config: configFile(example) }).listen.port).toBe(8080);
    expect(read({ config: configFile(example.replace(/^# (\w+: )/gm, "$1")) }).publicUrl).toBe(
      "https://sentinel.example.org",
    );
  });
});

test.each([
  ["8080", { host: "127.0.0.1", port: 8080 }],
  ["0.0.0.0:80", { host: "0.0.0.0", port: 80 }],
  ["[::1]:8080", { host: "::1", port: 8080 }],
  ["localhost:0", { host: "localhost", port: 0 }],
])("listen %s", (listen, expected) => expect(read({ listen }).listen).toEqual(expected));

describe("what can't be used is named, with what would do", () => {
  test.each([
    ["a port that isn't one", { listen: "127.0.0.1:99999" }, {}, /listen: write HOST:PORT/],
    ["an address without a port", { listen: "example.org" }, {}, /listen/],
    ["an unknown log level", {}, { LOG_LEVEL: "loud" }, /logLevel/],
    ["a short secret key", {}, { API_SECRET_KEY: "short" }, /apiSecretKey: use at least 8/],
    ["a file that isn't there", { config: "/nowhere/x.yaml" }, {}, /\/nowhere\/x.yaml: ENOENT/],
    ["broken YAML", { config: configFile("a: [") }, {}, /not valid YAML/],
    ["an unknown setting in the file", { config: configFile("listne: 1") }, {}, /listne/],
  ])("%s", (_name, flags, env, message) => {
    expect(() => read(flags, env as unknown as Record<string, string>)).toThrow(OptionsError);
    expect(() => read(flags, env as unknown as Record<string, string>)).toThrow(message);
  });
});

test("a secret prints as [redacted] however it is shown", () => {
  const { apiSecretKey } = read({}, { API_SECRET_KEY: "a-long-secret" });
  expect([String(apiSecretKey), JSON.stringify({ apiSecretKey }), inspect(apiSecretKey)].join()).not.toContain(
    "a-long-secret",
  );
});
