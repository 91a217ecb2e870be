import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { temporaryFolder } from "../../tests/support/processes.ts";
import { findDaemon } from "./connect.ts";
import { writeContexts } from "./contexts.ts";
import { readEnvironment } from "./environment.ts";
import { statuses } from "./failure.ts";

const none = readEnvironment({});
const ours = "http://127.0.0.1:9999";

/** A data folder as a running daemon leaves it. */
function folder(): string {
  const data = temporaryFolder();
  writeFileSync(path.join(data, "daemon.json"), JSON.stringify({ pid: 1, url: ours, version: "0.1.0", startedAt: 0 }));
  writeFileSync(path.join(data, "admin.token"), "the-admin-token\n");
  return data;
}

describe("the daemon that is meant", () => {
  test("is that of the data folder, with its admin token", () => {
    expect(findDaemon({ data: folder() }, none)).toEqual({ url: ours, token: "the-admin-token" });
  });

  test.each(["127.0.0.1:9999", `${ours}/`, ours])("is the same one when its address %s is given", (url) => {
    expect(findDaemon({ data: folder(), url }, none)).toEqual({ url: ours, token: "the-admin-token" });
  });

  test("comes with the certificate that it must have", () => {
    const data = folder();
    const note = { pid: 1, url: "https://127.0.0.1:9999", version: "0.1.0", startedAt: 0, certFile: "/tls.crt" };
    writeFileSync(path.join(data, "daemon.json"), JSON.stringify(note));
    expect(findDaemon({ data }, none)).toEqual({ url: note.url, token: "the-admin-token", certFile: "/tls.crt" });
    expect(findDaemon({ data, url: "https://elsewhere" }, none)).toEqual({ url: "https://elsewhere" });
  });

  test("never gets this folder's admin token when it is another one", () => {
    expect(findDaemon({ data: folder(), url: "http://elsewhere:9999" }, none)).toEqual({
      url: "http://elsewhere:9999",
      token: undefined,
    });
  });

  test("comes from the environment when no flag names it, and a flag wins", () => {
    const env = readEnvironment({ SENTINEL_URL: "https://monitor", SENTINEL_TOKEN: "t1", SENTINEL_DATA: folder() });
    expect(findDaemon({}, env)).toEqual({ url: "https://monitor", token: "t1" });
    expect(findDaemon({ url: "https://other", token: "t2" }, env)).toEqual({ url: "https://other", token: "t2" });
  });

  test("may go by a name: with its own token, unless a flag has another; what a flag names counts before", () => {
    const file = path.join(temporaryFolder(), "token");
    writeFileSync(file, "from-file\n");
    vi.stubEnv("XDG_CONFIG_HOME", temporaryFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    writeContexts({
      prod: { url: "monitor.example.org:8443", token: "kept" },
      lab: { url: "http://lab", tokenFile: file },
      open: { url: "http://open" },
    });
    const env = readEnvironment({ SENTINEL_CONTEXT: "lab", SENTINEL_TOKEN: "t1" });
    expect(findDaemon({ context: "prod" }, env)).toEqual({
      name: "prod",
      url: "http://monitor.example.org:8443",
      token: "kept",
    });
    expect(findDaemon({}, env)).toEqual({ name: "lab", url: "http://lab", token: "from-file" });
    expect(findDaemon({ context: "open" }, env)).toEqual({ name: "open", url: "http://open", token: "t1" });
    expect(findDaemon({ context: "prod", token: "t2" }, env).token).toBe("t2");
    expect(findDaemon({ url: "http://other" }, env).url).toBe("http://other");
    expect(findDaemon({ data: folder() }, env).url).toBe(ours);
    expect(() => findDaemon({ context: "prod", url: "http://other" }, none)).toThrow("either --context or --url");
    expect(() => findDaemon({ context: "prd" }, none)).toThrow("there are prod, lab, open");
  });

  test("is missed with status 69 when none runs there", () => {
    expect(() => findDaemon({ data: temporaryFolder() }, none)).toThrow(
      expect.objectContaining({ status: statuses.unavailable }),
    );
  });

  test("is refused with status 2 when its address is none", () => {
    expect(() => findDaemon({ url: "http://[" }, none)).toThrow(expect.objectContaining({ status: statuses.usage }));
  });

  test("counts a note that was cut short as none", () => {
    const data = folder();
    writeFileSync(path.join(data, "daemon.json"), '{"pid":1,"ur');
    expect(() => findDaemon({ data }, none)).toThrow(expect.objectContaining({ status: statuses.unavailable }));
  });

  test.skipIf(process.getuid?.() === 0)("says that the token is another user's", () => {
    const data = folder();
    chmodSync(path.join(data, "admin.token"), 0o000);
    expect(() => findDaemon({ data }, none)).toThrow(expect.objectContaining({ status: statuses.forbidden }));
  });
});
