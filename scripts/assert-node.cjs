// Runs before npm's start, test, build and check. Old syntax on purpose: it must run on whatever Node is there, to say
// that it is too old.
"use strict";

var required = require("../package.json")
  .engines.node.replace(/[^0-9.]/g, "")
  .split(".")
  .map(Number);
var running = process.versions.node.split(".").map(Number);

if (running[0] < required[0] || (running[0] === required[0] && running[1] < required[1])) {
  console.error(
    "sentinel: this is Node " +
      process.versions.node +
      ", and Sentinel needs " +
      required.join(".") +
      " or newer.\n" +
      "`npm ci` puts a new enough one into node_modules/.bin, where npm's scripts find it. If it is missing there, run\n" +
      "`npm ci` again with install scripts allowed (npm config get ignore-scripts says false), or install Node 24.",
  );
  process.exit(78);
}
