import type { Alias, Option } from "./option.ts";

/** "memory-only" is `memoryOnly` in what a command is given. */
export type Camel<S> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S extends string
    ? S
    : never;

type AnyOption = Option<unknown, never> | Alias;
export type Options = Readonly<Record<string, AnyOption>>;

/** What `run` is given, by the names of the options. */
export type ArgsOf<O> = {
  readonly [K in keyof O as O[K] extends Alias ? never : Camel<K>]: O[K] extends Option<infer T, never>
    ? T
    : never;
};

/**
 * One command, said once: parser, help, completion and the list of commands are read off this.
 * @typeParam C what commands work on
 */
export interface Command<C> {
  readonly name: string;
  /** For the list of commands, in a few words. */
  readonly help: string;
  /** More than that, for the command's own help. */
  readonly about?: string;
  /** In the order in which they are filled by place. */
  readonly options: Options;
  /** It works without a connection. */
  readonly offline?: boolean;
  /** It is in no list. */
  readonly hidden?: boolean;
  run(args: never, context: C): Promise<void> | void;
}

interface Declaration<O extends Options, C> {
  help: string;
  about?: string;
  options?: O;
  offline?: boolean;
  hidden?: boolean;
  run(args: ArgsOf<O>, context: C): Promise<void> | void;
}

/** A maker of commands that work on `C`. */
export const commandsOf =
  <C>() =>
  <const O extends Options = Record<never, never>>(
    name: string,
    { options, ...rest }: Declaration<O, C>,
  ): Command<C> => ({ name, options: options ?? {}, ...rest });

export interface Group<C> {
  readonly title: string;
  /** What `help` knows it by. */
  readonly keyword: string;
  readonly commands: readonly Command<C>[];
}

/** All commands of a tool. */
export class Commands<C> {
  readonly groups: readonly Group<C>[];
  readonly #byName = new Map<string, Command<C>>();

  /** @param aliases old names of commands */
  constructor(groups: readonly Group<C>[], aliases: Readonly<Record<string, string>> = {}) {
    this.groups = groups;
    for (const command of groups.flatMap(({ commands }) => commands)) this.#byName.set(command.name, command);
    for (const [old, name] of Object.entries(aliases)) {
      const command = this.#byName.get(name);
      if (command !== undefined) this.#byName.set(old, command);
    }
  }

  find(name: string): Command<C> | undefined {
    return this.#byName.get(name);
  }

  /** Those that are shown. */
  get names(): string[] {
    return this.groups
      .flatMap(({ commands }) => commands)
      .filter(({ hidden }) => hidden !== true)
      .map(({ name }) => name);
  }
}

/** The options that are not just other spellings. */
export const realOptions = ({ options }: { options: Options }): [string, Option<unknown, never>][] =>
  Object.entries(options).filter(
    (entry): entry is [string, Option<unknown, never>] => entry[1].kind !== "alias",
  );

export const camel = (name: string): string =>
  name.replace(/-([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
