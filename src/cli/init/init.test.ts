import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { certificate } from "../../../tests/support/certificate.ts";
import { readNote, startDaemon, temporaryFolder } from "../../../tests/support/processes.ts";
import { startProvider } from "../../../tests/support/provider.ts";
import { readOptions } from "../../daemon/options.ts";
import { systemClock } from "../../shared/system-clock.ts";
import { readEnvironment } from "../environment.ts";
import type { InitFlags } from "../init.ts";
import { runInit } from "./run.ts";

let folder: string;
let file: string;
let data: string;
beforeEach(() => {
  folder = temporaryFolder();
  file = path.join(folder, "etc", "sentinel.yaml");
  data = path.join(folder, "data");
});

/** `sentinel init --yes` with these flags; what it printed. */
async function init(flags: InitFlags = {}, variables: Record<string, string> = {}): Promise<string> {
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const standard = { config: file, data, listen: "127.0.0.1:0", yes: true };
  await runInit(
    { ...standard, ...flags },
    { env: readEnvironment(variables), clock: systemClock, print: say, warn: say, endWith: () => {} },
  );
  return said.join("\n");
}

function put(name: string, text: string): string {
  writeFileSync(path.join(folder, name), text, { mode: 0o600 });
  return path.join(folder, name);
}

/** A server that has these models, or answers so. */
async function startModels(names: string[], status = 200) {
  const heard: (string | undefined)[] = [];
  const server = createServer(({ headers }, response) => {
    heard.push(headers.authorization);
    response.writeHead(status).end(JSON.stringify({ data: names.map((id) => ({ id })) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, heard };
}

const secretsText = (): string => readFileSync(path.join(data, "secrets.json"), "utf8");

describe("a first run by flags", () => {
  test("writes a configuration that a daemon takes, with its data made, and stops what it tried", async () => {
    const said = await init();
    expect(said).toContain(`written: ${file}`);
    expect(said).toContain(`sentinel daemon --config ${file}`);
    expect(said).toMatch(/curl -fsS .*"http:\/\/127\.0\.0\.1:\d+\/ping\/sentinel_host_[\w-]+\/\$\(hostname -s/);
    expect(readOptions({ flags: { config: file }, env: {} })).toMatchObject({ data, listen: { port: 0 } });
    expect([existsSync(path.join(data, "journal")), readNote(data)]).toEqual([true, undefined]);
    expect(readdirSync(path.dirname(file))).toEqual(["sentinel.yaml"]);
  });

  test("beyond this machine, with TLS, names the address that hosts reach", async () => {
    const [cert, key] = [put("s.crt", certificate.cert), put("s.key", certificate.key)];
    const flags = { listen: "0.0.0.0:0", "tls-cert": cert, "tls-key": key, "public-url": "https://watch.example/" };
    expect(await init(flags)).toContain('"https://watch.example/ping/');
    expect(readOptions({ flags: { config: file }, env: {} })).toMatchObject({
      tls: { certFile: cert, keyFile: key },
      publicUrl: "https://watch.example/",
    });
  });

  test("keeps the webhook and the model's key out of the file and out of what it says", async () => {
    const discord = await startProvider(() => ({ status: 200, body: '{"id":"1"}' }));
    const models = await startModels(["llama3"]);
    const said = await init(
      { "model-url": models.url, "model-name": "llama3", "model-key-file": put("k", "canary-key\n"), test: true },
      { DISCORD_WEBHOOK_URL: `${discord.origin}/api/webhooks/1/canary-hook` },
    );
    expect(said).toContain("Discord took the test");
    expect(said).toContain("has llama3");
    expect([discord.heard.length, models.heard]).toEqual([1, ["Bearer canary-key"]]);
    expect(said + readFileSync(file, "utf8")).not.toContain("canary");
    expect(secretsText()).toContain("canary-hook");
    expect(statSync(path.join(data, "model.key")).mode & 0o777).toBe(0o600);
    expect(readOptions({ flags: { config: file }, env: {} }).modelKey?.reveal()).toBe("canary-key");
  });

  test("uses the daemon that runs on the data folder already, and leaves it running", async () => {
    const daemon = await startDaemon(data);
    expect(await init({ "discord-file": put("hook", "https://discord.com/api/webhooks/1/x") })).toContain(
      `A daemon runs on ${data} already`,
    );
    expect(secretsText()).toContain("webhooks/1/x");
    expect(daemon.child.exitCode).toBeNull();
  });

  test("replaces the file with --force alone", async () => {
    await init();
    await expect(init()).rejects.toThrow(`${file} is there already: name another with --config, or replace it`);
    await init({ force: true, "public-url": "https://two.example" });
    await expect(init({ force: true, listen: "0.0.0.0:0" })).rejects.toThrow("without TLS");
    expect(readFileSync(file, "utf8")).toContain('publicUrl: "https://two.example"');
  });

  test("says it as JSON too", async () => {
    expect(JSON.parse(await init({ json: true }))).toMatchObject({ file, data, isRunning: false });
  });
});

describe("refused in a sentence, with no file left behind:", () => {
  const taken = async () => {
    const server = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    return { listen: `127.0.0.1:${(server.address() as AddressInfo).port}` };
  };
  const model = (names: string[], status?: number) => async () => ({
    "model-url": (await startModels(names, status)).url,
    "model-name": "llama3",
  });
  const closedPort = async () => ({ "model-url": "http://127.0.0.1:1/v1", "model-name": "llama3" });

  test.each<[string, () => InitFlags | Promise<InitFlags>, RegExp]>([
    ["a port that is taken", taken, /port \d+ on 127\.0\.0\.1 is taken by another program/],
    ["an address that is none", () => ({ listen: "here:there" }), /listen: write HOST:PORT.*sentinel\.yaml\)/],
    ["beyond this machine without TLS or consent", () => ({ listen: "0.0.0.0:0" }), /without TLS every token crosses/],
    ["a certificate without its key", () => ({ "tls-cert": "s.crt" }), /a certificate and its key belong together/],
    [
      "a certificate that isn't there",
      () => ({ "tls-cert": "no.crt", "tls-key": "no.key" }),
      /tls\.certFile: .*ENOENT/,
    ],
    [
      "a public address that is none",
      () => ({ "public-url": "watch" }),
      /publicUrl: write the address that hosts reach/,
    ],
    ["a webhook file that isn't there", () => ({ "discord-file": "/no/such" }), /--discord-file: can't read/],
    ["a webhook that is none", () => ({ "discord-file": put("h", "http://example.com/x") }), /url: only https leaves/],
    ["a test to nobody", () => ({ test: true }), /--test: there is no webhook/],
    ["a model's URL that is none", () => ({ "model-url": "ollama", "model-name": "m" }), /--model-url: this is no URL/],
    ["a model without a name", () => ({ "model-url": "http://127.0.0.1:1" }), /--model-name is missing/],
    ["a name without a model", () => ({ "model-name": "llama3" }), /--model-url is missing/],
    [
      "plain http to a model elsewhere",
      () => ({ "model-url": "http://10.0.0.1/v1", "model-name": "m" }),
      /--model-http/,
    ],
    ["a model that can't be reached", closedPort, /can't be reached: check --model-url/],
    ["a model's key that is refused", model([], 401), /doesn't take the key: check --model-key-file/],
    ["a model that isn't known there", model(["phi4"]), /doesn't know llama3: check --model-name. It has phi4/],
    ["a server of no models", model([], 302), /answers 302 in a way that no model does/],
  ])("%s", async (_what, flags, message) => {
    await expect(init(await flags())).rejects.toThrow(message);
    expect(existsSync(file) || existsSync(`${file}.new`)).toBe(false);
  });

  test("a webhook that doesn't take the test, which isn't kept", async () => {
    const discord = await startProvider(() => ({ status: 404, body: '{"message":"Unknown Webhook"}' }));
    const hook = put("hook", `${discord.origin}/api/webhooks/1/canary`);
    await expect(init({ "discord-file": hook, test: true })).rejects.toThrow(/Discord didn't take the test: .*404/);
    expect([existsSync(file), secretsText().includes("canary")]).toEqual([false, false]);
  });

  test("a folder that is none", async () => {
    await expect(init({ config: path.join(put("flat", ""), "x.yaml") })).rejects.toThrow(/can't be written to \(E/);
  });

  test("a data folder of somebody else's program", async () => {
    mkdirSync(data);
    put("data/other", "");
    chmodSync(data, 0o777);
    await expect(init()).rejects.toThrow(/choose a folder for Sentinel alone/);
  });

  test("no terminal to ask on, and no --yes", async () => {
    await expect(init({ yes: false })).rejects.toThrow("there is no terminal to ask on: say --yes");
  });
});
