import { smallest } from "../../state/layout.ts";
import type { Size } from "../../state/layout.ts";
import { fit } from "../../state/cells.ts";
import { Line } from "../components/Line.tsx";

export function TooSmall({ size }: { size: Size }) {
  return (
    <Line
      text={fit(
        `Sentinel needs ${smallest.columns}x${smallest.rows}, this is ${size.columns}x${size.rows}`,
        size.columns,
      )}
    />
  );
}
