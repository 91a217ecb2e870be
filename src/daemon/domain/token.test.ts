import { beforeEach, expect, test } from "vitest";
import { createWorld, fakeMint } from "../../../tests/support/world.ts";
import { tidy } from "./tidy.ts";
import { addToken, listTokens, revokeToken, usedTokens } from "./token.ts";

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
});
const add = (args: object) =>
  world.run((state, context) => addToken(state, { name: "cron", role: "host", ...args }, context));
const list = (usedAt: (id: string) => number | undefined = () => undefined) => listTokens(world.state, usedAt);
const revoke = (id: string) => world.run((state) => revokeToken(state, { id }));

test("a new token is shown once, and listed without its secret or its hash", () => {
  expect(add({})).toMatchObject({ ok: true, value: { name: "cron", role: "host", token: "secret-of-web01" } });
  expect(list().items).toEqual([{ id: "t-web01", name: "cron", role: "host", createdAt: world.now() }]);
});
test("the newest comes first", () => {
  for (const tokenId of ["t-first", "t-second", "t-third"]) {
    world.run((state, context) =>
      addToken(state, { name: tokenId, role: "viewer" }, { ...context, mint: { ...fakeMint("web01"), tokenId } }),
    );
    world.pass(1_000);
  }
  expect(list().items.map(({ id }) => id)).toEqual(["t-third", "t-second", "t-first"]);
});
test("one that would be void at once is refused", () => {
  expect(add({ expiresAt: world.now() })).toMatchObject({
    ok: false,
    code: "invalid",
    errors: [{ field: "expiresAt" }],
  });
  expect(add({ expiresAt: world.now() + 1 })).toMatchObject({ ok: true });
});
test("a revoked one is gone; one that isn't there is not found; the administrator's own is kept", () => {
  add({});
  expect(revoke("t-web01")).toMatchObject({ ok: true });
  expect(list().items).toEqual([]);
  expect(revoke("t-web01")).toMatchObject({ ok: false, code: "not_found" });
  world.state.apply({
    rev: world.state.rev + 1,
    at: 0,
    by: "system",
    changes: [{ kind: "token", id: "admin", value: { role: "admin", name: "admin", hashes: [], createdAt: 0 } }],
  });
  expect(revoke("admin")).toMatchObject({ ok: false, code: "conflict" });
});
test("when one was last used is listed, kept of those that are still there, and goes with them", () => {
  add({});
  const at = world.now();
  expect(list((id) => (id === "t-web01" ? at : undefined)).items).toMatchObject([{ id: "t-web01", lastUsedAt: at }]);
  const uses = [
    { id: "t-web01", at },
    { id: "t-gone", at },
  ];
  expect(world.run((state) => usedTokens(state, { uses }))).toMatchObject({
    changes: [{ kind: "tokenuse", id: "t-web01", value: { at } }],
  });
  const tidied = () => world.run((state, context) => tidy(state, { archived: [] }, context));
  expect(tidied()).toMatchObject({ changes: [] });
  revoke("t-web01");
  expect(tidied()).toMatchObject({ changes: [{ kind: "tokenuse", id: "t-web01", removed: true }] });
});
