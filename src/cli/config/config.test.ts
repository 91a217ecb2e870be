import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import path from "node:path";
import { text } from "node:stream/consumers";
import { beforeEach, describe, expect, test } from "vitest";
import {
  launcher,
  plainEnvironment,
  root,
  run,
  sentinelEnded,
  startDaemon,
  temporaryFolder,
} from "../../../tests/support/processes.ts";

const page = readFileSync(path.join(root, "docs", "how-to", "configuration-as-code.md"), "utf8");
const example = /```yaml\n([^`]*)```/.exec(page)?.[1] ?? "";
const webhook = "https://discord.com/api/webhooks/1/very-secret";
const env = plainEnvironment({ OPS_WEBHOOK: webhook });

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  writeFileSync(path.join(folder, "boss.url"), "https://ntfy.sh/also-secret\n");
});

function write(text: string): string {
  const file = path.join(folder, "sentinel.yaml");
  writeFileSync(file, text);
  return file;
}
const config = (verb: string, file: string, ...flags: string[]) =>
  sentinelEnded(["config", verb, file, ...flags], { env });

describe("check", () => {
  test("takes the example of the how-to with no daemon and no secret there", async () => {
    const file = write(example);
    const { status, stdout, stderr } = await sentinelEnded(["config", "check", file]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("3 hosts, 2 channels, 2 policies, 1 silence");
    expect(JSON.parse((await config("check", file, "--json")).stdout)).toEqual({
      hosts: 3,
      channels: 2,
      policies: 2,
      silences: 1,
    });
  });
  test("points out a secret in the file itself, and doesn't show it", async () => {
    const { status, stdout, stderr } = await config(
      "check",
      write(`channels: {ops: {type: discord, secrets: {url: "${webhook}"}}}`),
    );
    expect(status).toBe(0);
    expect(stderr).toContain("channels.ops.secrets.url is in the file itself; {env: NAME}");
    expect(stdout + stderr).not.toContain("very-secret");
  });
  test("ends with 78 for a fault, named by its line, and for a file that isn't there or is too large", async () => {
    const { status, stdout, stderr } = await config("check", write("hosts:\n  web01:\n    every: 5 parsecs\n"));
    expect({ status, stdout }).toEqual({ status: 78, stdout: "" });
    expect(stderr).toContain('sentinel.yaml:3: hosts.web01.every: "5 parsecs" is no span of time');
    expect(await config("check", path.join(folder, "none.yaml"))).toMatchObject({
      status: 78,
      stderr: expect.stringContaining("ENOENT"),
    });
    expect(await config("check", write("#".repeat(4 * 1024 * 1024 + 1)))).toMatchObject({
      status: 78,
      stderr: expect.stringContaining("4 MiB"),
    });
    expect((await sentinelEnded(["config", "check"])).status).toBe(2);
  });
});

describe("with a daemon", () => {
  test("the example is planned, applied with its hosts' secrets once, and then no difference", async () => {
    const { data } = await startDaemon();
    const file = write(example);
    const planned = await config("plan", file, "--data", data, "--exit-code");
    expect(planned.status).toBe(3);
    expect(planned.stdout).toContain("+ host web01\n");
    expect(planned.stdout).toContain("    window: Mon-Fri 08:00-18:00 Europe/Berlin\n");
    expect(planned.stdout).toContain("    escalate: 30m:boss\n");
    expect(planned.stdout).toContain("    secrets.url: set\n");
    expect(planned.stdout).toContain("\n8 to add, 0 to change, 0 to remove, 0 unchanged\n");
    expect((await config("plan", file, "--data", data)).status).toBe(0);

    const applied = await config("apply", file, "--data", data);
    expect({ status: applied.status, stderr: applied.stderr }).toEqual({ status: 0, stderr: "" });
    expect(applied.stdout).toContain("8 added, 0 changed, 0 removed, 0 unchanged");
    const [, ping = ""] = /^backup +\S+ +(http\S+)$/m.exec(applied.stdout) ?? [];
    expect((await fetch(ping)).status).toBe(200);
    expect(planned.stdout + applied.stdout).not.toMatch(/very-secret|also-secret/);
    expect(JSON.parse(readFileSync(path.join(data, "secrets.json"), "utf8"))).toMatchObject({
      "channel:ops": { url: webhook },
      "channel:boss": expect.objectContaining({ url: "https://ntfy.sh/also-secret" }),
    });

    const again = await config("plan", file, "--data", data, "--exit-code");
    expect(again).toMatchObject({ status: 0, stdout: "0 to add, 0 to change, 0 to remove, 8 unchanged\n" });
  });
  test("a change is shown from what is to what will be; what isn't in the file goes with --prune alone", async () => {
    const { data } = await startDaemon();
    await config("apply", write(example), "--data", data);
    const less =
      "hosts:\n  web01: {every: 10m, window: always}\nsilences:\n  move: {tags: [prod], to: 2031-03-03T06:00Z}\n";
    const { stdout } = await config("plan", write(less), "--data", data);
    expect(stdout.split("\n").slice(0, 7)).toEqual([
      "~ host web01",
      "    tags: prod, web -> (none)",
      "    every: 5m -> 10m",
      "    parents: router -> (none)",
      "    grace: 2m -> 1m",
      "    window: Mon-Fri 08:00-18:00 Europe/Berlin -> always",
      "~ silence move",
    ]);
    expect(stdout).toContain("    to: 2031-03-02T06:00:00.000Z -> 2031-03-03T06:00:00.000Z\n");
    expect(stdout).toContain("Not in the file and left alone: 2 hosts; --prune would remove them.\n");
    const pruned = await config("apply", write(less), "--data", data, "--prune", "--json");
    const { items } = JSON.parse(pruned.stdout) as { items: { action: string; id: string }[] };
    expect(items.map(({ action, id }) => `${action} ${id}`)).toEqual([
      "remove router",
      "remove backup",
      "change web01",
      "change move",
    ]);
  });
  test("what the daemon refuses is named by the file's line and nothing is changed", async () => {
    const { data } = await startDaemon();
    const file = write(`channels:
  ops: {type: discord, secrets: {url: {env: OPS_WEBHOOK}}}
hosts:
  web01:
    every: 5m
    parents: [nobody]
`);
    const { status, stdout, stderr } = await config("apply", file, "--data", data);
    expect({ status, stdout }).toEqual({ status: 78, stdout: "" });
    expect(stderr).toContain("Nothing was changed.");
    expect(stderr).toContain("sentinel.yaml:6: hosts.web01.parents: there is no host nobody; add it first");
    expect((await sentinelEnded(["channel", "list", "--data", data])).stdout).toBe("none\n");
  });
  test("a thousand hosts are applied at once, and all of the answer comes through a pipe", async () => {
    const { data } = await startDaemon();
    const hosts = Array.from({ length: 999 }, (_, i) => `  host${i}: {every: 5m, parents: [host${i + 1}]}`);
    const file = write(["hosts:", ...hosts, "  host999:"].join("\n"));
    // A pipe of the shell holds 64 KiB, and the answer is longer.
    const words = [process.execPath, launcher, "config", "apply", file, "--data", data];
    const { ended, stdout } = run("sh", ["-c", '"$0" "$@" | cat', ...words]);
    expect((await ended).status).toBe(0);
    expect(stdout()).toMatch(/^1000 added, /m);
    expect(stdout().trimEnd().split("\n").at(-1)).toMatch(/^host999 +sentinel_host_\S+ +http\S+$/);
  });
  test("a document that is too large is refused with 413, one within the limit is read", async () => {
    const { url, token } = await startDaemon();
    const address = `${url}/api/v1/config/plan`;
    const headers = { "x-api-key": token, "content-type": "application/json" };
    const silences = { s: { tags: ["a"], to: 1, comment: "x".repeat(2 * 1024 * 1024) } };
    const reply = await fetch(address, { method: "POST", headers, body: JSON.stringify({ silences }) });
    expect([reply.status, await reply.text()]).toEqual([400, expect.stringContaining("silences.s.comment")]);
    // Its length alone is enough: nobody waits for the rest.
    const asked = request(address, { method: "POST", headers: { ...headers, "content-length": 4 * 1024 * 1024 + 1 } });
    asked.flushHeaders();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    expect([answer.statusCode, await text(answer)]).toEqual([413, expect.stringContaining("4 MiB")]);
    asked.destroy();
  });
});
