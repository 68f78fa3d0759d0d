import { formatInterface, type InterfaceDef, parseInterface } from "@libvirt-ts/conf/interface";
import { ErrorCode } from "@libvirt-ts/errors";
import type { NonnullInterface } from "@libvirt-ts/protocol";
import { invalid, notFound } from "../errors.ts";

/** A network interface of the host. */
export interface TestInterface {
  def: InterfaceDef;
  isActive: boolean;
}

/** All interfaces of a host by name, and how they were before a change that is not yet for good. */
export class Interfaces {
  #all = new Map<string, TestInterface>();
  #before: ReadonlyMap<string, TestInterface> | undefined;

  [Symbol.iterator](): IterableIterator<TestInterface> {
    return this.#all.values();
  }

  /** Takes the interfaces of a host that is just there: they are up. */
  load(xml: string): void {
    this.define(parseInterface(xml)).isActive = true;
  }

  /** @throws VirError NO_INTERFACE */
  find(name: string): TestInterface {
    const found = this.#all.get(name);
    if (!found) throw notFound(ErrorCode.NO_INTERFACE, `no interface with matching name '${name}'`);
    return found;
  }

  /** @throws VirError NO_INTERFACE, MULTIPLE_INTERFACES */
  findMac(mac: string): TestInterface {
    const wanted = mac.toLowerCase();
    const [found, ...others] = [...this].filter(({ def }) => macOf(def)?.toLowerCase() === wanted);
    if (!found) throw notFound(ErrorCode.NO_INTERFACE, `no interface with matching mac '${mac}'`);
    if (others.length > 0) throw notFound(ErrorCode.MULTIPLE_INTERFACES);
    return found;
  }

  /** Makes an interface, or gives one another definition. */
  define(def: InterfaceDef): TestInterface {
    const known = this.#all.get(def.name);
    if (known) {
      known.def = def;
      return known;
    }
    const made = { def, isActive: false };
    this.#all.set(def.name, made);
    return made;
  }

  /** @throws VirError NO_INTERFACE */
  undefine(name: string): void {
    this.find(name);
    this.#all.delete(name);
  }

  /** @throws VirError OPERATION_INVALID */
  begin(): void {
    if (this.#before) throw invalid("there is another transaction running.");
    // What is kept are definitions: all interfaces are down after a rollback.
    this.#before = new Map(
      [...this].map(({ def }) => [def.name, { def: parseInterface(formatInterface(def)), isActive: false }]),
    );
  }

  /** @throws VirError OPERATION_INVALID */
  commit(): void {
    if (!this.#before) throw invalid("no transaction running, nothing to be committed.");
    this.#before = undefined;
  }

  /** @throws VirError OPERATION_INVALID */
  rollback(): void {
    if (!this.#before) throw invalid("no transaction running, nothing to rollback.");
    this.#all = new Map(this.#before);
    this.#before = undefined;
  }
}

const macOf = (def: InterfaceDef): string | undefined => ("mac" in def ? def.mac : undefined);

export const wireInterface = ({ def }: TestInterface): NonnullInterface => ({
  name: def.name,
  mac: macOf(def) ?? "",
});
