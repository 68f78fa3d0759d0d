import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { parseXml, type XmlElement } from "@libvirt-ts/xml";
import type { NetworkDef } from "./network.ts";
import { type SectionUpdate, sectionUpdates } from "./update-sections.ts";

/** What NETWORK_UPDATE can do to a section; numbers of the public API. */
export const updateCommands = { modify: 1, delete: 2, "add-last": 3, "add-first": 4 } as const;
export type UpdateCommand = keyof typeof updateCommands;

/** What NETWORK_UPDATE can work on; numbers of the public API. */
export const updateSections = {
  bridge: 1,
  domain: 2,
  ip: 3,
  "ip-dhcp-host": 4,
  "ip-dhcp-range": 5,
  forward: 6,
  "forward-interface": 7,
  "forward-pf": 8,
  portgroup: 9,
  "dns-host": 10,
  "dns-txt": 11,
  "dns-srv": 12,
} as const;
export type UpdateSection = keyof typeof updateSections;

/** One call of NETWORK_UPDATE. */
export interface NetworkUpdate {
  /** Number of an `updateCommands` entry. */
  command: number;
  /** Number of an `updateSections` entry. */
  section: number;
  /** Which `<ip>` is meant, from 0; -1 picks the fitting one. */
  parentIndex: number;
  xml: string;
}

/** The name of a section's number. @throws VirError OPERATION_UNSUPPORTED */
export function sectionName(section: number): UpdateSection {
  const name = (Object.keys(updateSections) as UpdateSection[]).find(
    (key) => updateSections[key] === section,
  ); // its own keys
  if (!name) throw unsupported("can't update unrecognized section of network");
  return name;
}

function commandName(command: number): UpdateCommand {
  const name = (Object.keys(updateCommands) as UpdateCommand[]).find(
    (key) => updateCommands[key] === command,
  ); // its own keys
  if (!name) {
    throw unsupported(`unrecognized network update command code ${command}`);
  }
  return name;
}

/**
 * Changes one part of a definition. The result is not checked as a whole: do that with `checkNetwork`.
 * @returns a changed copy
 * @throws VirError OPERATION_INVALID (no such entry, or it exists already), XML_ERROR, OPERATION_UNSUPPORTED
 */
export function updateNetwork(def: NetworkDef, update: NetworkUpdate): NetworkDef {
  const root = parseXml(update.xml, { errorDomain: ErrorDomain.NETWORK });
  const section = sectionName(update.section);
  const apply: SectionUpdate | undefined = sectionUpdates[section];
  if (!apply) {
    throw unsupported(`can't update '${section.replace("-", " ")}' section of network '${def.name}'`);
  }
  expectElement(root, apply.tag, def);
  const command = commandName(update.command);
  const copy = structuredClone(def);
  const { parentIndex } = update;
  apply.run(copy, { command, parentIndex, root, context: { networkName: def.name } });
  return copy;
}

function expectElement(root: XmlElement, tag: string, { name }: NetworkDef): void {
  if (root.name !== tag) {
    const text = `unexpected element <${root.name}>, expecting <${tag}>, while updating network '${name}'`;
    throw new VirError(ErrorDomain.NETWORK, ErrorCode.XML_ERROR, text);
  }
}

const unsupported = (detail: string): VirError =>
  new VirError(ErrorDomain.NETWORK, ErrorCode.OPERATION_UNSUPPORTED, detail);
