"""Hosts of the test driver that are described in files; prints what is on them, one a line.

Usage: test-driver-nodes.py URI-WITH-PATH GROUP FOLDER
"""
import os
import sys

import libvirt

libvirt.registerErrorHandler(lambda _context, _error: None, None)
folder = sys.argv[3]
quiet = os.dup(2)
TEST = "xmlns:test='http://libvirt.org/schemas/domain/test/1.0'"


def write(name, text):
    with open(f"{folder}/{name}", "w") as file:
        file.write(text)


def connect(path):
    os.dup2(os.open("/dev/null", os.O_WRONLY), 2)  # the XML library says there what it thinks of a file
    try:
        return libvirt.open(sys.argv[1].replace("PATH", path))
    finally:
        os.dup2(quiet, 2)


def opened(text, name="node.xml"):
    write(name, text)
    try:
        return connect(f"{folder}/{name}")
    except libvirt.libvirtError as error:
        print(f"open {text!r}: {error.get_error_code()}/{error.get_error_domain()} {error.get_error_message()}")
        return None


def apart(work, *args):
    """In a process of its own: some descriptions break libvirt's own driver once they are closed."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        work(*args)
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(child, 0)


def look(text, *calls):
    connection = opened(text)
    if connection:
        each(connection, calls)


def look_at_guest(text, *calls):
    connection = opened(text)
    if connection:
        each(connection.lookupByName("g"), calls)


def show(name, call, *args):
    try:
        answer = repr(call(*args))
    except libvirt.libvirtError as error:
        answer = f"{error.get_error_code()}/{error.get_error_domain()} {error.get_error_message()}"
    print(f"{name}{args}: {answer}")


def names(objects):
    return sorted(object.name() for object in objects)


def each(object, calls):
    for name, *args in calls:
        show(name, getattr(object, name), *args)


def guest(name, number, inside="", devices="", attrs=""):
    return f"<domain type='test' {attrs}>{inside}<name>{name}</name><uuid>11111111-2222-3333-4444-55555555555{number}</uuid><memory>204800</memory><vcpu>3</vcpu><os><type>hvm</type></os><devices>{devices}</devices></domain>"


def whole():
    disk = "<disk type='file'%s><source file='/d'/><target dev='%s'/></disk>"
    write("guest.xml", guest("filed", 1, devices=disk % ("", "hda") + "<interface type='bridge'><source bridge='b'/><mac address='52:54:00:00:00:01'/><script path='/s'/></interface><graphics type='vnc' port='5904'/>"))
    write("net.xml", "<network><name>filed</name><uuid>21111111-2222-3333-4444-555555555551</uuid><bridge name='b1'/></network>")
    os.makedirs(f"{folder}/more", exist_ok=True)
    write("more/volume.xml", "<volume><name>v</name><capacity>1000000</capacity><allocation>50000</allocation><target/></volume>")
    write("pool.xml", "<pool type='dir'><name>filed</name><uuid>31111111-2222-3333-4444-555555555551</uuid><target><path>/pool</path></target></pool>")
    old = "<cpu mode='custom'><model>Deprecated-Test</model></cpu>"
    connection = opened(f"""<node>
  <domain file='guest.xml'/>
  {guest("tainted", 2, inside=old, devices=(disk % (" device='cdrom'", "hda")).replace("file", "block").replace("block='/d'", "dev='/dev/sr0'") + "<disk type='block' device='lun' rawio='yes'><source dev='/dev/x'/><target dev='sda' bus='scsi'/></disk>")}
  {guest("clean", 3)}
  <network file='net.xml'/>
  <network><name>inline</name><uuid>21111111-2222-3333-4444-555555555552</uuid></network>
  <interface type='ethernet' name='eth9'><mac address='52:54:00:00:00:09'/></interface>
  <pool file='pool.xml'><volume file='more/volume.xml'/></pool>
  <pool type='dir'><name>inline</name><uuid>31111111-2222-3333-4444-555555555552</uuid><target><path>/pool2</path></target><volume file='more/volume.xml'/></pool>
  <device><name>thing</name><capability type='system'><hardware><vendor>V</vendor><uuid>41111111-2222-3333-4444-555555555551</uuid></hardware><firmware><vendor>W</vendor></firmware></capability></device>
  <cpu><mhz>6000</mhz><model>i986</model><active>50</active><nodes>4</nodes><sockets>4</sockets><cores>4</cores><threads>2</threads></cpu>
  <memory>8192000</memory>
</node>""")
    print(connection.getURI().replace(folder, "DIR").split("?")[0].replace("+unix", ""))
    each(connection, [("getInfo",), ("getFreeMemory",), ("getCellsFreeMemory", 0, 1), ("getCapabilities",), ("getMaxVcpus", None), ("getCPUMap",), ("listInterfaces",)])
    show("domains", lambda: names(connection.listAllDomains()))
    for name in ("filed", "tainted", "clean"):
        domain = connection.lookupByName(name)
        each(domain, [("ID",), ("state",), ("isPersistent",), ("XMLDesc",), ("XMLDesc", 2), ("messages",), ("messages", 1), ("messages", 2), ("messages", 4), ("vcpuPinInfo",)])
        domain.destroy()
        each(domain, [("messages",), ("create",), ("messages",), ("ID",)])
    for name in ("filed", "inline"):
        network = connection.networkLookupByName(name)
        each(network, [("isActive",), ("isPersistent",), ("autostart",), ("XMLDesc",)])
        pool = connection.storagePoolLookupByName(name)
        each(pool, [("isActive",), ("isPersistent",), ("info",), ("listVolumes",), ("XMLDesc",)])
    each(connection.storagePoolLookupByName("inline").storageVolLookupByName("v"), [("path",), ("key",), ("info",), ("XMLDesc",)])
    each(connection.interfaceLookupByName("eth9"), [("isActive",), ("XMLDesc",)])
    each(connection.nodeDeviceLookupByName("thing"), [("XMLDesc",)])
    other = connect(f"{folder}/node.xml")
    connection.lookupByName("clean").destroy()
    each(other.lookupByName("clean"), [("isActive",)])


def states():
    own = lambda *rows: "".join(f"<test:{name}>{text}</test:{name}>" for name, text in rows)
    node = lambda inside: f"<node>{guest('g', 1, inside=inside, attrs=TEST)}</node>"
    for number in list(range(9)) + ["", "x", "-1"]:
        apart(look_at_guest, node(own(("runstate", number))), ("state",), ("isActive",), ("ID",), ("isPersistent",), ("XMLDesc",))
    for rows in ((("transient", ""),), (("hasmanagedsave", ""),), (("hasmanagedsave", ""), ("runstate", 5)), (("transient", ""), ("runstate", 5)), (("transient", ""), ("runstate", 3))):
        apart(look_at_guest, node(own(*rows)), ("state",), ("isPersistent",), ("hasManagedSaveImage",), ("isActive",))
    moment = lambda name, parent="", active=0, state="running", tag="test:domainsnapshot": f"<{tag}><name>{name}</name><state>{state}</state><creationTime>5</creationTime>{f'<parent><name>{parent}</name></parent>' if parent else ''}<active>{active}</active></{tag}>"
    write("snapshot.xml", moment("filed", "one", tag="domainsnapshot"))
    for inside in (
        moment("two", "one", 1) + moment("one") + "<test:domainsnapshot file='snapshot.xml'/>",
        moment("one", "none"),
        moment("one", active=1) + moment("two", active=1),
        moment("one", state="bad"),
        moment("one") + moment("one"),
        "<test:domainsnapshot><name>x</name><state>running</state><creationTime>5</creationTime></test:domainsnapshot>",
        "<test:domainsnapshot file='none.xml'/>",
    ):
        apart(look_at_snapshots, node(inside))


def look_at_snapshots(text):
    connection = opened(text)
    if not connection:
        return
    domain = connection.lookupByName("g")
    show("snapshots", lambda: sorted(domain.snapshotListNames()))
    show("roots", lambda: sorted(domain.snapshotListNames(1)))
    for name in sorted(domain.snapshotListNames()):
        each(domain.snapshotLookupByName(name), [("getXMLDesc",), ("isCurrent",), ("numChildren",)])


def broken():
    for path in ("/nowhere/none.xml", "", "/", folder):
        show("connect", connect, path)
    for text in ("", "<x/>", "<node", "<node></nod>", "<node><a></node>"):
        apart(opened, text)
    for what in ("nodes", "sockets", "cores", "threads", "mhz", "active"):
        for value in ("x", "", "1x", "7"):
            apart(look, f"<node><cpu><{what}>{value}</{what}></cpu></node>", ("getInfo",))
    for inside in ("<memory>x</memory>", "<memory/>", "<memory>7</memory>", f"<cpu><model>{'m' * 31}</model></cpu>", f"<cpu><model>{'m' * 32}</model></cpu>", "<cpu><active>99</active></cpu>"):
        apart(look, f"<node>{inside}</node>", ("getInfo",))
    for tag in ("domain", "network", "interface", "pool", "device"):
        apart(opened, f"<node><{tag}/></node>")
        apart(opened, f"<node><{tag} file='none.xml'/></node>")
        for text in ("<other/>", "<other"):
            write("other.xml", text)
            apart(opened, f"<node><{tag} file='{folder}/other.xml'/></node>")
    apart(opened, f"<node>{guest('g', 1)}{guest('g', 2)}</node>")
    apart(opened, f"<node>{guest('g', 1)}{guest('h', 1)}</node>")
    apart(opened, "<node><pool type='dir'><name>p</name><target><path>/p</path></target><volume/></pool></node>")
    for user in ("<user/>", "<user>a</user>", "<user password='b'>a</user>"):
        apart(opened, f"<node><auth>{user}</auth></node>")


apart(globals()[sys.argv[2]])
