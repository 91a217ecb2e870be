import type { Args, Result } from "../shared/api/registry.ts";
import { refuse, type Refusal } from "../shared/errors.ts";
import { sayAgo } from "../shared/time.ts";
import type { Job } from "./domain/job.ts";

type Component = Result<"health.show">["components"][string];

export interface Jobs {
  list(): Result<"job.list">;
  /** Runs one now; settles when it has ended. */
  run(args: Args<"job.run">): Promise<{ ok: true; value: Result<"job.run"> } | Refusal>;
  /** Whether all of them run, for health. */
  health(): Component;
  /** Which of those named is late, in words. */
  late(...names: string[]): string | undefined;
}

/** All that the daemon does of its own accord, in one place. */
export function createJobs({ all, now }: { all(): readonly Job[]; now(): number }): Jobs {
  const views = (): Result<"job.list">["items"] => all().map((job) => job.view());

  async function run({ name }: Args<"job.run">): ReturnType<Jobs["run"]> {
    const runnable = all().filter((job) => job.run);
    const there = `those that can be run are ${runnable.map((job) => job.name).join(", ")}`;
    const job = all().find((one) => one.name === name);
    if (!job) return refuse("not_found", `there is no job ${name}: ${there}`);
    if (!job.run) return refuse("invalid", `name: ${name} runs by itself alone; ${there}`);
    if (job.view().state === "idle")
      return refuse("conflict", `${name} is switched off: \`sentinel setting list\` shows where`);
    // What it failed with is in its view.
    await job.run().catch(() => undefined);
    const value = job.view();
    return value.error === undefined ? { ok: true, value } : refuse("unavailable", `${name} failed: ${value.error}`);
  }

  const sayLate = (due: Result<"job.list">["items"][number]): string =>
    `${due.name} is late: it was due ${sayAgo(now() - (due.nextAt ?? now()))}`;

  function health(): Component {
    const known = views();
    // The upstream's own trouble has a component of its own, which isn't reported to it.
    const wrong = known.filter(({ name, state }) => name !== "upstream" && (state === "late" || state === "failing"));
    const said = wrong.map((job) => (job.state === "late" ? sayLate(job) : `${job.name} fails: ${job.error}`));
    if (said.length === 0)
      return { status: "ok", detail: `${known.filter(({ state }) => state !== "idle").length} jobs run` };
    return { status: "degraded", detail: `${said.join("; ")}; \`sentinel job list\` shows all` };
  }

  function late(...names: string[]): string | undefined {
    const found = views().find(({ name, state }) => names.includes(name) && state === "late");
    return found && sayLate(found);
  }

  return { list: () => ({ items: views() }), run, health, late };
}
