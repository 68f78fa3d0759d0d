import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import {
  attr,
  child,
  element,
  type Infer,
  oneOf,
  str,
  variant,
  type XmlElement,
  yesNo,
} from "@libvirt-ts/xml";
import { checkPciNumbers, pciNumbers } from "../domain/address.ts";
import { storageError } from "./errors.ts";

/** A world wide name: 16 hexadecimal digits. */
const wwn = {
  parse(text: string): string {
    if (!/^[0-9a-fA-F]{16}$/.test(text)) {
      throw new VirError(ErrorDomain.NONE, ErrorCode.INTERNAL_ERROR, `Malformed wwn: ${text}`);
    }
    return text;
  },
  format: (value: string) => value,
};

const noUniqueId = () => storageError("Missing or invalid scsi adapter 'unique_id' value");
const uniqueId = {
  parse(text: string): number {
    if (!/^\s*\+?\d+$/.test(text) || Number(text) > 0x7fffffff) throw noUniqueId();
    return Number(text);
  },
  format: String,
};

/** An adapter found by where it sits: its name may change from one start of the host to the next. */
const ParentAddress = element(
  "parentaddr",
  {
    uniqueId: attr("unique_id", uniqueId),
    address: child(element("address", pciNumbers), {
      required: true,
      missing: () => storageError("Missing scsi_host PCI address element"),
    }),
  },
  {
    read({ uniqueId: id, address }) {
      checkPciNumbers(address);
      if (id === undefined) throw noUniqueId();
    },
  },
);

/** The SCSI adapter whose disks make up a pool. */
export const Adapter = element(
  "adapter",
  {
    type: attr("type", oneOf(["scsi_host", "fc_host"]), { default: "scsi_host" }),
    $details: variant("type", {
      scsi_host: { name: attr("name", str), parentAddress: child(ParentAddress, { joins: true }) },
      fc_host: {
        parent: attr("parent", str),
        parentWwnn: attr("parent_wwnn", str),
        parentWwpn: attr("parent_wwpn", str),
        parentFabricWwn: attr("parent_fabric_wwn", str),
        managed: attr("managed", yesNo),
        wwnn: attr("wwnn", wwn),
        wwpn: attr("wwpn", wwn),
      },
    }),
  },
  {
    read(adapter, from) {
      checkUntyped(from);
      if (adapter.type === "fc_host") checkFibreChannel(adapter);
      else if (adapter.name === undefined && !adapter.parentAddress) {
        throw storageError("Either 'name' or 'parent' must be specified for the 'scsi_host' adapter");
      } else if (adapter.name !== undefined && adapter.parentAddress) {
        throw storageError("Both 'name' and 'parent' cannot be specified for the 'scsi_host' adapter");
      }
    },
  },
);
export type Adapter = Infer<typeof Adapter>;

/** Without a type an adapter is one of the host, known by its name. */
function checkUntyped({ attrs, children }: XmlElement): void {
  if (attrs.type !== undefined) return;
  if (attrs.wwnn !== undefined || attrs.wwpn !== undefined || attrs.parent !== undefined) {
    throw storageError("Use of 'wwnn', 'wwpn', and 'parent' attributes requires use of the adapter 'type'");
  }
  if (children.some(({ name }) => name === "parentaddr"))
    throw storageError("Use of 'parentaddr' element requires use of the adapter 'type'");
  if (attrs.name === undefined) throw storageError("missing storage pool source adapter");
}

function checkFibreChannel(adapter: {
  wwnn?: string | undefined;
  wwpn?: string | undefined;
  parentWwnn?: string | undefined;
  parentWwpn?: string | undefined;
}): void {
  const { wwnn, wwpn, parentWwnn, parentWwpn } = adapter;
  if (wwnn === undefined || wwpn === undefined) {
    throw storageError("'wwnn' and 'wwpn' must be specified for adapter type 'fchost'");
  }
  if (parentWwnn !== undefined && parentWwpn === undefined) {
    throw storageError(`when providing parent_wwnn='${parentWwnn}', the parent_wwpn must also be provided`);
  }
  if (parentWwpn !== undefined && parentWwnn === undefined) {
    throw storageError(`when providing parent_wwpn='${parentWwpn}', the parent_wwnn must also be provided`);
  }
}
