export {
  type ArgsOf,
  type Command,
  Commands,
  camel,
  commandsOf,
  type Group,
  type Options,
} from "./command.ts";
export { complete } from "./complete.ts";
export { helpText, synopsis } from "./help.ts";
export { type InteractiveOptions, interact } from "./interactive.ts";
export { type MainLine, type MainOption, parseMain } from "./main-options.ts";
export { bounds, parseInteger, prettyCapacity, scaledInteger } from "./numbers.ts";
export {
  type Alias,
  alias,
  anyText,
  arg,
  type Completer,
  flag,
  int,
  longLong,
  many,
  named,
  type Option,
  required,
  scaled,
  shownAs,
  text,
  uint,
  uintWrapping,
  unsignedLongLong,
  unsignedLongLongWrapping,
} from "./option.ts";
export { Output, type OutputOptions, type Sink } from "./output.ts";
export { argumentsOf, type Call, parseCalls } from "./parse.ts";
export { type Outcome, type Runner, reportError, runCalls } from "./run.ts";
export { doing, ShellError } from "./shell-error.ts";
export { formatTable, widthOf } from "./table.ts";
export { type Token, tokensOf, tokensOfWords } from "./tokens.ts";
