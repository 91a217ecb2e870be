import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openStore, temporaryFolder } from "./faulty-files.test-support.ts";

/** Another process that opens the folder and keeps it until it is killed. */
async function holderOf(folder: string) {
  const program = `
    import { openJsonStore } from ${JSON.stringify(new URL("json-store.ts", import.meta.url).href)};
    await openJsonStore({ folder: ${JSON.stringify(folder)}, clock: Date, newInstance: () => "other", onFatal: () => {} });
    console.log("held");
    setInterval(() => {}, 1_000);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let warnings = "";
  child.stderr.on("data", (data: Buffer) => (warnings += data.toString()));
  await Promise.race([once(child.stdout, "data"), once(child, "exit").then(() => Promise.reject(new Error(warnings)))]);
  return { child, warnings: () => warnings };
}

describe("the lock of a data folder", () => {
  it("keeps a second process out, tells who holds it, and goes with a process that is killed", async () => {
    const folder = temporaryFolder();
    const { child } = await holderOf(folder);
    const refused = openStore(folder);
    await expect(refused).rejects.toMatchObject({ name: "StoreOpenError", code: "held" });
    await expect(refused).rejects.toThrow(new RegExp(`process id ${child.pid}, since \\d{4}-.*--data`));
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
    const store = await openStore(folder);
    expect(store.instance).toBe("other");
    await store.close();
  });

  it("keeps a second store of the same process out until the first is closed, however often it tries", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    for (let i = 0; i < 3; i++) await expect(openStore(folder)).rejects.toThrow("this same process");
    await store.close();
    await (await openStore(folder)).close();
  });

  it("stays with its process while others in it try in vain", async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await expect(openStore(folder)).rejects.toMatchObject({ code: "held" });
    await expect(holderOf(folder)).rejects.toThrow(`process id ${process.pid}`);
    await store.close();
  });

  it("is no one's when only its traces are left", async () => {
    const folder = temporaryFolder();
    await writeFile(join(folder, "lock.json"), '{"pid":1,"since":"2020-01-01T00:00:00.000Z"}');
    await writeFile(join(folder, "lock.db"), "");
    await (await openStore(folder)).close();
  });

  it("says that it can't lock when the lock's file is something else", async () => {
    const folder = temporaryFolder();
    await writeFile(join(folder, "lock.db"), "not a database ".repeat(100));
    await expect(openStore(folder)).rejects.toMatchObject({
      code: "unreadable",
      message: expect.stringContaining("can't be locked") as string,
    });
  });

  it("brings no warning of an experimental feature", async () => {
    const { warnings } = await holderOf(temporaryFolder());
    expect(warnings()).not.toContain("SQLite");
  });
});
