/** The long form of the kill test: `npm run kill -- [kills] [seed]`. */
import { runKills } from "../tests/support/kill-run.ts";

const kills = Number(process.argv[2] ?? 50);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
console.log(`${kills} kills, seed ${seed}`);
const report = await runKills({
  kills,
  seed,
  onKill: (done) => process.stdout.isTTY && process.stdout.write(`\r${done} of ${kills}`),
});
console.log(
  `\nacknowledged ${report.acknowledged}, missing ${report.missing.length}, false alerts ${report.falseAlerts.length}, downtimes longer than the deadline ${report.longDowntimes}`,
);
for (const one of [...report.missing, ...report.falseAlerts].slice(0, 20)) console.log(one);
process.exit(report.missing.length + report.falseAlerts.length > 0 ? 1 : 0);
