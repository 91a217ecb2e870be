/**
 * The daemon on a folder and an address, for a soak: its clock is so many milliseconds ahead, what comes round each
 * minute, hour or day comes each second, and files are so small that each life sees many of them end.
 */
import { createApp } from "../../../src/daemon/app.ts";
import { readOptions } from "../../../src/daemon/options.ts";
import { createLog } from "../../../src/cli/daemon-log.ts";
import { systemClock } from "../../../src/shared/system-clock.ts";
import { type Clock, MINUTE, SECOND } from "../../../src/shared/time.ts";

const [data, listen, aheadMs] = process.argv.slice(2);
const clock: Clock = {
  ...systemClock,
  now: () => Date.now() + Number(aheadMs),
  after: (delayMs, run) => systemClock.after(delayMs < MINUTE ? delayMs : SECOND, run),
};
const { log } = createLog("info");
const app = createApp(readOptions({ flags: { data, listen }, env: {} }), {
  version: "soak",
  clock,
  log,
  disk: { snapshotBytes: 1 << 18, segmentBytes: 1 << 17 },
  onFatal: (error) => {
    log.fatal({ err: error }, "the data can't be kept");
    process.exit(1);
  },
});
await app.start();
process.once("SIGTERM", () => void app.stop());
