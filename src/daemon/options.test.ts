import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { defaultBusinessHours } from "../shared/schedule/window.ts";
import { fileSchema, OptionsError, readOptions } from "./options.ts";

const folder = mkdtempSync(join(tmpdir(), "sentinel-options-"));
let files = 0;
function configFile(text: string): string {
  const path = join(folder, `${++files}.yaml`);
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
  test("TLS's two files may come from different places, and are named by their whole path", () => {
    const config = configFile("tls: { certFile: /from-file.crt, keyFile: /from-file.key }");
    expect(read({ config }).tls).toEqual({ certFile: "/from-file.crt", keyFile: "/from-file.key" });
    const options = read(
      { config, "tls-cert": "own.crt" },
      { SENTINEL_TLS_CERT: "/env.crt", SENTINEL_TLS_KEY: "/e.key" },
    );
    expect(options.tls).toEqual({ certFile: join(process.cwd(), "own.crt"), keyFile: "/e.key" });
    expect(options.items.filter(({ name }) => name.startsWith("tls.")).map(({ from }) => from)).toEqual([
      "--tls-cert",
      "SENTINEL_TLS_KEY",
    ]);
    expect(read().tls).toBeUndefined();
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
  const example = readFileSync(new URL("../../data/sentinel.example.yaml", import.meta.url), "utf8");
  const uncommented = example.replace(/^# (\w+:( |$)| )/gm, "$1");
  test("the example file is valid, also with every line uncommented", () => {
    expect(read({ config: configFile(example) }).listen.port).toBe(8080);
    const whole = read({ config: configFile(uncommented) });
    expect(whole.publicUrl).toBe("https://sentinel.example.org");
    expect(whole.upstream).toMatchObject({ enabled: true, periodMs: 300_000 });
    expect([whole.businessHours, whole.pingBody]).toEqual([
      defaultBusinessHours,
      { limitBytes: 100_000, keep: "first" },
    ]);
  });
  test("the example file has every key that there is", () => {
    type Node = { properties?: Record<string, Node> };
    const missing = ({ properties = {} }: Node, given: Record<string, unknown>, at = ""): string[] =>
      Object.entries(properties).flatMap(([key, inside]) =>
        key in given ? missing(inside, given[key] as Record<string, unknown>, `${at}${key}.`) : [`${at}${key}`],
      );
    const whole = parse(uncommented) as Record<string, unknown>;
    expect(missing(z.toJSONSchema(fileSchema, { io: "input", unrepresentable: "any" }) as Node, whole)).toEqual([]);
    delete (whole["settings"] as Record<string, Record<string, unknown>>)["logs"]?.["syslog"];
    expect(missing(z.toJSONSchema(fileSchema, { io: "input", unrepresentable: "any" }) as Node, whole)).toEqual([
      "settings.logs.syslog",
    ]);
  });
});

describe("settings", () => {
  const yaml = configFile(`settings:
  businessHours: { start: "06:00", end: "20:00", zone: Europe/Berlin }
  holidays: [{ date: "12-25", name: Christmas }]
  pingBody: { keep: last }
  upstream: { url: "https://hc-ping.com/from-file", periodMs: 60000, kind: healthchecks }
`);
  const originOf = (options: ReturnType<typeof read>, name: string) =>
    options.items.find((item) => item.name === name) ?? expect.unreachable();

  test("come from the file, field by field, and environment rules over it", () => {
    const env = {
      BUSINESS_HOURS_START: "7:30",
      BUSINESS_HOURS_DAYS: "[1, 2,3]",
      HEALTHCHECKS_URL: "https://hc-ping.com/from-env",
    };
    const options = read({ config: yaml }, env);
    expect(options.businessHours).toEqual({ start: "07:30", end: "20:00", zone: "Europe/Berlin", days: [1, 2, 3] });
    expect([options.holidays, options.pingBody]).toEqual([[{ date: "12-25", name: "Christmas" }], { keep: "last" }]);
    expect(options.upstream).toMatchObject({ enabled: true, periodMs: 60_000, kind: "healthchecks" });
    expect(options.upstream?.url?.reveal()).toBe("https://hc-ping.com/from-env");
    expect(originOf(options, "businessHours.start")).toMatchObject({
      source: "environment",
      from: "BUSINESS_HOURS_START",
    });
    expect(originOf(options, "businessHours.end")).toEqual({
      name: "businessHours.end",
      value: "20:00",
      source: "file",
      from: yaml,
    });
    expect(originOf(options, "upstream.enabled")).toMatchObject({ value: true, from: "HEALTHCHECKS_URL" });
    expect(read({ config: yaml }).upstream?.url?.reveal()).toBe("https://hc-ping.com/from-file");
  });
  test("that nobody gives are absent; an empty variable is none", () => {
    const options = read({}, { BUSINESS_HOURS_END: "", HEALTHCHECKS_URL: "", SENTINEL_LISTEN: "" });
    const { businessHours, holidays, pingBody, upstream } = options;
    expect({ businessHours, holidays, pingBody, upstream }).toEqual({});
    expect(originOf(options, "businessHours.end")).toMatchObject({ source: "default" });
  });
  test("each option tells where it came from, secrets masked", () => {
    const config = configFile("logLevel: debug\n");
    const options = read({ config, listen: "1" }, { SENTINEL_DATA: "/d", API_SECRET_KEY: "a-long-secret" });
    const told = Object.fromEntries(
      options.items.map(({ name, value, source, from }) => [name, [value, source, from]]),
    );
    expect(told).toMatchObject({
      config: [config, "flag", "--config"],
      data: ["/d", "environment", "SENTINEL_DATA"],
      listen: ["1", "flag", "--listen"],
      logLevel: ["debug", "file", config],
      publicUrl: [null, "default", undefined],
      apiSecretKey: ["[redacted]", "environment", "API_SECRET_KEY"],
    });
    const webhook = read(
      {},
      { DISCORD_WEBHOOK_URL: "https://discord.example/s3cret", HEALTHCHECKS_URL: "https://hc-ping.com/s3cret" },
    );
    expect(originOf(webhook, "discordWebhookUrl").value).toBe("https://discord.example/…");
    expect(originOf(webhook, "upstream.url").value).toBe("https://hc-ping.com/…");
    expect(JSON.stringify(webhook)).not.toContain("s3cret");
  });
  test("the model is the predecessor's, or the file's; its key comes from the environment or a file of its own", () => {
    const config = configFile(
      "settings: { model: { url: 'https://a.example/v1', name: small, tokensPerCall: 9000 }, logs: { commands: [cat /x] } }",
    );
    expect(read({ config })).toMatchObject({
      model: { enabled: true, url: "https://a.example/v1", name: "small", tokensPerCall: 9_000 },
      logs: { commands: ["cat /x"] },
    });
    const keyFile = configFile("s3cret-key\n");
    const named = { LLM_API_URL: "https://b.example/v1", LLM_DEFAULT_MODEL: "large", LLM_API_KEY_FILE: keyFile };
    const options = read({ config }, named);
    expect(options.model).toMatchObject({ enabled: true, url: "https://b.example/v1", name: "large" });
    expect([options.modelKey?.reveal(), originOf(options, "modelKey").value]).toEqual(["s3cret-key", "[redacted]"]);
    expect(read({}, { LLM_API_KEY: "own", LLM_API_KEY_FILE: keyFile }).modelKey?.reveal()).toBe("own");
    expect(JSON.stringify(options)).not.toContain("s3cret");
    expect(() => read({}, { LLM_API_KEY_FILE: "/not/there" })).toThrow(
      /LLM_API_KEY_FILE: can't read \/not\/there: ENOENT/,
    );
    expect(read({}, { SSH_AUTH_SOCK: "/run/agent" }).agentSocket).toBe("/run/agent");
  });
  test("upstream may be off with its URL kept", () => {
    const config = configFile("settings: { upstream: { enabled: false, url: 'https://hc-ping.com/x' } }");
    expect(read({ config }).upstream?.enabled).toBe(false);
  });
});

test.each([
  ["8080", { host: "127.0.0.1", port: 8080 }],
  ["[::1]:8080", { host: "::1", port: 8080 }],
  ["localhost:0", { host: "localhost", port: 0 }],
])("listen %s", (listen, expected) => expect(read({ listen }).listen).toEqual(expected));

describe("beyond this machine", () => {
  const elsewhere = { listen: "0.0.0.0:8080" };
  test.each([["0.0.0.0:80"], ["192.0.2.1:80"], ["[::]:80"], ["sentinel.example.org:80"]])(
    "%s without TLS is refused, with both ways out",
    (listen) =>
      expect(() => read({ listen })).toThrow(
        /^setting listen: .* in the clear \(it comes from --listen\)\. Give a certificate with --tls-cert and --tls-key, or say --insecure-http/,
      ),
  );
  test("it listens with TLS, or where the clear is agreed to, and tells by whom", () => {
    const file = configFile("insecureHttp: true\nlisten: 0.0.0.0:8080");
    expect(read({ ...elsewhere, "tls-cert": "c", "tls-key": "k" }).inTheClear).toBeUndefined();
    expect(read({ ...elsewhere, "insecure-http": true }).inTheClear).toBe("--insecure-http");
    expect(read(elsewhere, { SENTINEL_INSECURE_HTTP: "1" }).inTheClear).toBe("SENTINEL_INSECURE_HTTP");
    expect(read({ config: file }).inTheClear).toBe(file);
    expect(read({}, { API_HOST: "0.0.0.0" })).toMatchObject({
      inTheClear: "API_HOST, API_PORT",
      insecureHttp: true,
      listen: { host: "0.0.0.0", port: 8080 },
    });
  });
  test("the predecessor's variable agrees for what it says alone, and not against what is said here", () => {
    expect(() => read(elsewhere, { API_HOST: "0.0.0.0" })).toThrow("--insecure-http");
    const config = configFile("insecureHttp: false");
    expect(() => read({ config }, { API_HOST: "0.0.0.0" })).toThrow("--insecure-http");
    expect(() => read(elsewhere, { SENTINEL_INSECURE_HTTP: "perhaps" })).toThrow(/insecureHttp: .*SENTINEL_INSECURE/);
  });
  test("on this machine nothing has to be agreed to", () =>
    expect(read({}, { API_HOST: "127.0.0.1" })).toMatchObject({ inTheClear: undefined }));
});

test("proxies, origins and a socket come from the environment or the file", () => {
  const config = configFile(
    "trustedProxies: [10.0.0.0/8, unix]\norigins: [https://a.example]\nsocket: { path: /run/s.sock, mode: '0600' }",
  );
  expect(read({ config })).toMatchObject({
    trustedProxies: ["10.0.0.0/8", "unix"],
    origins: ["https://a.example"],
    socket: { path: "/run/s.sock", mode: 0o600 },
  });
  const env = { SENTINEL_TRUSTED_PROXIES: "192.0.2.1, fd00::/8", SENTINEL_SOCKET: "s.sock" };
  expect(read({}, env)).toMatchObject({
    trustedProxies: ["192.0.2.1", "fd00::/8"],
    socket: { path: join(process.cwd(), "s.sock"), mode: 0o660 },
  });
  expect(read().socket).toBeUndefined();
});

describe("what can't be used is named, with what would do", () => {
  test.each([
    ["a port that isn't one", { listen: "127.0.0.1:99999" }, {}, /listen: write HOST:PORT/],
    ["a proxy that is none", {}, { SENTINEL_TRUSTED_PROXIES: "10.0.0.1, nginx" }, /trustedProxies.1: write an address/],
    ["a page's address that is none", {}, { SENTINEL_ORIGINS: "status.example.org" }, /origins.0: write where a page/],
    ["a mode without a socket", {}, { SENTINEL_SOCKET_MODE: "0600" }, /socket.path: say where the socket/],
    ["a mode that is none", {}, { SENTINEL_SOCKET: "/s", SENTINEL_SOCKET_MODE: "rw" }, /socket.mode: as in "0660"/],
    ["an address without a port", { listen: "example.org" }, {}, /listen/],
    [
      "a TLS key without its certificate",
      {},
      { SENTINEL_TLS_KEY: "k" },
      /tls.certFile: give the key's certificate too/,
    ],
    ["a TLS certificate without its key", { "tls-cert": "c" }, {}, /tls.keyFile: give the certificate's key too/],
    ["an unknown log level", {}, { LOG_LEVEL: "loud" }, /logLevel/],
    ["a short passphrase", {}, { SENTINEL_BACKUP_PASSPHRASE: "short" }, /backupPassphrase: use at least 8/],
    ["a short secret key", {}, { API_SECRET_KEY: "short" }, /apiSecretKey: use at least 8/],
    ["a file that isn't there", { config: "/nowhere/x.yaml" }, {}, /\/nowhere\/x.yaml: ENOENT/],
    ["broken YAML", { config: configFile("a: [") }, {}, /not valid YAML/],
    ["hours that are none", {}, { BUSINESS_HOURS_START: "25:00" }, /businessHours.start: .*BUSINESS_HOURS_START/],
    ["days that are none", {}, { BUSINESS_HOURS_DAYS: "Mon-Fri" }, /businessHours.days.0: .*BUSINESS_HOURS_DAYS/],
    ["a zone that is none", {}, { BUSINESS_HOURS_TIMEZONE: "Mars" }, /businessHours.zone: .*BUSINESS_HOURS_TIMEZONE/],
    [
      "an upstream in the clear",
      {},
      { HEALTHCHECKS_URL: "http://e.org/x" },
      /upstream.url: only https.*HEALTHCHECKS_URL/,
    ],
    ["a webhook that is no URL", {}, { DISCORD_WEBHOOK_URL: "discord" }, /discordWebhookUrl: this is no URL.*DISCORD/],
    [
      "an upstream that is on without a URL",
      { config: configFile("settings: { upstream: { enabled: true } }") },
      {},
      /upstream.url: give the address/,
    ],
    [
      "a setting in the file that isn't right",
      { config: configFile("settings: { upstream: { periodMs: 5 } }") },
      {},
      /\.yaml: settings.upstream.periodMs: /,
    ],
    [
      "an unknown field of a setting",
      { config: configFile("settings: { businessHours: { begin: 1 } }") },
      {},
      /no such setting: settings.businessHours.begin. There are: start, end, days, zone/,
    ],
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

test.each([
  [{}, undefined],
  [{ WATCHDOG_USEC: "120000000" }, undefined],
  [{ NOTIFY_SOCKET: "@notify" }, { watchdogMs: undefined }],
  [{ NOTIFY_SOCKET: "@notify", WATCHDOG_USEC: "120000000" }, { watchdogMs: 120_000 }],
  [
    { NOTIFY_SOCKET: "@notify", WATCHDOG_USEC: "120000000", WATCHDOG_PID: String(process.pid) },
    { watchdogMs: 120_000 },
  ],
  [{ NOTIFY_SOCKET: "@notify", WATCHDOG_USEC: "120000000", WATCHDOG_PID: "1" }, { watchdogMs: undefined }],
  [{ NOTIFY_SOCKET: "@notify", WATCHDOG_USEC: "soon" }, { watchdogMs: undefined }],
])("a service manager that says %j is told %j, with its socket and the path alone", (env, service) => {
  const given = { ...(env as Record<string, string>), PATH: "/bin", API_SECRET_KEY: "a-long-secret" };
  expect(read({}, given).service).toEqual(service && { ...service, env: { NOTIFY_SOCKET: "@notify", PATH: "/bin" } });
});
