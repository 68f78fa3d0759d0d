import { expect, test } from "vitest";
import { Commands, commandsOf } from "./command.ts";
import { complete } from "./complete.ts";
import { alias, arg, flag, many, named, required, scaled, text, uint } from "./option.ts";
import { argumentsOf, parseCalls } from "./parse.ts";
import { tokensOf } from "./tokens.ts";

const command = commandsOf<{ names: string[] }>();
const run = () => {};
const commands = new Commands<{ names: string[] }>(
  [
    {
      title: "All",
      keyword: "all",
      commands: [
        command("set", {
          help: "",
          options: {
            domain: arg("", ({ names }: { names: string[] }) => names),
            size: required(scaled("", { scale: 1024n })),
            count: uint(""),
            "by-name": named(text("")),
            live: flag(""),
            words: many(""),
            old: alias("by-name", "yes"),
          },
          run,
        }),
        command("help", { help: "", options: { command: text("") }, run }),
      ],
    },
  ],
  { put: "set" },
);

const read = (line: string) => {
  const [call] = parseCalls(commands, tokensOf(line));
  return call && { ...(argumentsOf(call) as Record<string, unknown>) };
};
const none = { count: undefined, byName: undefined, live: false, words: [] };

test.each([
  ["set a 1", { ...none, domain: "a", size: 1024n }],
  ["put a --live 1M 2", { ...none, domain: "a", size: 1_048_576n, count: 2, live: true }],
  ["set --size=5b a 3 x y", { ...none, domain: "a", size: 5n, count: 3, words: ["x", "y"] }],
  [`set 'a b' "1" -- 4 --live`, { ...none, domain: "a b", size: 1024n, count: 4, words: ["--live"] }],
  ["set a 1 --old", { ...none, domain: "a", size: 1024n, byName: "yes" }],
  ["set a\\ b 1 # and more", { ...none, domain: "a b", size: 1024n }],
])("%s", (line, args) => {
  expect(read(line)).toEqual(args);
});

test.each([
  ["nosuch", "unknown command: 'nosuch'"],
  ["set", "command 'set' requires <domain> option"],
  ["set a", "command 'set' requires --size option"],
  ["set a 1 --bogus", "command 'set' doesn't support option --bogus"],
  ["set a 1 --live=1", "invalid '=' after option --live"],
  ["set a 1 --old=1", "invalid '=' after option --old"],
  ["set a 1 --count", "expected syntax: --count <number>"],
  ["set a 1 --domain b", "option --domain already seen"],
  ['set "a', 'missing "'],
  ["set a 1 x", "Numeric value 'x' for <count> option is malformed or out of range"],
  ["set a 1Q", "Scaled numeric value '1Q' for <size> option is malformed or out of range"],
  ["set --help x", "unexpected data 'x'"],
  ["set '' 1", "Failed to get option 'domain': Option argument is empty"],
])("%s: %s", (line, message) => {
  expect(() => read(line)).toThrow(message);
});

test.each([
  ["", ["set", "help"]],
  ["se", ["set"]],
  ["set ", ["one", "two", "--domain", "--size", "--count", "--by-name", "--live", "--words"]],
  ["set t", ["two"]],
  ["set a --li", ["--live"]],
  ["help; set --domain o", ["one"]],
])("completes '%s'", async (line, candidates) => {
  const found = await complete(commands, line, async () => ({ names: ["one", "two"] }));
  expect(found.candidates).toEqual(candidates);
});
