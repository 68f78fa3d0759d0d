import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { childNamed, parseXml, type XmlElement, XmlWriter, xmlError } from "@libvirt-ts/xml";
import { type MomentOptions, readMoment } from "../moment.ts";
import { snapshotError } from "./errors.ts";
import { type SnapshotDef, type SnapshotState, SnapshotSyntax } from "./snapshot.ts";

/** Reads `<domainsnapshot>`. `status`: what the daemon wrote for itself. @throws VirError */
export function parseSnapshot(text: string, options: MomentOptions = {}): SnapshotDef {
  const root = parseXml(text, { errorDomain: ErrorDomain.DOMAIN_SNAPSHOT });
  return readSnapshot(root, options);
}

function readSnapshot(root: XmlElement, options: MomentOptions): SnapshotDef {
  if (root.name !== "domainsnapshot")
    throw xmlError(`expecting root element of 'domainsnapshot', not '${root.name}'`);
  const identity = { what: "snapshot", domain: ErrorDomain.DOMAIN_SNAPSHOT };
  const moment = readMoment(root, options, identity);
  if (options.isRedefined && !childNamed(root, "state")?.text)
    throw snapshotError("missing state from existing snapshot");
  const source = options.isRedefined ? root : withoutPast(root);
  const def: SnapshotDef = { ...SnapshotSyntax.parse(source, options), ...moment };
  fillMemory(def, options);
  checkMemory(def);
  if (options.status && def.isCurrent === undefined) {
    throw new VirError(
      ErrorDomain.DOMAIN_SNAPSHOT,
      ErrorCode.INTERNAL_ERROR,
      "Could not find 'active' element",
    );
  }
  return def;
}

const ofPast = new Set(["state", "domain", "inactiveDomain"]);

/** What only says how something was is not looked at when it is made. */
const withoutPast = (root: XmlElement): XmlElement => ({
  ...root,
  children: root.children.filter(({ name }) => !ofPast.has(name)),
});

/** Whether a guest in such a state has no memory to keep. */
const isOffline = (state: SnapshotState | undefined): boolean =>
  state === "shutoff" || state === "disk-snapshot";

function fillMemory(def: SnapshotSyntax, { isRedefined }: MomentOptions): void {
  const { memory } = def;
  if (memory?.snapshot === undefined && memory?.file !== undefined) memory.snapshot = "external";
  else if (memory?.snapshot === undefined) {
    if (isRedefined) def.memory = { snapshot: isOffline(def.state) ? "no" : "internal" };
    else delete def.memory;
  }
}

function checkMemory({ memory, state }: SnapshotSyntax): void {
  if (!memory) return;
  const { snapshot, file } = memory;
  if (snapshot === "manual") throw snapshotError("'manual' memory snapshot mode not supported");
  if (file !== undefined && snapshot !== "external")
    throw snapshotError(`memory filename '${file}' requires external snapshot`);
  if (file === undefined && snapshot === "external")
    throw snapshotError("external memory snapshots require a filename");
  if (snapshot !== "no" && isOffline(state))
    throw snapshotError("memory state cannot be saved with offline or disk-only snapshot");
  if (file !== undefined && !file.startsWith("/"))
    throw snapshotError(`memory snapshot file path (${file}) must be absolute`);
}

export interface FormatSnapshotOptions {
  readonly secure?: boolean;
  /** The daemon's own form. */
  readonly status?: boolean;
  /** Written where the snapshot does not hold the guest. */
  readonly snapshotDomainUuid?: string;
}

/** The text of a snapshot, with a final newline. */
export function formatSnapshot(def: SnapshotDef, options: FormatSnapshotOptions = {}): string {
  const writer = new XmlWriter();
  SnapshotSyntax.format(def, writer, options);
  return writer.toString();
}
