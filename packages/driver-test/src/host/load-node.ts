import { parseSnapshot, type SnapshotDef } from "@libvirt-ts/conf/snapshot";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { findSame, type State, states } from "@libvirt-ts/hypervisor";
import { childrenNamed, formatTree, type XmlElement } from "@libvirt-ts/xml";
import { addDomain, readDefinitionTree, reading } from "../domain/definition.ts";
import { bootGuest } from "../domain/guest.ts";
import { noteTaints } from "../domain/taint.ts";
import { broken } from "../errors.ts";
import type { TestDomain, TestDriver } from "../test-driver.ts";
import type { NodeDescription } from "./node-file.ts";

/** The namespace of what only this driver knows about a guest. */
const NAMESPACE = "http://libvirt.org/schemas/domain/test/1.0";

const bad = (detail: string) => new VirError(ErrorDomain.TEST, ErrorCode.XML_ERROR, detail);

/** Puts everything that a description says on a host that has nothing. @throws VirError */
export function loadNode(driver: TestDriver, node: Omit<NodeDescription, "host" | "users">): void {
  for (const each of node.domains) loadDomain(driver, each);
  for (const each of node.networks) driver.networks.load(formatTree(each));
  for (const each of node.interfaces) driver.interfaces.load(formatTree(each));
  for (const each of node.pools) {
    const volumes = childrenNamed(each, "volume").map((volume) => formatTree(volume));
    driver.pools.load(formatTree(each), volumes);
  }
  for (const each of node.devices) driver.devices.load(formatTree(each));
}

function loadDomain(driver: TestDriver, element: XmlElement): void {
  const def = readDefinitionTree(element);
  const own = element.children.filter(({ ns }) => ns === NAMESPACE);
  const has = (name: string) => own.some((each) => each.name === name);
  const state = readState(own.find(({ name }) => name === "runstate")?.text ?? "");
  const isOff = state.name === "shutoff";
  if (has("transient") && isOff) throw bad("transient domain cannot have runstate 'shutoff'");
  if (has("hasmanagedsave") && !isOff)
    throw bad("domain with managedsave data can only have runstate 'shutoff'");
  findSame(driver, def);
  const domain = addDomain(driver, def, { isPersistent: !has("transient") });
  loadSnapshots(
    domain,
    own.filter(({ name }) => name === "domainsnapshot"),
  );
  if (state.name === "shutoff") domain.adopt(state);
  else bootGuest(driver, domain, state);
  domain.hasManagedSave = has("hasmanagedsave");
  noteTaints(driver, domain);
}

/** By the number of the state; running, if nothing is said. */
function readState(text: string): State {
  if (text === "") return { name: "running", reason: "unknown" };
  if (!/^\s*\+?\d+$/.test(text)) throw bad("invalid runstate");
  const wanted = Number(text);
  for (const [name, { number }] of Object.entries(states))
    if (number === wanted) return { name, reason: "unknown" } as State; // every state has it
  throw bad(`runstate '${wanted}' out of range'`);
}

function loadSnapshots({ snapshots, name }: TestDomain, elements: readonly XmlElement[]): void {
  let left = elements.map(readSnapshot);
  while (left.length > 0) {
    // Parents come first, in whatever order they are written.
    const ready = left.filter(({ parent }) => parent === undefined || snapshots.byName(parent));
    if (ready.length === 0) throw broken(`Snapshots have inconsistent relations for domain ${name}`);
    for (const def of ready) {
      const { isCurrent, ...rest } = def;
      const made = snapshots.add(rest);
      if (isCurrent && snapshots.current) throw broken("more than one snapshot claims to be active");
      if (isCurrent) snapshots.current = made;
    }
    left = left.filter((def) => !ready.includes(def));
  }
}

const readSnapshot = (element: XmlElement): SnapshotDef =>
  parseSnapshot(formatTree({ ...element, prefix: "" }), {
    momentDomain: reading,
    isRedefined: true,
    status: true,
  });
