"""Says of each document of a JSON list on standard input whether libvirt's own schemas let it pass."""

import json
import sys

import libvirt

INVALID_SCHEMA = 92

libvirt.registerErrorHandler(lambda _ctx, _err: None, None)
connect = libvirt.open("test:///default")
define = {
    "domain": lambda xml: connect.defineXMLFlags(xml, libvirt.VIR_DOMAIN_DEFINE_VALIDATE),
    "network": lambda xml: connect.networkDefineXMLFlags(xml, libvirt.VIR_NETWORK_DEFINE_VALIDATE),
    "storagepool": lambda xml: connect.storagePoolDefineXML(xml, libvirt.VIR_STORAGE_POOL_DEFINE_VALIDATE),
}


def passes(schema, xml):
    try:
        define[schema](xml).undefine()
    except libvirt.libvirtError as error:
        return error.get_error_code() != INVALID_SCHEMA
    return True


json.dump([passes(schema, xml) for schema, xml in json.load(sys.stdin)], sys.stdout)
