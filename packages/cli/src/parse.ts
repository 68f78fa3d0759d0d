import { type Command, type Commands, camel, type Options, realOptions } from "./command.ts";
import type { Option } from "./option.ts";
import { ShellError } from "./shell-error.ts";
import type { Token } from "./tokens.ts";

/** A command and what was typed behind it. */
export interface Call<C> {
  readonly command: Command<C>;
  readonly given: ReadonlyMap<string, readonly string[]>;
}

/**
 * All commands of a line.
 * @throws ShellError at the first thing that is wrong: no command of the line is run then
 */
export function parseCalls<C>(commands: Commands<C>, tokens: readonly Token[]): Call<C>[] {
  const calls: Call<C>[] = [];
  let words: string[] = [];
  const finish = () => {
    if (words.length > 0) calls.push(parseCall(commands, words));
    words = [];
  };
  for (const token of tokens) {
    if (token === "end") finish();
    else words.push(token.word);
  }
  finish();
  return calls;
}

function parseCall<C>(commands: Commands<C>, [name = "", ...words]: readonly string[]): Call<C> {
  const command = commands.find(name);
  if (command === undefined) throw new ShellError(`unknown command: '${name}'`);
  const reader = new Reader(command);
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (reader.dataOnly || !/^--[a-zA-Z0-9]/.test(word)) {
      if (word === "--" && !reader.dataOnly) reader.dataOnly = true;
      else reader.data(word);
      continue;
    }
    if (command.name === "help" && at > 0) break; // about the first word, whatever follows
    const help = word === "--help" && !("help" in command.options) ? commands.find("help") : undefined;
    const extra = words.slice(at + 1).find((each) => !each.startsWith("-"));
    if (help !== undefined && extra !== undefined) throw new ShellError(`unexpected data '${extra}'`);
    if (help !== undefined) return { command: help, given: new Map([["command", [command.name]]]) };
    if (reader.option(word.slice(2), words[at + 1])) at++;
  }
  return { command, given: reader.finish() };
}

/** Fills the options of one command. */
class Reader<C> {
  dataOnly = false;
  readonly #command: Command<C>;
  readonly #options: Options;
  readonly #given = new Map<string, string[]>();

  constructor(command: Command<C>) {
    this.#command = command;
    this.#options = command.options;
  }

  /** @returns whether it took the next word too */
  option(word: string, next: string | undefined): boolean {
    const equals = word.indexOf("=");
    const typed = equals < 0 ? word : word.slice(0, equals);
    let value = equals < 0 ? undefined : word.slice(equals + 1);
    const found = Object.hasOwn(this.#options, typed) ? this.#options[typed] : undefined;
    if (found === undefined)
      throw new ShellError(`command '${this.#command.name}' doesn't support option --${typed}`);
    let name = typed;
    if (found.kind === "alias") {
      name = found.of;
      if (found.value !== undefined) {
        if (value !== undefined) throw new ShellError(`invalid '=' after option --${typed}`);
        value = found.value;
      }
    }
    const option = this.#options[name] as Option<unknown, never>; // aliases are of options
    if (this.#given.has(name) && option.kind !== "many")
      throw new ShellError(`option --${name} already seen`);
    if (option.kind === "flag") {
      if (value !== undefined) throw new ShellError(`invalid '=' after option --${name}`);
      this.#add(name, "");
      return false;
    }
    const taken = value ?? next;
    if (taken === undefined) {
      const type = option.kind === "number" ? "number" : "string";
      throw new ShellError(`expected syntax: --${name} <${type}>`);
    }
    this.#add(name, taken);
    return value === undefined;
  }

  /** A value without a name goes to the first option that has none yet. */
  data(word: string): void {
    const place = realOptions({ options: this.#options }).find(
      ([name, { kind, named }]) => kind !== "flag" && !named && (kind === "many" || !this.#given.has(name)),
    );
    if (place === undefined) throw new ShellError(`unexpected data '${word}'`);
    this.#add(place[0], word);
  }

  finish(): ReadonlyMap<string, readonly string[]> {
    for (const [name, { required, kind }] of realOptions({ options: this.#options })) {
      if (!required || this.#given.has(name)) continue;
      const shown = kind === "text" || kind === "many" ? `<${name}>` : `--${name}`;
      throw new ShellError(`command '${this.#command.name}' requires ${shown} option`);
    }
    return this.#given;
  }

  #add(name: string, value: string): void {
    const values = this.#given.get(name);
    if (values === undefined) this.#given.set(name, [value]);
    else values.push(value);
  }
}

/** What `run` takes. Values are read when they are asked for. */
export function argumentsOf<C>({ command, given }: Call<C>): never {
  const args = {};
  for (const [name, option] of realOptions(command)) {
    const get = () => option.read(given.get(name) ?? [], name);
    Object.defineProperty(args, camel(name), { get, enumerable: true });
  }
  return args as never; // the shape that the declaration of the command tells of
}
