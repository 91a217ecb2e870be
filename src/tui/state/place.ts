import type { ScreenId } from "./screens.ts";

/** Where a person is. */
export interface Place {
  screen: ScreenId;
  /** The pane that has the keys. */
  pane: string;
  /** The host or alert that a detail is about. */
  subject?: string | undefined;
}
