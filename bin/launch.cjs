// Starts a bundle on a Node that is new enough. Old syntax on purpose: this runs on whatever Node is there.
"use strict";

var fs = require("fs");
var os = require("os");
var path = require("path");

var root = path.join(__dirname, "..");
var localNode = path.join(root, "node_modules", "node", "bin", "node");
var EX_CONFIG = 78;

function giveUp(message) {
  console.error("sentinel: " + message);
  process.exit(EX_CONFIG);
}

function requiredVersion() {
  return JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")).engines.node.replace(/[^0-9.]/g, "");
}

function isOlder(version, required) {
  var has = version.split(".").map(Number);
  var needs = required.split(".").map(Number);
  return has[0] < needs[0] || (has[0] === needs[0] && has[1] < needs[1]);
}

function canRunLocalNode() {
  // systemd takes readiness only from the process it started, so there must be no second one in between.
  if (process.env.NOTIFY_SOCKET) return false;
  // Never itself again: that would be a loop.
  return fs.existsSync(localNode) && fs.realpathSync(localNode) !== fs.realpathSync(process.execPath);
}

/** Runs the same command on the Node that `npm ci` installed, with its signals and its exit status passed on. */
function runLocalNode() {
  var child = require("child_process").spawn(localNode, process.execArgv.concat(process.argv.slice(1)), {
    stdio: "inherit",
  });
  ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"].forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on("error", function (error) {
    giveUp("cannot run " + localNode + ": " + error.message + ". Run `npm ci` again, or install Node 24.");
  });
  child.on("exit", function (status, signal) {
    process.exit(signal ? 128 + os.constants.signals[signal] : status);
  });
}

function runBundle(name) {
  var bundle = path.join(root, "dist", name);
  if (!fs.existsSync(bundle)) {
    var command = fs.existsSync(path.join(root, "node_modules")) ? "npm run build" : "npm ci && npm run build";
    giveUp("dist/" + name + " is not built yet: run `" + command + "` in " + root + " first.");
  }
  // In our own folder: the default one lies in the temporary directory, which others can write.
  require("module").enableCompileCache(path.join(root, "dist", ".compile-cache"));
  import(require("url").pathToFileURL(bundle).href).catch(function (error) {
    console.error(error);
    process.exit(1);
  });
}

/** Secrets among the arguments aren't for everybody's `ps`: `--token`, `--secret`, and all of a URL behind its host. */
function masked(args) {
  var own = args.indexOf("--") < 0 ? args.length : args.indexOf("--");
  return args.map(function (word, i) {
    // What stands behind the two dashes is a job's.
    if (i >= own) return word;
    if (/^--(token|secret)$/.test(args[i - 1])) return "…";
    return word.replace(/^(--(?:token|secret)=).*/, "$1…").replace(/(https?:\/\/)(?:[^/]*@)?([^/]*\/)[^/].*/, "$1$2…");
  });
}

module.exports = function launch(name) {
  var args = process.argv.slice(1);
  var title = [process.argv0].concat(masked(args)).join(" ");
  if (title !== [process.argv0].concat(args).join(" ")) process.title = title;
  var required = requiredVersion();
  if (!isOlder(process.versions.node, required)) return runBundle(name);
  if (canRunLocalNode()) return runLocalNode();
  var way = process.env.NOTIFY_SOCKET ? " and name it in the unit's ExecStart" : "";
  // Only a checkout gets a Node of its own.
  if (!way && fs.existsSync(path.join(root, "package-lock.json"))) way = ", or run `npm ci` in " + root;
  giveUp(
    "this is Node " +
      process.versions.node +
      ", and Sentinel needs " +
      required +
      " or newer. Install Node 24" +
      way +
      ".",
  );
};
