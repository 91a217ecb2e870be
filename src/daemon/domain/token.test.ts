import { beforeEach, expect, test } from "vitest";
import { createWorld, fakeMint } from "../../../tests/support/world.ts";
import { addToken, listTokens, revokeToken } from "./token.ts";

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
});
const add = (args: object) =>
  world.run((state, context) => addToken(state, { name: "cron", role: "host", ...args }, context));
const revoke = (id: string) => world.run((state) => revokeToken(state, { id }));

test("a new token is shown once, and listed without its secret or its hash", () => {
  expect(add({})).toMatchObject({ ok: true, value: { name: "cron", role: "host", token: "secret-of-web01" } });
  expect(listTokens(world.state).items).toEqual([
    { id: "t-web01", name: "cron", role: "host", createdAt: world.now() },
  ]);
});
test("the newest comes first", () => {
  for (const tokenId of ["t-first", "t-second", "t-third"]) {
    world.run((state, context) =>
      addToken(state, { name: tokenId, role: "viewer" }, { ...context, mint: { ...fakeMint("web01"), tokenId } }),
    );
    world.pass(1_000);
  }
  expect(listTokens(world.state).items.map(({ id }) => id)).toEqual(["t-third", "t-second", "t-first"]);
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
  expect(listTokens(world.state).items).toEqual([]);
  expect(revoke("t-web01")).toMatchObject({ ok: false, code: "not_found" });
  world.state.apply({
    rev: world.state.rev + 1,
    at: 0,
    by: "system",
    changes: [{ kind: "token", id: "admin", value: { role: "admin", name: "admin", hashes: [], createdAt: 0 } }],
  });
  expect(revoke("admin")).toMatchObject({ ok: false, code: "conflict" });
});
