/** The long form of the outbox's kill test: `npm run kill:outbox -- [runs] [seed] [at once]`; run n has seed + n. */
import { type OutboxRun, runOutboxKills } from "../tests/support/outbox-run.ts";

const [runs = 50, seed = Date.now() % 1_000_000, atOnce = 4] = process.argv.slice(2).map(Number);
console.log(`${runs} runs, seed ${seed}, ${atOnce} at a time`);

const faultsOf = ({ lost, disorder, wrong }: OutboxRun): string[] => [...lost, ...disorder, ...wrong];
const startedAt = performance.now();
let ended = 0;
const all = await runOutboxKills({
  runs,
  seed,
  atOnce,
  onRun(one, run) {
    for (const fault of faultsOf(run))
      console.log(`run ${one - seed}, killed ${run.step}: ${fault} (npm run kill:outbox -- 1 ${one})`);
    if (++ended % 25 === 0)
      console.log(`${ended} of ${runs} after ${Math.round((performance.now() - startedAt) / 1_000)} s`);
  },
}).catch((error: Error) => {
  console.log(error.message);
  process.exit(1);
});

function told(what: string, some: readonly OutboxRun[]): string {
  const sum = (count: (run: OutboxRun) => number) => some.reduce((total, run) => total + count(run), 0);
  const counts = {
    kills: some.length,
    alerts: sum(({ alerts }) => alerts),
    deliveries: sum(({ deliveries }) => deliveries),
    digests: sum(({ digests }) => digests),
    unanswered: sum(({ unanswered }) => unanswered),
    uncommitted: sum(({ uncommitted }) => uncommitted),
    repeats: sum(({ repeats }) => repeats),
    lost: sum(({ lost }) => lost.length),
    "out of order": sum(({ disorder }) => disorder.length),
    wrong: sum(({ wrong }) => wrong.length),
  };
  const words = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return `${what}: ${words.join(", ")}`;
}

for (const [step, some] of Map.groupBy(all, (run) => run.step)) console.log(told(step, some));
console.log(told("in all", all));
process.exit(all.some((run) => faultsOf(run).length > 0) ? 1 : 0);
