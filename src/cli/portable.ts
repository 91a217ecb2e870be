/** What is set up by people, in the order in which one needs the other. */
export const portableKinds = ["setting", "channel", "host", "policy", "maintenance", "silence"] as const;
export type PortableKind = (typeof portableKinds)[number];

/** One line of an export. */
export interface Line {
  kind: PortableKind;
  id: string;
  value: unknown;
}
