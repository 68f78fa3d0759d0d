import { expect, test } from "vitest";
import { formatOptions, parseCommand } from "./options.ts";

const none = {
  verbose: false,
  background: false,
  configFile: undefined,
  pidFile: undefined,
  timeoutSeconds: 0,
};

test.each([
  ["", none],
  ["-v -d", { ...none, verbose: true, background: true }],
  ["-vd", { ...none, verbose: true, background: true }],
  ["--verbose --daemon --timeout=5", { ...none, verbose: true, background: true, timeoutSeconds: 5 }],
  ["-vt120 -f/c --pid-file=", { ...none, verbose: true, timeoutSeconds: 120, configFile: "/c", pidFile: "" }],
  ["-t 120 -f /c -p /p", { ...none, timeoutSeconds: 120, configFile: "/c", pidFile: "/p" }],
  [
    "--timeout 120 --config /c --pid-file /p",
    { ...none, timeoutSeconds: 120, configFile: "/c", pidFile: "/p" },
  ],
])("runs with %j", (line, options) => {
  expect(parseCommand(line.split(" ").filter(Boolean))).toEqual({ kind: "run", options });
});

test.each([
  ["-h", { kind: "help" }],
  ["-V -d", { kind: "version" }],
  ["--bogus", { kind: "wrong", message: "Unknown option '--bogus'" }],
  ["-vx", { kind: "wrong", message: "Unknown option '-x'" }],
  ["--", { kind: "wrong", message: "Unexpected argument '--'" }],
  ["-", { kind: "wrong", message: "Unexpected argument '-'" }],
  ["--verbose=1", { kind: "wrong", message: "Option '-v, --verbose' does not take an argument" }],
  ["extra", { kind: "wrong", message: "Unexpected argument 'extra'" }],
  ["-t x", { kind: "wrong", message: "Invalid value for timeout" }],
  ["-t", { kind: "wrong", message: "Option '-t, --timeout <value>' argument missing" }],
])("answers %j", (line, command) => {
  expect(parseCommand(line.split(" "))).toEqual(command);
});

test("options for the process in the background", () => {
  const options = { verbose: true, background: true, configFile: "/c", pidFile: "-p", timeoutSeconds: 3 };
  expect(parseCommand(formatOptions(options))).toEqual({
    kind: "run",
    options: { ...options, background: false },
  });
});
