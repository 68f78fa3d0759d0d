import { ErrorDomain } from "@libvirt-ts/errors";
import { randomUuid, type Uuid } from "@libvirt-ts/util/uuid";
import { type Context, childNamed, parseXml, type XmlElement, XmlWriter, xmlError } from "@libvirt-ts/xml";
import { checkPool } from "./check.ts";
import { storageError } from "./errors.ts";
import { fillPool, nameOfSource } from "./fill.ts";
import { PoolSyntax, type StoragePoolDef } from "./pool.ts";
import { poolSources } from "./pool-source.ts";
import type { StoragePoolType } from "./pool-types.ts";

export interface ParsePoolOptions extends Context {
  /** The UUID of a pool that names none. */
  newUuid?: () => Uuid;
}

/** Reads a `<pool>` document: syntax, defaults, sense. @throws VirError */
export function parseStoragePool(text: string, options: ParsePoolOptions = {}): StoragePoolDef {
  const root = parseXml(text, { errorDomain: ErrorDomain.STORAGE });
  return readStoragePool(root, options);
}

const nothing: XmlElement = {
  name: "source",
  prefix: "",
  ns: "",
  attrs: {},
  children: [],
  text: "",
  content: undefined,
  line: 0,
  column: 0,
};

function readStoragePool(root: XmlElement, options: ParsePoolOptions): StoragePoolDef {
  if (root.name !== "pool") throw xmlError(`expecting root element of 'pool', not '${root.name}'`);
  const source = childNamed(root, "source");
  // A source that is not written is one of which nothing is said.
  const whole = source ? root : { ...root, children: [...root.children, nothing] };
  const syntax = PoolSyntax.parse(whole, options);
  if (source && syntax.type === "rbd" && syntax.source.name === undefined)
    throw storageError("element 'name' is mandatory for RBD pool");
  const name = syntax.name ?? nameOfSource(syntax);
  if (name === undefined) throw storageError("missing pool source name element");
  const uuid = syntax.uuid ?? (options.newUuid ?? randomUuid)();
  const def: StoragePoolDef = { ...syntax, name, uuid, capacity: 0n, allocation: 0n, available: 0n };
  fillPool(def);
  checkPool(def);
  return def;
}

/** The text of a pool, with a final newline. */
export function formatStoragePool(def: StoragePoolDef): string {
  const writer = new XmlWriter();
  PoolSyntax.format(def, writer, {});
  return writer.toString();
}

/** What a pool of one type is made on, or could be. */
export type StoragePoolSource<T extends StoragePoolType = StoragePoolType> = Extract<
  StoragePoolDef,
  { type: T }
>["source"];

/** Reads a `<source>` document: where to look for pools of a type. @throws VirError */
export function parseStoragePoolSource<T extends StoragePoolType>(
  type: T,
  text: string,
): StoragePoolSource<T> {
  const root = parseXml(text, { errorDomain: ErrorDomain.STORAGE });
  if (root.name !== "source") throw xmlError(`expecting root element of 'source', not '${root.name}'`);
  return poolSources[type].parse(root, {}) as StoragePoolSource<T>; // the codec of that type
}

/** The answer to a search: `<sources>` of pools of one type. */
export function formatStoragePoolSources<T extends StoragePoolType>(
  type: T,
  sources: readonly StoragePoolSource<T>[],
): string {
  const writer = new XmlWriter();
  writer.open("sources");
  writer.startBody();
  const codec = poolSources[type] as { format(value: StoragePoolSource<T>, to: XmlWriter, c: Context): void }; // as above
  for (const source of sources) codec.format(source, writer, {});
  writer.close("sources");
  return writer.toString();
}
