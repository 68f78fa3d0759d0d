import { element, type Infer, leaf, list, refusing, size, str } from "@libvirt-ts/xml";
import { xmlError } from "../errors.ts";

/** Limits of a block device: bytes or operations a second; `Max` for bursts, `MaxLength` in seconds. */
function limits(what: string) {
  const tune = (tag: string) =>
    leaf(
      tag,
      refusing(size, () => xmlError(`${what} field '${tag}' must be an integer`)),
      { omit: 0 },
    );
  return {
    rates: {
      totalBytesSec: tune("total_bytes_sec"),
      readBytesSec: tune("read_bytes_sec"),
      writeBytesSec: tune("write_bytes_sec"),
      totalIopsSec: tune("total_iops_sec"),
      readIopsSec: tune("read_iops_sec"),
      writeIopsSec: tune("write_iops_sec"),
      totalBytesSecMax: tune("total_bytes_sec_max"),
      readBytesSecMax: tune("read_bytes_sec_max"),
      writeBytesSecMax: tune("write_bytes_sec_max"),
      totalIopsSecMax: tune("total_iops_sec_max"),
      readIopsSecMax: tune("read_iops_sec_max"),
      writeIopsSecMax: tune("write_iops_sec_max"),
      sizeIopsSec: tune("size_iops_sec"),
    },
    lengths: {
      totalBytesSecMaxLength: tune("total_bytes_sec_max_length"),
      readBytesSecMaxLength: tune("read_bytes_sec_max_length"),
      writeBytesSecMaxLength: tune("write_bytes_sec_max_length"),
      totalIopsSecMaxLength: tune("total_iops_sec_max_length"),
      readIopsSecMaxLength: tune("read_iops_sec_max_length"),
      writeIopsSecMaxLength: tune("write_iops_sec_max_length"),
    },
  };
}
const groupName = leaf("group_name", str);

const own = limits("disk iotune");
/** Limits of one disk, or of the group it names. */
export const Iotune = element("iotune", { ...own.rates, groupName, ...own.lengths });
export type Iotune = Infer<typeof Iotune>;

const shared = limits("throttle group");
/** A named set of limits that several disks may share. */
const ThrottleGroup = element(
  "throttlegroup",
  { ...shared.rates, ...shared.lengths, groupName },
  {
    read(group) {
      if (group.groupName === undefined) throw xmlError("missing group name");
    },
  },
);
export type ThrottleGroup = Infer<typeof ThrottleGroup>;
export const ThrottleGroups = element(
  "throttlegroups",
  { groups: list(ThrottleGroup) },
  {
    read({ groups }) {
      const seen = new Set<string | undefined>();
      for (const { groupName: name } of groups) {
        if (seen.has(name)) throw xmlError(`duplicate group name '${name}' found`);
        seen.add(name);
      }
    },
  },
);
