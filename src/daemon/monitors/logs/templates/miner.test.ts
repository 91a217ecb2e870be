import { fc } from "../../../../../tests/support/property.ts";
import { describe, expect, test } from "vitest";
import { createMiner, type Miner } from "./miner.ts";

/** The templates that these messages come to, by number of lines. */
function mined(messages: readonly string[]): string[] {
  const miner = createMiner();
  for (const message of messages) miner.take(message);
  miner.settle();
  return miner
    .templates()
    .map(({ text }) => text)
    .toSorted();
}

const idsOf = (miner: Miner, messages: readonly string[]): string[] => {
  const groups = messages.map((message) => miner.take(message));
  miner.settle();
  return groups.map((group) => miner.idOf(group));
};

describe("messages come to templates", () => {
  test.each<[what: string, messages: string[], templates: string[]]>([
    [
      "by what is masked",
      ["Failed password for root from 10.0.0.1 port 4022 ssh2", "Failed password for root from 10.9.0.1 port 22 ssh2"],
      ["Failed password for root from <IP> port <NUM> ssh2"],
    ],
    [
      "by names after a word that introduces them, of which three are enough",
      ["anna", "ben", "carla"].map((user) => `Failed password for ${user} from 10.0.0.1 port 4022 ssh2`),
      ["Failed password for <*> from <IP> port <NUM> ssh2"],
    ],
    ["but not by two", ["link eth0 went up", "link eth0 went down"], ["link eth0 went down", "link eth0 went up"]],
    [
      "nor by what the first word says",
      ["started", "stopped", "reloaded", "paused", "resumed", "failed"].map((verb) => `${verb} the queue`),
      ["failed", "paused", "reloaded", "resumed", "started", "stopped"].map((verb) => `${verb} the queue`),
    ],
    [
      "nor by words alone",
      ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"],
      ["alpha", "beta", "delta", "epsilon", "gamma", "zeta"],
    ],
    ["by digits in a name", ["eth0 is full duplex", "eth1 is full duplex"], ["eth<NUM> is full duplex"]],
    [
      "but protocols stay apart",
      ["no route for IPv4", "no route for IPv6"],
      ["no route for IPv4", "no route for IPv6"],
    ],
    [
      "where an address or a name may stand",
      ["login from 10.0.0.1 refused", "login from gate refused"],
      ["login from <*> refused"],
    ],
    [
      "by states, from one to another",
      ["job 7 went from new to ready", "job 8 went from ready to running", "job 7 went from running to done"],
      ["job <NUM> went from <*> to <*>"],
    ],
    [
      "by several words that never come again",
      Array.from({ length: 9 }, (_, i) => {
        const word = "abcdefghi"[i] ?? "";
        return `delivered ${word}x <${word}y> via relay ${word}z in order`;
      }),
      ["delivered <*> <<*>> via relay <*> in order"],
    ],
    ["by lists of any length", ["free cells 4 8 15", "free cells 16, 23", "free cells 42"], ["free cells <NUM>"]],
    ["by times in words", ["done in 5 ms", "done in 12 seconds", "done in <1 sec"], ["done in <TIME>"]],
    ["and after an equals sign", ["took=5 ms", "took=17 s"], ["took=<TIME>"]],
    [
      "by dates in words",
      ["last seen Fri Jan 30 12:00:01 2026", "last seen Sat Jan 31 01:10:01 UTC 2026"],
      ["last seen <DATE>"],
    ],
    ["by sizes", ["wrote 4 MB to /srv/a", "wrote 5.5 GB to /srv/b/c"], ["wrote <NUM> to <PATH>"]],
    [
      "by values in quotes, but for what the line says",
      ['msg="disk is full" dev="a b"', 'msg="disk is full" dev="c"', 'msg="disk is back" dev="c"'],
      ['msg="disk is back" dev="<*>"', 'msg="disk is full" dev="<*>"'],
    ],
    ["by values that are empty", ["hello from 10.0.0.1 ()", "hello from 10.0.0.1 (gate)"], ["hello from <IP> (<*>)"]],
    [
      "by what was redacted or renamed",
      ["token <SECRET:a3f1> of <USER:1fe2> refused", "token <SECRET:07bc> of <USER:99aa> refused"],
      ["token <*> of <*> refused"],
    ],
    ["even if they are empty", [""], [""]],
  ])("%s", (_what, messages, templates) => {
    expect(mined(messages)).toEqual(templates);
    expect(mined(messages.toReversed())).toEqual(templates);
  });
});

// A few kinds of lines, with what varies in them.
const word = fc.stringMatching(/^[a-z]{3,6}$/);
const message = fc.oneof(
  fc.tuple(word, fc.nat(9999)).map(([user, port]) => `Accepted key for ${user} port ${port}`),
  fc.tuple(word, word).map(([from, to]) => `state of engine went from ${from} to ${to}`),
  fc.tuple(fc.ipV4(), word).map(([address, why]) => `dropped ${address}: ${why}`),
  word.map((unit) => `unit ${unit} failed`),
  fc.tuple(word, word, word).map((words) => words.join(" ")),
  fc.constantFrom("ready", "engine is warm", "no route to host"),
);
const messages = fc.array(message, { maxLength: 120 });

describe("ids", () => {
  test("are the same for the same input, whatever was cached", () => {
    fc.assert(
      fc.property(messages, (all) => {
        expect(idsOf(createMiner(), all)).toEqual(idsOf(createMiner(), all));
      }),
    );
  });

  test("stay with a template that widens", () => {
    const miner = createMiner();
    const [before] = idsOf(miner, ["unit nginx failed"]);
    const [after] = idsOf(createMiner(miner.save()), ["unit redis failed", "unit cron failed", "unit nginx failed"]);
    expect(after).toBe(before);
  });

  test("are of eight characters, and each of one template only", () => {
    fc.assert(
      fc.property(messages, (all) => {
        const miner = createMiner();
        const ids = new Set(idsOf(miner, all));
        expect([...ids].filter((id) => !/^[0-9a-z]{8}$/.test(id))).toEqual([]);
        expect(new Set(miner.templates().map(({ id }) => id))).toEqual(ids);
      }),
    );
  });
});

test("what was saved goes on exactly as if it had never stopped, however small the room", () => {
  fc.assert(
    fc.property(messages, messages, fc.constantFrom(6, 10_000), (first, then, limit) => {
      const one = createMiner(undefined, { limit });
      idsOf(one, first);
      const other = createMiner(JSON.parse(JSON.stringify(one.save())), { limit });
      expect(idsOf(other, then)).toEqual(idsOf(one, then));
      expect(other.templates()).toEqual(one.templates());
      expect(other.save()).toEqual(one.save());
    }),
    { numRuns: 300 },
  );
});

test("lines that have nothing to do with each other are grouped alike in any order", () => {
  const users = Array.from({ length: 40 }, (_, i) => `user${"abcdefghij"[i % 10]}${"klmn"[i % 4]}`);
  const all = users.flatMap((user, i) => [
    `session ${i} opened for ${user}`,
    `backup of /srv/${user} took ${i} ms`,
    `disk sd${"abc"[i % 3]} is at ${i}%`,
    i % 2 ? "queue is empty" : "queue is full",
  ]);
  expect(mined(all)).toHaveLength(7);
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
      expect(mined(shuffled)).toEqual(mined(all));
    }),
    { numRuns: 20 },
  );
});

test("every line counts once", () => {
  fc.assert(
    fc.property(messages, (all) => {
      const miner = createMiner(undefined, { limit: 6 });
      idsOf(miner, all);
      expect(miner.templates().reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
    }),
  );
});

/** A word without digits for each number. */
const letters = (number: number): string =>
  number.toString(26).replaceAll(/\d/g, (digit) => "QRSTUVWXYZ"[Number(digit)] ?? "");

test("past the room that there is the rarer templates become one, which says how many lines it took", () => {
  const miner = createMiner(undefined, { limit: 20 });
  const rare = Array.from({ length: 4_000 }, (_, i) => `${letters(3 * i)} ${letters(3 * i + 1)} ${letters(3 * i + 2)}`);
  for (const line of rare) {
    miner.take(line);
    miner.take("the one that is frequent");
  }
  const state = miner.save();
  expect(state.templates.length).toBeLessThanOrEqual(20);
  expect(miner.templates()[0]).toMatchObject({ text: "the one that is frequent", count: rare.length });
  expect(miner.crowded).toBeGreaterThan(1000);
  expect(miner.templates().find(({ text }) => text === "<*>")?.count).toBe(miner.crowded);
  expect(createMiner(state).crowded).toBe(miner.crowded);
});

test("lines of which none is like another don't fill the memory, however many", () => {
  const miner = createMiner(undefined, { limit: 200 });
  for (let i = 0; i < 200_000; i++) miner.take(`${letters(i)} ${letters(i * 7)}`);
  expect(miner.templates().length).toBeLessThanOrEqual(1_500);
  expect(JSON.stringify(miner.save()).length).toBeLessThan(100_000);
});

test("a message of any length has a template of a bounded one", () => {
  const long = mined([Array.from({ length: 4_000 }, (_, i) => `w${"xyz"[i % 3]}`).join(" ")]);
  expect(long[0]).toMatch(/^wx wy .* <\*>$/);
  expect(long[0]?.length).toBeLessThan(1_000);
});
