import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createFakeClock, type FakeClock } from "../../tests/support/fake-clock.ts";
import { HOUR, MINUTE, SECOND } from "../shared/time.ts";
import { createDistress, type DistressCall } from "./distress.ts";

const REASON = "The disk is full: free some space.";

let clock: FakeClock;
let folder: string;
let spare: string;
let told: DistressCall[];
let hear: (signal: AbortSignal) => Promise<boolean>;

beforeEach(() => {
  clock = createFakeClock();
  const root = mkdtempSync(join(tmpdir(), "sentinel-distress-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  [folder, spare] = [join(root, "data"), join(root, "tmp")];
  for (const one of [folder, spare]) mkdirSync(one);
  told = [];
  hear = async () => true;
});

/** As one start of the daemon has it. */
function started() {
  const tell = async (call: DistressCall, signal: AbortSignal): Promise<boolean> => (told.push(call), hear(signal));
  return createDistress({ clock, folder, spare, tell });
}
const titles = (): string[] => told.map(({ title }) => title);
const ENDS = "Sentinel ends: its data isn't safe";
const FULL = "Sentinel can't save anything";
const OVER = "Sentinel can save again";

describe("the end of the daemon", () => {
  test("is told at once, with what to do, and noted", async () => {
    await started().ending(REASON);
    expect(told).toEqual([
      {
        key: `ending-${clock.now()}`,
        event: "digest",
        severity: "critical",
        title: ENDS,
        reason: `${REASON} Nothing is watched meanwhile.`,
        at: clock.now(),
      },
    ]);
    expect([readdirSync(folder), readdirSync(spare)]).toEqual([["distress.json"], []]);
  });

  test("is told once an hour, however often the daemon starts", async () => {
    for (let start = 0; start < 5; start++) {
      await started().ending(REASON);
      clock.advance(10 * MINUTE);
    }
    expect(titles()).toEqual([ENDS]);
    clock.advance(10 * MINUTE);
    await started().ending(REASON);
    expect(titles()).toEqual([ENDS, ENDS]);
  });

  test.each<[string, () => void]>([
    ["is gone", () => rmSync(folder, { recursive: true })],
    ["takes no note", () => mkdirSync(join(folder, "distress.json"))],
  ])("is noted elsewhere when the data folder %s", async (_, break_) => {
    break_();
    for (let start = 0; start < 3; start++) await started().ending(REASON);
    expect(titles()).toEqual([ENDS]);
    expect(readdirSync(spare)).toEqual([expect.stringMatching(/^sentinel-[0-9a-f]{16}\.distress$/)]);
  });

  test("is told again rather than not at all when no note can be kept", async () => {
    for (const one of [folder, spare]) rmSync(one, { recursive: true });
    for (let start = 0; start < 2; start++) await started().ending(REASON);
    expect(titles()).toEqual([ENDS, ENDS]);
  });

  test.each(["", "null", "7", '{"ending":"soon"}', "{"])("is told over a note that is damaged: %j", async (text) => {
    writeFileSync(join(folder, "distress.json"), text);
    await started().ending(REASON);
    expect(titles()).toEqual([ENDS]);
  });

  test("is told though a note is from the future, as the clock was set back", async () => {
    await started().ending(REASON);
    clock.step(-2 * HOUR);
    await started().ending(REASON);
    expect(titles()).toEqual([ENDS, ENDS]);
  });

  test("follows no link that another user left in the temporary folder", async () => {
    await started().ending(REASON);
    rmSync(folder, { recursive: true });
    await started().ending(REASON);
    const [name = ""] = readdirSync(spare);
    rmSync(join(spare, name));
    symlinkSync(join(spare, "victim"), join(spare, name));
    await started().ending(REASON);
    expect([titles().length, existsSync(join(spare, "victim"))]).toEqual([3, false]);
  });

  test("waits 10 s for those who don't answer, and is told again the next time", async () => {
    hear = () => new Promise(() => {});
    const ending = started().ending(REASON);
    let over = false;
    void ending.then(() => (over = true));
    await vi.waitFor(() => expect(told).toHaveLength(1));
    clock.advance(10 * SECOND - 1);
    await Promise.resolve();
    expect(over).toBe(false);
    clock.advance(1);
    await ending;
    hear = async () => true;
    await started().ending(REASON);
    expect(told).toHaveLength(2);
  });
});

describe("a store that refuses", () => {
  test("for under a minute wakes nobody", async () => {
    const distress = started();
    distress.refusing(REASON);
    clock.advance(MINUTE - 1);
    distress.refusing(undefined);
    clock.advance(HOUR);
    expect([told, clock.pending()]).toEqual([[], 0]);
  });

  test("for longer is told once, and once more when it is over", async () => {
    const distress = started();
    distress.refusing(REASON);
    clock.advance(MINUTE);
    await vi.waitFor(() => expect(existsSync(join(folder, "distress.json"))).toBe(true));
    clock.advance(4 * MINUTE);
    distress.refusing(undefined);
    await vi.waitFor(() => expect(titles()).toEqual([FULL, OVER]));
    expect(told[0]?.reason).toContain("free some space");
    expect(told[1]).toMatchObject({ ended: [told[0]?.key], reason: expect.stringContaining("for 5m") });
    expect(told[1]?.severity).toBeUndefined();
  });

  test("that nobody heard of is told again", async () => {
    hear = async () => told.length > 1;
    started().refusing(REASON);
    clock.advance(MINUTE);
    await vi.waitFor(() => expect(clock.pending()).toBe(1));
    expect(titles()).toEqual([FULL]);
    clock.advance(5 * MINUTE);
    await vi.waitFor(() => expect(existsSync(join(folder, "distress.json"))).toBe(true));
    expect(titles()).toEqual([FULL, FULL]);
  });

  test("and then ends is told as both", async () => {
    const distress = started();
    distress.refusing(REASON);
    clock.advance(MINUTE);
    await vi.waitFor(() => expect(existsSync(join(folder, "distress.json"))).toBe(true));
    await distress.ending(REASON);
    expect(titles()).toEqual([FULL, ENDS]);
  });

  test("says no more once it is stopped", () => {
    const distress = started();
    distress.refusing(REASON);
    distress.stop();
    clock.advance(HOUR);
    expect(told).toEqual([]);
  });
});
