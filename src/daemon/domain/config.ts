import type { SectionName } from "../../shared/api/document.ts";
import type { Args, Result } from "../../shared/api/registry.ts";
import { type Refusal, refuseInvalid } from "../../shared/errors.ts";
import { type ConfigParts, type Context, type Decision, decided } from "./decision.ts";
import { changedFields, linkHost, sections } from "./config-sections.ts";
import { Overlay } from "./overlay.ts";
import type { StateReader } from "./state.ts";

type Document = Omit<Args<"config.apply">, "prune">;

/** What names others comes after them; what goes, goes in the opposite order and before anything comes. */
const order: readonly SectionName[] = ["channels", "hosts", "policies", "silences", "probes", "sources"];

/**
 * Makes the state what a document says. Each entry is decided by the very command that a person would give, on the
 * state that the ones before lead to; the first that is refused refuses them all. An entry says everything of its own:
 * a field that it leaves out is back at its default.
 */
export function applyConfig(
  state: StateReader,
  { prune, ...document }: Args<"config.apply">,
  context: Context,
): Decision<Result<"config.apply">> {
  const answer: Result<"config.apply"> = { items: [], unlisted: [], hosts: [] };
  const overlay = new Overlay(state);
  const { mint, ...parts } = partsOf(context);
  const config: ConfigParts = {
    ...parts,
    mint(id) {
      const fresh = mint(id);
      answer.hosts.push({ id, secrets: fresh.secrets });
      return fresh;
    },
  };
  const scene: Scene = { state, overlay, document, context: { ...context, config }, answer };
  for (const [where, decision] of decisions(scene, prune)) {
    if (!decision.ok) return within(where, decision);
    overlay.apply(decision.changes);
  }
  return decided(answer, overlay.changes());
}

interface Scene {
  /** As it is, and as the decisions so far would make it. */
  state: StateReader;
  overlay: Overlay;
  document: Document;
  context: Context & { config: ConfigParts };
  answer: Result<"config.apply">;
}

type Decided = [where: string, decision: Decision<unknown>];

/** One decision after the other: each is made once those before it are laid over the state. */
function* decisions(scene: Scene, prune: boolean): Generator<Decided> {
  for (const name of order.toReversed()) yield* removals(scene, name, prune);
  for (const name of order) yield* settings(scene, name);
  // Hosts stand alone at first, so that those who name each other as parents may come in any order.
  const { overlay, document, context } = scene;
  for (const [id, { parents = [] }] of Object.entries(document.hosts ?? {})) {
    const isLinked = parents.length === 0 || overlay.get("host", id)?.value.parents?.length;
    if (!isLinked) yield [`hosts.${id}`, linkHost(overlay, id, parents, context)];
  }
}

function* removals({ state, overlay, document, context, answer }: Scene, name: SectionName, prune: boolean) {
  const given = document[name];
  const { kind, remove } = sections[name];
  const strangers = given ? [...state.all(kind)].map(({ id }) => id).filter((id) => !Object.hasOwn(given, id)) : [];
  if (strangers.length === 0) return;
  if (!prune) return void answer.unlisted.push({ kind, count: strangers.length });
  for (const id of strangers) answer.items.push({ action: "remove", kind, id, fields: [] });
  for (const decision of remove(overlay, strangers, context)) yield [name, decision] satisfies Decided;
}

function* settings({ state, overlay, document, context, answer }: Scene, name: SectionName): Generator<Decided> {
  const { kind, kept, wanted, set, secrets } = sections[name];
  for (const [id, given] of Object.entries(document[name] ?? {})) {
    const before = kept(state, id);
    const after = wanted(given, id, before, context.now);
    const fields = after ? [...changedFields(before, after), ...secrets(id, context)] : [];
    const action = after && !before ? "add" : fields.length > 0 ? "change" : "same";
    answer.items.push({ action, kind, id, fields });
    // What is the same may have lost something with what was removed.
    const isMoved = action !== "same" || (after && changedFields(kept(overlay, id), after).length > 0);
    if (after && isMoved) yield [`${name}.${id}`, set(overlay, id, after, context)];
  }
}

function partsOf({ config }: Context): ConfigParts {
  if (!config) throw new Error("a configuration was decided without what it takes");
  return config;
}

/** A refusal of one entry, as one of the document. */
export const within = (where: string, { message, errors = [{ field: "", message }] }: Refusal): Refusal =>
  refuseInvalid({
    issues: errors.map((one) => ({ path: [where, ...(one.field ? [one.field] : [])], message: one.message })),
  });
