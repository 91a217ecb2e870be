import { once } from "node:events";
import { writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { certificate } from "../../tests/support/certificate.ts";
import { freePort, sentinelEnded, startDaemon, temporaryFolder } from "../../tests/support/processes.ts";
import { registry } from "../shared/api/registry.ts";
import type { CommandSpec } from "../shared/api/command.ts";
import { wordsOf } from "./fields.ts";
import { fieldsOf } from "./schema.ts";

const typed = (registry as readonly unknown[] as readonly CommandSpec[]).filter((spec) => spec.cli);

describe("help", () => {
  test("is what `sentinel` alone prints, with every command", async () => {
    const { status, stdout } = await sentinelEnded([]);
    expect(status).toBe(0);
    for (const word of ["up", "daemon", "agent", "heartbeat", "run", ...typed.map((spec) => wordsOf(spec)[0])]) {
      expect(stdout).toContain(`sentinel ${word}`);
    }
    expect(stdout).not.toContain("--child");
  });

  test("is asked for in other ways, but not by a job's own words", async () => {
    const { stdout } = await sentinelEnded(["host", "add", "--help"]);
    expect(await sentinelEnded(["help", "host", "add"])).toMatchObject({ status: 0, stdout });
    expect(await sentinelEnded(["host", "add", "-h"])).toMatchObject({ status: 0, stdout });
    const { stdout: said } = await sentinelEnded(["run", "--", "echo", "-h"]);
    expect(said).toBe("-h\n");
  });

  test.each(typed.map((spec) => [wordsOf(spec).join(" "), spec] as const))(
    "of `sentinel %s` tells every field, and an example that is well formed",
    async (words, spec) => {
      const { status, stdout } = await sentinelEnded([...words.split(" "), "--help"]);
      expect(status).toBe(0);
      expect(stdout).toContain(spec.summary.slice(0, 40));
      for (const field of fieldsOf(spec))
        expect(stdout).toMatch(field.positional ? new RegExp(`^  ${field.name} `, "m") : `--${field.flag} `);
      expect(stdout).toContain(spec.cli?.example);
      expect(spec.cli?.example).toMatch(new RegExp(`^sentinel ${words}( |$)`));
    },
  );
});

describe("bad usage ends with status 2 and the way out", () => {
  test.each([
    [["host", "add", "web01", "--perido", "5m"], "--perido", "sentinel host add --help"],
    [["host", "add", "web01", "extra"], "extra", "sentinel host add --help"],
    [["host", "add"], "<id>", "sentinel host add --help"],
    [["host", "ad", "web01"], "host ad. Did you mean add?", "sentinel host --help"],
    [["host", "rm", "web01"], "host rm. Did you mean remove?", "sentinel host --help"],
    [["alert", "everything"], "no such command: alert everything\n", "sentinel alert --help"],
    [["hots", "list"], "no such command: hots. Did you mean host?", "sentinel --help"],
    [["start"], "no such command: start. Did you mean up?", "sentinel --help"],
    [["version"], "version. Did you mean --version?", "sentinel --help"],
    [["uninstall"], "Did you mean install-service --remove?", "sentinel --help"],
    [["host", "add", "web01", "--evry", "5m"], "--evry. Did you mean --every?", "sentinel host add --help"],
    [["host", "list", "--dat", "x"], "--dat. Did you mean --data?", "sentinel host list --help"],
    [["run", "backup", "echo", "hi"], "sentinel run backup -- echo hi", "sentinel run --help"],
    [["host"], "host", "sentinel host --help"],
    [["host", "list", "--url"], "url", "--help"],
    [["host", "add", "WEB01"], "<id>", "a-z"],
    [["host", "add", "web01", "--every", "soon"], "--every", "5m"],
    [["host", "list", "--state", "sleeping"], "--state", "paused"],
    [["heartbeat", "web01", "--metric", "load"], "--metric", "key=value"],
  ])("sentinel %j", async (args, named, fix) => {
    const { status, stdout, stderr } = await sentinelEnded([...args, "--data", temporaryFolder()]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(named);
    expect(stderr).toContain(fix);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

describe("other ends", () => {
  test("69 when no daemon runs on the data folder, or none answers", async () => {
    const nowhere = await sentinelEnded(["host", "list", "--data", temporaryFolder()]);
    expect(nowhere.status).toBe(69);
    expect(nowhere.stderr).toContain("sentinel up");
    const silent = await sentinelEnded(["host", "list", "--token", "t", "--url", `127.0.0.1:${await freePort()}`]);
    expect(silent.status).toBe(69);
  });

  test("69 with the way out for TLS that nobody signed, TLS spoken to in plain, and plain spoken to in TLS", async () => {
    const secure = https.createServer(certificate);
    const plain = http.createServer();
    for (const server of [secure, plain]) {
      onTestFinished(() => void server.close());
      await once(server.listen(0, "127.0.0.1"), "listening");
    }
    const asks = async (scheme: string, server: http.Server): Promise<string> => {
      const url = `${scheme}://localhost:${(server.address() as AddressInfo).port}`;
      const { status, stderr } = await sentinelEnded(["host", "list", "--token", "t", "--url", url]);
      expect(status).toBe(69);
      return stderr;
    };
    expect(await asks("https", secure)).toContain("): say with --ca (or SENTINEL_CA) who signed its certificate");
    expect(await asks("http", secure)).toContain("): if it speaks TLS, write https://");
    expect(await asks("https", plain)).toContain("): if it speaks no TLS, write http://");
  });

  test("78 for a configuration that can't be used", async () => {
    const { status, stderr } = await sentinelEnded(["daemon", "--data", temporaryFolder(), "--listen", "x:y"]);
    expect(status).toBe(78);
    expect(stderr).toContain("listen");
    expect((await sentinelEnded(["daemon", "--config", "/no/such/file.yaml"])).status).toBe(78);
  });

  test("78 for data of a version to come, which no restart makes readable", async () => {
    const data = temporaryFolder();
    writeFileSync(path.join(data, "db.json"), '{"format":9,"rev":1}');
    const { status, stderr } = await sentinelEnded(["daemon", "--data", data, "--listen", "127.0.0.1:0"]);
    expect({ status, stderr }).toEqual({ status: 78, stderr: expect.stringContaining("format 9") });
  });

  test("77 for a token that isn't allowed, and 0 without any for what is public", async () => {
    const { url } = await startDaemon();
    const data = temporaryFolder();
    expect((await sentinelEnded(["host", "list", "--data", data, "--url", url])).status).toBe(77);
    const wrong = await sentinelEnded(["host", "list", "--data", data, "--url", url, "--token", "tok-31415926"]);
    expect(wrong.status).toBe(77);
    expect(wrong.stderr).not.toContain("tok-31415926");
    const { status, stdout } = await sentinelEnded(["health", "show", "--json", "--data", data, "--url", url]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: "healthy" });
  });

  test("1 for what the daemon refuses", async () => {
    const { data } = await startDaemon();
    const { status, stderr } = await sentinelEnded(["host", "show", "nobody", "--data", data]);
    expect(status).toBe(1);
    expect(stderr).toContain("nobody");
  });
});

describe("a host from the shell", () => {
  test("is added with its secrets once, beats, is listed, edited, paused, resumed, given a new token and removed", async () => {
    const { data } = await startDaemon();
    const call = async (...args: string[]): Promise<string> => {
      const { status, stdout, stderr } = await sentinelEnded([...args, "--data", data]);
      expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: "" });
      return stdout;
    };
    const added = await call("host", "add", "web01", "--every", "5m", "--tag", "blue,green");
    const [line = ""] = /curl .*/.exec(added) ?? [];
    expect(added).toContain("Shown this once");
    expect(added).toContain("\n  */5 * * * * /usr/local/bin/job;");
    const heartbeatUrl = /'([^']+)'$/.exec(line)?.[1] ?? "";
    expect((await fetch(heartbeatUrl)).status).toBe(200);
    expect(await call("heartbeat", "web01", "--message", "done", "--metric", "files=3")).toContain("web01 is up");
    expect(await call("host", "list", "--tag", "green")).toMatch(/^ID.*\nweb01 +up /);
    expect(await call("host", "history", "web01", "--from=-1d")).toMatch(
      /uptime +100\.00 % of .*[\s\S]*██████████  100\.00 %  2/,
    );
    expect(JSON.parse(await call("host", "list", "--json"))).toMatchObject({
      items: [{ id: "web01", state: "up", periodMs: 300_000, tags: ["blue", "green"] }],
    });
    expect(JSON.parse(await call("host", "edit", "web01", "--every", "1h", "--json"))).toMatchObject({
      periodMs: 3_600_000,
      tags: ["blue", "green"],
    });
    expect(await call("host", "show", "web01")).toContain("\n  OnUnitActiveSec=3600s\n");
    expect(await call("host", "pause", "web01")).toContain("paused");
    expect(await call("host", "resume", "web01")).toMatch(/web01 +up/);
    const renewed = JSON.parse(await call("host", "token", "web01", "--json")) as { token: string };
    expect(heartbeatUrl).not.toContain(renewed.token);
    expect(await call("host", "recent", "web01")).toContain("ok");
    expect(await call("host", "show", "web01")).not.toContain(renewed.token);
    await call("host", "remove", "web01");
    expect(await call("host", "list")).toBe("none\n");
  });
});
