"""Calls about objects of the test driver that are no domains; prints what each answers, one a line.

Lists are shown sorted: libvirt's own come in the order of a hash. Usage: test-driver-objects.py URI GROUP
"""
import sys
import time

import libvirt

libvirt.registerErrorHandler(lambda _context, _error: None, None)
libvirt.virEventRegisterDefaultImpl()
connection = libvirt.open(sys.argv[1])
UUID = "11111111-2222-3333-4444-555555555555"


def show(name, call, *args):
    try:
        answer = repr(plain(call(*args)))
    except libvirt.libvirtError as error:
        answer = f"{error.get_error_code()}/{error.get_error_domain()} {error.get_error_message()}"
    print(f"{name}{tuple(plain(arg) for arg in args)}: {answer}")


def plain(value):
    if isinstance(value, list) and all(hasattr(each, "name") or isinstance(each, str) for each in value):
        return sorted(plain(each) for each in value)
    return value.name() if hasattr(value, "name") else value


def each(object, calls):
    for name, *args in calls:
        show(name, getattr(object, name), *args)


def watch(register, ids):
    for number in ids:
        show("register", lambda each: register(None, each, told, each), number)


def told(_connection, object, *details):
    print("event", object.name(), details)


def events():
    end = time.monotonic() + 0.3
    timer = libvirt.virEventAddTimeout(50, lambda *_: None, None)
    while time.monotonic() < end:
        libvirt.virEventRunDefaultImpl()
    libvirt.virEventRemoveTimeout(timer)


def networks():
    watch(connection.networkEventRegisterAny, [0])
    net = connection.networkLookupByName("default")
    xml = f"<network><name>x</name><uuid>{UUID}</uuid>%s</network>"
    each(net, [("XMLDesc",), ("XMLDesc", 1), ("bridgeName",), ("autostart",), ("setAutostart", 1), ("autostart",), ("isPersistent",), ("create",), ("undefine",)])
    for section, text in ((4, "<host mac='52:54:00:00:00:01' name='a' ip='192.168.122.45'/>"), (11, "<txt name='a' value='b'/>"), (1, "<bridge/>"), (99, "<x/>")):
        each(net, [("update", command, section, -1, text, flags) for command in (3, 3, 2, 9) for flags in (0, 8)])
    each(connection, [("networkLookupByName", "x"), ("networkLookupByUUIDString", UUID), ("networkDefineXML", xml % ""), ("networkDefineXML", "<net/>"), ("networkDefineXMLFlags", xml % "", 4)])
    other = connection.networkLookupByName("x")
    each(other, [("bridgeName",), ("isActive",), ("destroy",), ("create",), ("isActive",), ("undefine",), ("destroy",)])
    each(connection, [("networkCreateXML", xml % "<bridge name='b7'/>"), ("networkCreateXML", xml % "")])
    each(other, [("XMLDesc",), ("isPersistent",), ("update", 3, 11, -1, "<txt name='a' value='b'/>", 2), ("destroy",), ("undefine",)])
    each(other, [("create",), ("XMLDesc",), ("isActive",), ("setAutostart", 1), ("update", 3, 4, 0, "<host/>", 0)])
    each(connection, [("listAllNetworks", 1 << bit) for bit in range(7)] + [("listNetworks",), ("listDefinedNetworks",), ("numOfNetworks",)])
    events()


def interfaces():
    card = connection.interfaceLookupByName("eth1")
    xml = "<interface type='ethernet' name='%s'><mac address='aa:bb:cc:dd:ee:ff'/></interface>"
    each(card, [("MACString",), ("isActive",), ("create",), ("create", 1), ("XMLDesc", 1)])
    each(connection, [("interfaceLookupByName", "x"), ("interfaceLookupByMACString", "AA:bb:cc:dd:ee:ff"), ("interfaceLookupByMACString", "00:00:00:00:00:01")])
    each(connection, [("changeCommit",), ("changeRollback",), ("changeBegin", 4), ("changeBegin",), ("changeBegin",), ("changeCommit", 4)])
    each(connection, [("interfaceDefineXML", xml % "eth2"), ("interfaceLookupByMACString", "aa:bb:cc:dd:ee:ff"), ("interfaceDefineXML", "<x/>"), ("interfaceDefineXML", "<x"), ("interfaceDefineXML", xml % "e", 4)])
    each(card, [("destroy",), ("destroy",), ("undefine",), ("undefine",), ("XMLDesc",)])
    each(connection, [("changeRollback",), ("listInterfaces",), ("listDefinedInterfaces",)] + [("listAllInterfaces", flags) for flags in (0, 1, 2, 4)])


def storage():
    watch(connection.storagePoolEventRegisterAny, [0, 1])
    pool = connection.storagePoolLookupByName("default-pool")
    each(pool, [("XMLDesc",), ("info",), ("create",), ("create", 1), ("undefine",), ("build",), ("delete",), ("refresh",), ("refresh", 1), ("setAutostart", 1), ("autostart",)])
    xml = "<volume><name>%s</name><capacity unit='G'>%d</capacity><allocation>%d</allocation></volume>"
    each(pool, [("createXML", xml % row) for row in (("a", 1, 4096), ("a", 1, 4096), ("b", 1, 107374182400))] + [("createXML", xml % ("c", 1, 1), flags) for flags in (1, 2, 64)])
    volume = pool.storageVolLookupByName("a")
    each(volume, [("XMLDesc",), ("XMLDesc", 1), ("info",), ("path",), ("key",), ("storagePoolLookupByVolume",), ("resize", 1)])
    each(pool, [("createXMLFrom", xml % ("d", 2, 5), volume), ("createXMLFrom", xml % ("d", 2, 5), volume), ("listVolumes",), ("listAllVolumes",), ("info",)])
    each(connection, [("storageVolLookupByKey", "/default-pool/a"), ("storageVolLookupByPath", "/default-pool/d"), ("storageVolLookupByKey", "z"), ("storageVolLookupByPath", "z"), ("storagePoolLookupByTargetPath", "/default-pool")])
    each(volume, [("delete", 1), ("delete",), ("delete",), ("info",)])
    each(pool, [("destroy",), ("destroy",), ("listVolumes",), ("listAllVolumes",), ("delete",), ("build",), ("create",), ("listVolumes",)])
    folder = f"<pool type='dir'><name>%s</name><uuid>{UUID}</uuid><target><path>%s</path></target></pool>"
    each(connection, [("storagePoolCreateXML", folder % row) for row in (("p", "/default-pool"), ("default-pool", "/p"), ("p", "/p"), ("p", "/p"), ("q", "/p"))])
    other = connection.storagePoolLookupByName("p")
    each(other, [("setAutostart", 1), ("isPersistent",), ("destroy",), ("isActive",), ("XMLDesc",)])
    each(connection, [("listAllStoragePools", 1 << bit) for bit in range(20)])
    each(connection, [("findStoragePoolSources", kind, None) for kind in ("logical", "netfs", "iscsi", "dir", "foo")])
    each(connection, [("findStoragePoolSources", "netfs", "<source><host name='h'/></source>")])
    events()


def devices():
    watch(connection.nodeDeviceEventRegisterAny, [0])
    each(connection, [("listDevices", kind) for kind in (None, "system", "scsi_host", "fc_host", "vports", "bad")])
    each(connection, [("listAllDevices", flags) for flags in (0, 1, 0x20, 0x200, 0x400, 0x401, 1 << 24)])
    for name in ("computer", "scsi_host1", "scsi_host2", "scsi_host11"):
        each(connection.nodeDeviceLookupByName(name), [("XMLDesc",), ("XMLDesc", 1), ("parent",), ("listCaps",), ("numOfCaps",)])
    xml = "<device>%s<capability type='scsi_host'><capability type='fc_host'><wwnn>2000000012341239</wwnn><wwpn>1000000012341239</wwpn></capability></capability></device>"
    parents = ["", "<parent>scsi_host1</parent>", "<parent>scsi_host11</parent>", "<parent>none</parent>", "<parent fabric_wwn='2000000043214321'/>", "<parent wwnn='2000000012341234' wwpn='1000000012341234'/>", "<parent wwnn='2000000012341234'/>"]
    each(connection, [("nodeDeviceCreateXML", xml % parent) for parent in parents] + [("nodeDeviceCreateXML", "<x/>"), ("nodeDeviceCreateXML", xml % "", 2)])
    each(connection.nodeDeviceLookupByName("scsi_host12"), [("XMLDesc",), ("destroy",), ("destroy",), ("XMLDesc",)])
    events()


globals()[sys.argv[2]]()
