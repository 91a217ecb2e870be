import { createDoor, type DoorOptions } from "../../src/daemon/door/door.ts";
import { defaultSettings } from "../../src/daemon/domain/surroundings.ts";
import type { Settings } from "../../src/shared/model.ts";
import { createFakeClock } from "./fake-clock.ts";

/** The daemon's door with its usual limits, but those that a test is about. */
export const testDoor = (
  limits: Partial<Settings["limits"]> = {},
  { monotonic = createFakeClock().monotonic, ...more }: Partial<Omit<DoorOptions, "limits">> = {},
) => createDoor({ ...more, monotonic, limits: () => ({ ...defaultSettings.limits, ...limits }) });
