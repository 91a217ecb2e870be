import { expect, test } from "vitest";
import { type Done, sayDone } from "./say.ts";

const done: Done = {
  data: "/var/lib/sentinel",
  listen: "0.0.0.0:8443",
  url: "https://watch.example/",
  isForOthers: true,
  isRunning: false,
  tried: [],
  pingKey: "key",
};

test("where the service keeps its data, it says how to install that", () => {
  expect(sayDone("/etc/sentinel/sentinel.yaml", done)).toContain(
    "  sudo sentinel install-service --config /etc/sentinel/sentinel.yaml\n",
  );
  expect(sayDone("/x.yaml", { ...done, data: "/srv/sentinel" })).not.toContain("install-service");
});

test("what a shell would take apart is quoted", () => {
  expect(sayDone("/my files/it's.yaml", done)).toContain(String.raw`--config '/my files/it'\''s.yaml'`);
});

test("the line for the next host names it by itself; where this machine alone is reached, it says so", () => {
  const line = '"https://watch.example/ping/key/$(hostname -s | tr A-Z a-z)?create=1"';
  expect(sayDone("/x.yaml", done)).toMatch(/The next host:[^]*curl/);
  expect(sayDone("/x.yaml", done)).toContain(line);
  expect(sayDone("/x.yaml", { ...done, isForOthers: false })).toContain("This machine, which alone reaches it:");
});
