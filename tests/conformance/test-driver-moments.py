"""Calls about snapshots and checkpoints of the test driver; prints what each answers, one a line.

Usage: test-driver-moments.py URI GROUP
"""
import re
import sys
import time

import libvirt

libvirt.registerErrorHandler(lambda _context, _error: None, None)
libvirt.virEventRegisterDefaultImpl()
connection = libvirt.open(sys.argv[1])
domain = connection.lookupByName("test")
UUID = domain.UUIDString()


def show(name, call, *args):
    try:
        answer = repr(plain(call(*args)))
    except libvirt.libvirtError as error:
        text = error.get_error_message() if error.get_error_code() != 92 else "invalid"  # what is wrong with it, each says in words of its own
        answer = f"{error.get_error_code()}/{error.get_error_domain()} {text}"
    print(f"{name}({', '.join(repr(plain(arg)) for arg in args)}): {answer}")


def plain(value):
    if isinstance(value, str):
        return re.sub(r"<creationTime>\d{9,}<", "<creationTime>NOW<", value)
    if isinstance(value, list):
        values = [plain(each) for each in value]
        return values if ordered or not all(isinstance(each, str) for each in values) else sorted(values)
    for ask in ("getName", "name"):
        if hasattr(value, ask):
            return getattr(value, ask)()
    return value


ordered = False


def each(object, calls):
    for name, *args in calls:
        show(name, getattr(object, name), *args)


quiet_from = 0.0


def events():
    """Those of earlier calls: nothing tells the last one, but that no other follows for a while."""
    global quiet_from
    quiet_from = time.monotonic()
    timer = libvirt.virEventAddTimeout(2, lambda *_: None, None)
    while time.monotonic() < quiet_from + 0.04:
        libvirt.virEventRunDefaultImpl()
    libvirt.virEventRemoveTimeout(timer)


def on_event(_connection, dom, event, detail, _opaque):
    global quiet_from
    quiet_from = time.monotonic()
    print("event", dom.name(), event, detail)


def watch():
    connection.domainEventRegisterAny(None, 0, on_event, None)


def snapshot(name, inside="", flags=0):
    show("snapshotCreateXML", domain.snapshotCreateXML, f"<domainsnapshot><name>{name}</name>{inside}</domainsnapshot>", flags)


def checkpoint(name, inside="", flags=0):
    show("checkpointCreateXML", domain.checkpointCreateXML, f"<domaincheckpoint><name>{name}</name>{inside}</domaincheckpoint>", flags)


def lookup(name):
    return domain.snapshotLookupByName(name)


def tree():
    each(domain, [("snapshotCurrent",), ("hasCurrentSnapshot",), ("snapshotNum",), ("snapshotListNames",), ("listAllSnapshots",), ("snapshotLookupByName", "s1"), ("snapshotLookupByName", "s1", 1)])
    for name in ("s1", "s3", "s2"):
        snapshot(name)
    snapshot("s2")
    lookup("s3")
    show("revert", domain.revertToSnapshot, lookup("s3"))
    snapshot("s6")
    snapshot("s5")
    show("revert", domain.revertToSnapshot, lookup("s6"))
    snapshot("s4")
    show("revert", domain.revertToSnapshot, lookup("s1"))
    snapshot("s7")
    snapshot("s8")
    checkpoint("c1")
    for flags in [0] + [1 << bit for bit in range(13)] + [0x12, 0x60, 0xe0, 0x300, 0x401, 0x405, 0x44, 0x48, 0xc]:
        each(domain, [("snapshotNum", flags), ("snapshotListNames", flags), ("listAllSnapshots", flags)])
        each(lookup("s3"), [("numChildren", flags), ("listChildrenNames", flags), ("listAllChildren", flags)])
    global ordered
    ordered = True
    each(domain, [("snapshotListNames", 0x400), ("listAllSnapshots", 0x401), ("listAllSnapshots", 0x1)])
    each(lookup("s1"), [("listChildrenNames", 1), ("listAllChildren", 0), ("listAllChildren", 0x404)])
    ordered = False
    for name in ("s1", "s2", "s8"):
        each(lookup(name), [("getParent",), ("getParent", 1), ("isCurrent",), ("isCurrent", 1), ("hasMetadata",), ("hasMetadata", 1), ("getXMLDesc",), ("getXMLDesc", 1), ("getXMLDesc", 2)])
    each(domain, [("snapshotCurrent",), ("snapshotCurrent", 1), ("hasCurrentSnapshot",), ("hasCurrentSnapshot", 1)])
    each(connection, [("listAllDomains", 1 << bit) for bit in (10, 11, 12, 13)])
    s1 = lookup("s1")
    each(s1, [("delete", 8), ("delete", 5), ("delete", 2), ("delete",), ("delete",), ("getXMLDesc",), ("getParent",), ("isCurrent",), ("hasMetadata",), ("numChildren",), ("listChildrenNames",), ("listAllChildren",)])
    show("revert", domain.revertToSnapshot, s1)
    each(domain, [("snapshotListNames", 1), ("snapshotCurrent",)])
    show("revert", domain.revertToSnapshot, lookup("s4"))
    each(lookup("s6"), [("delete", 4), ("isCurrent",)])
    each(lookup("s7"), [("delete", 1)])
    each(domain, [("snapshotListNames",), ("snapshotCurrent",)])
    each(lookup("s6"), [("delete",)])
    each(domain, [("snapshotListNames",), ("snapshotCurrent",)])
    each(domain, [("undefineFlags", 4), ("destroy",), ("undefine",), ("undefineFlags", 16), ("rename", "other")])
    each(connection.lookupByName("other"), [("snapshotListNames",), ("undefineFlags", 2), ("snapshotListNames",)])


def create():
    disks = lambda *rows: "<disks>" + "".join(rows) + "</disks>"
    for inside in (
        "<description>d</description><state>paused</state><creationTime>5</creationTime><parent><name>none</name></parent>",
        disks("<disk name='vda'/>"),
        disks("<disk name='/guest/diskimage1'/>"),
        disks("<disk name='vdb'/>"),
        disks("<disk name='vda'/>", "<disk name='vda'/>"),
        disks("<disk name='vda' snapshot='no'/>"),
        disks("<disk name='vda' snapshot='internal'/>"),
        disks("<disk name='vda' snapshot='external'/>"),
        disks("<disk name='vda' snapshot='external'><source file='/x'/></disk>"),
        disks("<disk name='vda' snapshot='bad'/>"),
        "<memory snapshot='no'/>",
        "<memory snapshot='internal'/>",
        "<memory snapshot='external'/>",
        "<memory snapshot='external' file='/m'/>",
        "<memory file='/m'/>",
        "<memory snapshot='external' file='m'/>",
        "<memory snapshot='external' file='/m'/>" + disks("<disk name='vda' snapshot='no'/>"),
        "<memory snapshot='external' file='/m'/>" + disks("<disk name='vda' snapshot='internal'/>"),
        "<memory snapshot='external' file='/m'/>" + disks("<disk name='vda'><source file='/y'/></disk>"),
        "<memory snapshot='external' file='/m'/>" + disks("<disk name='vda' snapshot='manual'/>"),
    ):
        snapshot("s", inside)
        try:
            print(plain(domain.snapshotCurrent().getXMLDesc()).split("<domain ")[0])
            domain.snapshotCurrent().delete()
        except libvirt.libvirtError:
            pass
    each(domain, [("snapshotCreateXML", xml) for xml in ("<x/>", "<domainsnapshot", "")])
    for flags in [1 << bit for bit in range(11)] + [3, 5, 9, 0x101, 0x11, 0x18, 0x30]:
        show("snapshotCreateXML", domain.snapshotCreateXML, "<domainsnapshot><name>s</name></domainsnapshot>", flags)
        each(domain, [("state",)])
        if not domain.isActive():
            domain.create()
        for old in domain.listAllSnapshots():
            old.delete()
    watch()
    snapshot("h", flags=8)
    snapshot("off")
    snapshot("off2", flags=8)
    each(lookup("off"), [("getXMLDesc",)])
    snapshot("m", "<memory snapshot='internal'/>")
    snapshot("x", "<memory snapshot='external' file='/m'/>")
    domain.create()
    each(domain, [("undefineFlags", 0), ("isPersistent",), ("snapshotNum",)])
    each(connection, [("listAllDomains", 1 << 10)])
    snapshot("t", flags=8)
    snapshot("t")
    each(domain, [("destroy",)])
    events()


GUEST = f"<domain type='test'><name>test</name><uuid>%s</uuid><memory>%d</memory><currentMemory>2097152</currentMemory><vcpu>2</vcpu><os><type arch='i686'>hvm</type></os><devices><disk type='file' device='disk'><source file='/guest/diskimage1'/><target dev='vda' bus='virtio'/></disk></devices></domain>"


def redefine():
    guest = GUEST % (UUID, 8388608)
    rows = (
        ("a", "", 1),
        ("a", "<state>running</state>", 1),
        ("a", "<creationTime>1</creationTime>", 1),
        ("a", "<creationTime>x</creationTime><state>running</state>", 1),
        ("a", "<creationTime>1</creationTime><state>bad</state>", 1),
        ("a", "<creationTime>1</creationTime><state>running</state><parent><name>a</name></parent>", 1),
        ("a", "<creationTime>1</creationTime><state>running</state><parent><name>b</name></parent>", 1),
        ("a", f"<creationTime>1</creationTime><state>running</state>{GUEST % ('11111111-2222-3333-4444-555555555555', 5)}", 1),
        ("a", "<creationTime>1</creationTime><state>running</state>", 1),
        ("a", "<creationTime>1</creationTime><state>shutoff</state>", 1),
        ("a", "<creationTime>1</creationTime><state>disk-snapshot</state>", 1),
        ("a", f"<creationTime>2</creationTime><state>paused</state>{guest}", 1),
        ("a", f"<creationTime>2</creationTime><state>paused</state>{GUEST % (UUID, 5)}", 1),
        ("a", "<creationTime>3</creationTime><state>running</state>", 1),
        ("b", f"<creationTime>4</creationTime><state>shutoff</state><parent><name>a</name></parent>{guest}", 3),
        ("c", f"<creationTime>4</creationTime><state>disk-snapshot</state><parent><name>b</name></parent><disks><disk name='vda' snapshot='external'><source file='/o'/></disk></disks>{guest}", 1),
        ("d", f"<creationTime>4</creationTime><state>shutoff</state><memory snapshot='internal'/>{guest}", 1),
        ("d", f"<creationTime>4</creationTime><state>running</state><memory snapshot='no'/>{guest}", 1),
        ("e", f"<creationTime>4</creationTime><state>disk-snapshot</state>{guest}", 1),
        ("f", f"<creationTime>4</creationTime><state>shutoff</state><disks><disk name='vda' snapshot='external'/></disks>{guest}", 1),
        ("g", f"<creationTime>4</creationTime><state>shutoff</state><disks><disk name='vdz'/></disks>{guest}", 1),
        ("g", f"<creationTime>4</creationTime><state>running</state>{guest}<inactiveDomain type='test'>{guest.split('>', 1)[1].replace('</domain>', '</inactiveDomain>')}", 1),
        ("a", f"<creationTime>4</creationTime><state>running</state><parent><name>c</name></parent>{guest}", 1),
        ("a", f"<creationTime>4</creationTime><state>running</state><cookie><x/></cookie>{guest}", 3),
    )
    for name, inside, flags in rows:
        snapshot(name, inside, flags)
        try:
            print(lookup(name).getXMLDesc())
        except libvirt.libvirtError:
            pass
    each(domain, [("snapshotCreateXML", "<domainsnapshot><creationTime>1</creationTime><state>running</state></domainsnapshot>", 1), ("snapshotCurrent",), ("snapshotListNames", 0x400)])
    for flags in [1 << bit for bit in range(11)]:
        each(domain, [("snapshotListNames", flags)])
    for flags in (0, 1, 2, 3, 4, 8, 16):
        for name in ("a", "b", "c", "d"):
            show("revert", domain.revertToSnapshot, lookup(name), flags)
            each(domain, [("state",), ("snapshotCurrent",)])
            if not domain.isActive():
                domain.create()


def revert():
    watch()
    snapshot("run")
    domain.suspend()
    snapshot("pause")
    domain.destroy()
    snapshot("off")
    domain.create()
    for start in ("off", "run", "pause"):
        for flags in (0, 1, 2, 3, 4, 5, 6, 8):
            for name in ("run", "pause", "off"):
                if start == "off" and domain.isActive():
                    domain.destroy()
                elif start != "off" and not domain.isActive():
                    domain.create()
                if start == "run" and domain.state()[0] == 3:
                    domain.resume()
                elif start == "pause" and domain.state()[0] == 1:
                    domain.suspend()
                events()
                show(f"{start} revert", domain.revertToSnapshot, lookup(name), flags)
                events()
                each(domain, [("state",), ("isActive",), ("snapshotCurrent",)])
    if not domain.isActive():
        domain.create()
    domain.setMemoryFlags(1048576, 1)
    show("revert", domain.revertToSnapshot, lookup("run"))
    print("memory", domain.info()[1:3])
    show("define", connection.defineXML, domain.XMLDesc(2).replace("8388608", "4194304"))
    domain.destroy()
    domain.create()
    for flags in (0, 4):
        show("revert", domain.revertToSnapshot, lookup("run"), flags)
        print("memory", domain.info()[1:3], "<memory unit='KiB'>4194304" in domain.XMLDesc(2))
    events()
    domain.undefineFlags(2)
    for flags in (0, 1, 4):
        show("transient revert", domain.revertToSnapshot, lookup("off"), flags)
        each(domain, [("isActive",), ("isPersistent",)])
    events()


def checkpoints():
    chk = lambda name: domain.checkpointLookupByName(name)
    each(domain, [("listAllCheckpoints",), ("checkpointLookupByName", "c1"), ("checkpointLookupByName", "c1", 1)])
    for inside in ("", "<disks><disk name='vda'/></disks>", "<disks><disk name='/guest/diskimage1' checkpoint='bitmap' bitmap='b'/></disks>", "<disks><disk name='vda' checkpoint='no'/></disks>", "<disks><disk name='vdx'/></disks>", "<disks><disk name='vda'/><disk name='vda'/></disks>", "<disks><disk name='vda' checkpoint='no' bitmap='b'/></disks>", "<disks><disk name='vda' checkpoint='bad'/></disks>", "<description>d</description><creationTime>5</creationTime><parent><name>q</name></parent>"):
        checkpoint("c", inside)
        try:
            each(chk("c"), [("getXMLDesc", flags) for flags in (0, 1, 2, 4, 6, 8)] + [("delete",)])
        except libvirt.libvirtError:
            pass
    each(domain, [("checkpointCreateXML", xml) for xml in ("<x/>", "<domaincheckpoint", "<domaincheckpoint><name>a/b</name></domaincheckpoint>")])
    each(domain, [("checkpointCreateXML", "<domaincheckpoint><name>f</name></domaincheckpoint>", flags) for flags in (2, 4, 8, 3, 5)])
    for old in domain.listAllCheckpoints():
        old.delete()
    for name in ("c1", "c3", "c2"):
        checkpoint(name)
    checkpoint("c2")
    snapshot("s1")
    for flags in [0] + [1 << bit for bit in range(6)] + [3, 5, 9, 0xc]:
        each(domain, [("listAllCheckpoints", flags)])
        each(chk("c1"), [("listAllChildren", flags)])
    for name in ("c1", "c2"):
        each(chk(name), [("getParent",), ("getParent", 1), ("getXMLDesc", 2)])
    each(connection, [("listAllDomains", 1 << bit) for bit in (10, 11, 12, 13)])
    c1 = chk("c1")
    each(c1, [("delete", 8), ("delete", 5), ("delete", 2), ("delete",), ("getParent",), ("getXMLDesc",), ("listAllChildren",)])
    each(domain, [("destroy",), ("undefineFlags", 8), ("rename", "other")])
    each(connection.lookupByName("other"), [("rename", "test"), ("listAllCheckpoints",)])
    checkpoint("off")
    domain.create()
    each(chk("c3"), [("delete", 4), ("listAllChildren",)])
    each(domain, [("listAllCheckpoints",)])
    checkpoint("c4")
    each(chk("c4"), [("getParent",)])
    each(chk("c3"), [("delete", 1)])
    each(domain, [("listAllCheckpoints",), ("destroy",)])
    checkpoint("c5")
    domain.create()
    guest = GUEST % (UUID, 8388608)
    for name, inside in (
        ("r", ""),
        ("r", "<creationTime>1</creationTime>"),
        ("r", f"<creationTime>1</creationTime>{GUEST % ('11111111-2222-3333-4444-555555555555', 5)}"),
        ("r", f"<creationTime>1</creationTime><parent><name>r</name></parent>{guest}"),
        ("r", f"<creationTime>1</creationTime><parent><name>z</name></parent>{guest}"),
        ("r", f"<creationTime>1</creationTime>{guest}"),
        ("r", f"<creationTime>2</creationTime>{guest}"),
        ("r2", f"<creationTime>2</creationTime><parent><name>r</name></parent><disks><disk name='vda' checkpoint='bitmap' bitmap='w'/></disks>{guest}"),
        ("r", f"<creationTime>2</creationTime><parent><name>r2</name></parent>{guest}"),
        ("r3", f"<creationTime>2</creationTime><parent><name>r</name></parent>{guest}"),
        ("r3", f"<creationTime>2</creationTime><parent><name>r</name></parent>{GUEST % (UUID, 5)}"),
        ("r4", f"<creationTime>2</creationTime><disks><disk name='vdq'/></disks>{guest}"),
    ):
        checkpoint(name, inside, 1)
        try:
            print(chk(name).getXMLDesc())
        except libvirt.libvirtError:
            pass
    checkpoint("after")
    each(chk("after"), [("getParent",), ("getXMLDesc", 4)])
    each(domain, [("listAllCheckpoints", flags) for flags in (0, 1, 4, 8)])
    each(domain, [("destroy",), ("undefineFlags", 0)])


globals()[sys.argv[2]]()
