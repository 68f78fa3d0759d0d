import { element, type Infer, leaf, list, refusing, size, str } from "@libvirt-ts/xml";

const tune = (tag: string) =>
  leaf(
    tag,
    refusing(size, () => xmlError(`disk iotune field '${tag}' must be an integer`)),
    { omit: 0 },
  );

import { xmlError } from "../errors.ts";

/** Limits of a block device: bytes or operations a second; `Max` for bursts, `MaxLength` in seconds. */
export const iotuneFields = {
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
  groupName: leaf("group_name", str),
  totalBytesSecMaxLength: tune("total_bytes_sec_max_length"),
  readBytesSecMaxLength: tune("read_bytes_sec_max_length"),
  writeBytesSecMaxLength: tune("write_bytes_sec_max_length"),
  totalIopsSecMaxLength: tune("total_iops_sec_max_length"),
  readIopsSecMaxLength: tune("read_iops_sec_max_length"),
  writeIopsSecMaxLength: tune("write_iops_sec_max_length"),
};

export const Iotune = element("iotune", iotuneFields);
export type Iotune = Infer<typeof Iotune>;

const { groupName, ...limits } = iotuneFields;
/** A named set of limits that several disks may share. */
const ThrottleGroup = element("throttlegroup", { ...limits, groupName });
export type ThrottleGroup = Infer<typeof ThrottleGroup>;
export const ThrottleGroups = element("throttlegroups", { groups: list(ThrottleGroup) });
