import { attr, custom, element, type Infer, leaf, oneOf, str, variant } from "@libvirt-ts/xml";
import { internalError } from "./errors.ts";
import { decimal, given, nested, number, word } from "./fields.ts";

/** An adapter's name, or none yet: a new one may have it made up. */
const wwn = (tag: string) =>
  given<string>(tag, {
    read: (text) => text,
    write: (value) => value,
    invalid: (device) => internalError(`no ${tag.toUpperCase()} supplied for '${device}'`),
  });

/** A number that only the host knows. */
const counted = (tag: string) =>
  custom<number>({
    tags: [tag],
    parse: () => 0,
    formatBody(value, writer) {
      writer.open(tag);
      writer.closeWithText(tag, String(value));
    },
  });

const hostTypes = ["fc_host", "vport_ops"] as const;
const HostExtra = element("capability", {
  type: attr("type", oneOf(hostTypes), { required: true }),
  $details: variant("type", {
    fc_host: { wwnn: wwn("wwnn"), wwpn: wwn("wwpn"), fabricWwn: wwn("fabric_wwn") },
    /** It can carry virtual adapters: how many, and how many there are. */
    vport_ops: {
      maxVports: counted("max_vports"),
      vports: counted("vports"),
    },
  }),
});
export type ScsiHostExtra = Infer<typeof HostExtra>;

const uniqueId = given<number>("unique_id", {
  read: (text) => {
    const value = /^\s*[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    return Math.abs(value) <= 0x7fffffff ? value : undefined;
  },
  write: (value) => (value === -1 ? undefined : String(value)),
  invalid: (device) => internalError(`invalid unique_id supplied for '${device}'`),
});

/** An adapter. One that is to be made has no number yet. */
export const scsiHost = {
  host: given<number>("host", {
    read: decimal(32),
    write: String,
    invalid: (device) => internalError(`invalid SCSI host ID supplied for '${device}'`),
  }),
  uniqueId,
  extras: nested(HostExtra, hostTypes, {
    missing: (device) => internalError(`missing SCSI host capability type for '${device}'`),
    unknown: (device, type) => internalError(`unknown SCSI host capability type '${type}' for '${device}'`),
  }),
};

const targetTypes = ["fc_remote_port"] as const;
const TargetExtra = element("capability", {
  type: attr("type", oneOf(targetTypes), { required: true }),
  rport: word("rport", (device) => internalError(`missing rport name for '${device}'`)),
  wwpn: word("wwpn", (device) => internalError(`missing wwpn identifier for '${device}'`)),
});
export type ScsiTargetExtra = Infer<typeof TargetExtra>;

export const scsiTarget = {
  target: word("target", (device) => internalError(`no target name supplied for '${device}'`)),
  extras: nested(TargetExtra, targetTypes, {
    missing: (device) => internalError(`missing type for SCSI target capability for '${device}'`),
    unknown: (device, type) => internalError(`unknown SCSI target capability type '${type}' for '${device}'`),
  }),
};

/** A device on the bus of an adapter. */
export const scsi = {
  host: number("host", "SCSI host ID"),
  bus: number("bus", "SCSI bus ID"),
  target: number("target", "SCSI target ID"),
  lun: number("lun", "SCSI LUN ID"),
  deviceType: leaf("type", str),
};
