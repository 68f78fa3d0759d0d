import { ErrorDomain, internal } from "@libvirt-ts/errors";
import { attr, child, element, type Infer, oneOf, str } from "@libvirt-ts/xml";
import { MetadataCache } from "../domain/devices/storage-parts.ts";
import { diskFormats, sourceByType, sourceTypes } from "../domain/devices/storage-source.ts";
import { snapshotError, unsupported } from "./errors.ts";

/** Where the state of a disk or of memory is kept; `manual` is done by someone else. */
export const snapshotPlaces = ["no", "internal", "external", "manual"] as const;

const drivers = diskFormats.filter((format) => format !== "none");
const driver = {
  words: drivers,
  parse(text: string): (typeof drivers)[number] {
    const found = drivers.find((word) => word === text);
    if (found === undefined) throw unsupported(`unknown disk snapshot driver '${text}'`);
    return found;
  },
  format: (value: (typeof drivers)[number]) => value,
};

const Driver = element("driver", {
  type: attr("type", driver),
  metadataCache: child(MetadataCache),
});

const overlayTypes: readonly string[] = ["file", "block", "network"];

/** How one disk takes part: `source` is where it goes on being written. */
export const SnapshotDisk = element(
  "disk",
  {
    name: attr("name", str, {
      required: true,
      missing: () => internal(ErrorDomain.DOMAIN_SNAPSHOT, "missing name from disk snapshot element"),
    }),
    snapshot: attr("snapshot", oneOf(snapshotPlaces)),
    type: attr("type", oneOf(sourceTypes), { default: "file" }),
    driver: child(Driver),
    $source: sourceByType,
  },
  {
    rule(disk) {
      const source = disk.children.find(({ name }) => name === "source");
      if (source?.attrs.startupPolicy !== undefined) return "the source of a snapshot has no 'startupPolicy'";
      return disk.attrs.type === "network" && source?.children.some(({ name }) => name === "seclabel")
        ? "network sources have no <seclabel>"
        : undefined;
    },
    read(disk) {
      if (!overlayTypes.includes(disk.type))
        throw unsupported(`unsupported disk snapshot type '${disk.type}'`);
      const path =
        disk.type === "file" ? disk.source?.file : disk.type === "block" ? disk.source?.dev : undefined;
      if (path !== undefined && !path.startsWith("/"))
        throw snapshotError(`disk snapshot image path '${path}' must be absolute`);
      if (hasOverlay(disk)) disk.snapshot ??= "external";
    },
    // Without an overlay there is nothing to tell the type of.
    view: (disk) => (hasOverlay(disk) ? disk : ({ name: disk.name, snapshot: disk.snapshot } as typeof disk)), // only ever handed to the formatter
  },
);
export type SnapshotDisk = Infer<typeof SnapshotDisk>;

interface Overlay {
  type: string;
  driver?: { type?: string | undefined } | undefined;
  source?: object | undefined;
}

/** Whether anything is said of where a disk goes on being written. */
function hasOverlay({ type, driver: { type: format } = {}, source = {} }: Overlay): boolean {
  if (format !== undefined || type === "network") return true;
  return ("file" in source && source.file !== undefined) || ("dev" in source && source.dev !== undefined);
}
