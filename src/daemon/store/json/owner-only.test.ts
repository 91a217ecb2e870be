import { chmodSync, mkdirSync, mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFakeClock } from "../../../../tests/support/fake-clock.ts";
import { openJsonStore } from "./json-store.ts";
import { keepToOwner } from "./owner-only.ts";

const newFolder = (): string => mkdtempSync(join(tmpdir(), "sentinel-owner-"));
const modeOf = (...path: string[]): string => (statSync(join(...path)).mode & 0o777).toString(8);

test("what is too open is closed, and said once", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, "secrets.json"), "{}");
  writeFileSync(join(folder, "admin.token"), "t", { mode: 0o600 });
  mkdirSync(join(folder, "journal"), { mode: 0o755 });
  writeFileSync(join(folder, "sentinel.example.yaml"), "");
  chmodSync(join(folder, "secrets.json"), 0o644);
  chmodSync(folder, 0o777);
  expect(await keepToOwner(folder)).toEqual([
    "Others could get at the folder itself, journal, secrets.json: closed to all but the owner.",
  ]);
  expect([modeOf(folder), modeOf(folder, "secrets.json"), modeOf(folder, "journal")]).toEqual(["700", "600", "700"]);
  expect(await keepToOwner(folder)).toEqual([]);
});

test("a folder that holds other things too isn't closed to others, but what is ours in it is", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, "index.html"), "");
  writeFileSync(join(folder, "db.json"), "{}");
  chmodSync(join(folder, "index.html"), 0o644);
  chmodSync(join(folder, "db.json"), 0o640);
  symlinkSync(join(folder, "index.html"), join(folder, "backups"));
  chmodSync(folder, 0o755);
  expect(await keepToOwner(folder)).toEqual(["Others could get at db.json: closed to all but the owner."]);
  expect([modeOf(folder), modeOf(folder, "index.html"), modeOf(folder, "db.json")]).toEqual(["755", "644", "600"]);
});

test("a folder in which others may write beside other things is refused, and left as it is", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, "somebody-elses"), "");
  chmodSync(folder, 0o1777);
  await expect(keepToOwner(folder)).rejects.toThrow(/Others may write in .*somebody-elses.*--data/);
  expect(modeOf(folder)).toBe("777");
});

test("a folder of another user is refused", async () => {
  const folder = newFolder();
  const other = statSync(folder).uid + 1;
  await expect(keepToOwner(folder, other)).rejects.toThrow(/belongs to another user .* chown/);
});

test("a start closes what others could get at, and everything that it makes is for the owner only", async () => {
  const folder = join(newFolder(), "data");
  mkdirSync(folder, { mode: 0o755 });
  const store = await openJsonStore({
    folder,
    clock: createFakeClock(),
    newInstance: () => "a",
    onFatal: (error) => expect.unreachable(error.message),
  });
  expect(store.notices).toEqual([expect.stringContaining("the folder itself")]);
  await store.secrets.put("channel:ops", { url: "https://x.example/secret" });
  await store.close();
  expect([
    modeOf(folder),
    modeOf(folder, "secrets.json"),
    modeOf(folder, "journal"),
    modeOf(folder, "db.json"),
  ]).toEqual(["700", "600", "700", "600"]);
  expect(readFileSync(join(folder, "secrets.json"), "utf8")).toContain("secret");
});
