"""Calls a connection of the test driver; prints what each answers, one a line.

What counts up with the clock is not shown. Usage: test-driver.py URI GROUP
"""
import sys

import libvirt

libvirt.registerErrorHandler(lambda _context, _error: None, None)
connection = libvirt.open(sys.argv[1])
domain = connection.lookupByName("test")


def show(name, call, *args, only=None):
    try:
        value = call(*args)
        answer = repr(only(value) if only else plain(value))
    except libvirt.libvirtError as error:
        answer = f"{error.get_error_code()}/{error.get_error_domain()} {error.get_error_message()}"
    except (OverflowError, TypeError, ValueError) as error:
        answer = f"{type(error).__name__} {error}"
    print(f"{name}{args_text(args)}: {answer}")


def args_text(args):
    return "(" + ", ".join(repr(plain(arg)) for arg in args) + ")"


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, libvirt.virDomain):
        return f"domain {value.name()}"
    if isinstance(value, libvirt.virDomainSnapshot):
        return f"snapshot {value.getName()}"
    if isinstance(value, libvirt.virDomainCheckpoint):
        return f"checkpoint {value.getName()}"
    if isinstance(value, libvirt.virStream):
        return "stream"
    return value


def each(object, name, rows, only=None):
    for row in rows:
        show(name, getattr(object, name), *row, only=only)


def host():
    for name in "getType getVersion getHostname getURI isEncrypted isSecure isAlive getCPUMap getSysinfo getCapabilities numOfDomains numOfDefinedDomains listDomainsID listDefinedDomains getFreeMemory getInfo getSecurityModel".split():
        each(connection, name, [()])
    each(connection, "getMaxVcpus", [("test",), (None,)])
    each(connection, "getCPUStats", [(-1,), (0,), (99,)])
    each(connection, "getCellsFreeMemory", [(0, 1), (0, 2), (1, 5), (5, 1)])
    each(connection, "lookupByName", [("test",), ("none",)])
    each(domain, "XMLDesc", [(0,), (1,), (2,), (3,), (4,), (8,), (16,)])
    each(connection, "lookupByID", [(1,), (9,)])
    each(connection, "lookupByUUIDString", [("6695eb01-f6a4-8304-79aa-97f2502e193f",), ("00000000-0000-0000-0000-000000000001",)])
    each(connection, "listAllDomains", [(flags,) for flags in (0, 1, 2, 4, 8, 16, 32, 64, 128, 1 << 9, 1 << 10, 1 << 20)])


def vcpus():
    each(domain, "maxVcpus", [()])
    each(domain, "vcpusFlags", [(0,), (1,), (2,), (3,), (4,), (6,), (8,), (16,)])
    each(domain, "vcpus", [()], only=lambda value: ([row[:2] + row[3:] for row in value[0]], value[1]))
    each(domain, "setVcpus", [(1,), (0,), (99,), (3,)])
    each(domain, "setVcpusFlags", [(1, 1), (2, 2), (2, 3), (2, 4), (2, 6), (2, 5), (2, 8), (40, 6), (1, 0)])
    each(domain, "vcpusFlags", [(0,), (2,)])
    each(domain, "pinVcpu", [(0, (True, False)), (9, (True,)), (0, (False, False))])
    each(domain, "pinVcpuFlags", [(0, (True, False), 0), (0, (True, False), 1), (1, (True, True), 2)])
    each(domain, "vcpuPinInfo", [(0,), (1,), (2,), (3,), (8,)])
    each(domain, "emulatorPinInfo", [(0,), (1,), (2,), (8,)])
    each(domain, "pinEmulator", [((False, True), 0), ((True, True), 1), ((True, True), 2), ((True,), 8)])
    each(domain, "emulatorPinInfo", [(0,), (2,)])


def tuning():
    each(domain, "schedulerType", [()])
    each(domain, "schedulerParameters", [()])
    each(domain, "setSchedulerParameters", [({"weight": 60},)])
    each(domain, "schedulerParameters", [()])
    params = {
        "blkio": [{"weight": 500}, {"device_weight": "/dev/sda,100"}, {"device_weight": "x"}, {"weight": 5, "device_read_iops_sec": "/dev/sda,7,/dev/sdb,8"}],
        "memory": [{"hard_limit": 1000, "soft_limit": 900}, {"swap_hard_limit": 2000}, {"swap_hard_limit": 20}],
        "numa": [{"numa_nodeset": "0", "numa_mode": 1}, {"numa_mode": 9}, {"numa_nodeset": "x"}, {"numa_nodeset": "0-1"}],
    }
    for kind, rows in params.items():
        each(domain, f"{kind}Parameters", [(0,), (1,), (2,), (3,)])
        for row in rows:
            each(domain, f"set{kind.capitalize()}Parameters", [(row, 0), (row, 2)])
            each(domain, f"{kind}Parameters", [(0,), (2,)])
    each(domain, "interfaceParameters", [("testnet0",), ("none",), ("testnet0", 2)])
    each(domain, "setInterfaceParameters", [("testnet0", {"inbound.average": 100, "outbound.peak": 7}), ("testnet0", {"outbound.average": 7, "outbound.burst": 3}), ("none", {"inbound.average": 1})])
    each(domain, "interfaceParameters", [("testnet0",), ("aa:bb:cc:dd:ee:ff",)])
    each(domain, "blockIoTune", [("vda",), ("none",), ("vda", 2)])
    limits = {"total_bytes_sec": 1000}
    each(domain, "setBlockIoTune", [("vda", {**limits, "total_bytes_sec_max": 2000}), ("vda", {**limits, "read_bytes_sec": 1}), ("vda", {"total_iops_sec": 10, "total_iops_sec_max": 5}), ("vda", {"group_name": "g"}), ("none", limits)])
    each(domain, "blockIoTune", [("vda",), ("vda", 2)])
    each(domain, "perfEvents", [(0,), (1,), (2,)])
    each(domain, "setPerfEvents", [({"cmt": True},), ({"cmt": False, "mbmt": True}, 2)])
    each(domain, "perfEvents", [(0,), (2,)])


def stats():
    counts = len
    for name, rows in {"blockStats": [("vda",), ("none",), ("",)], "interfaceStats": [("testnet0",), ("none",)], "getCPUStats": [(False,), (True,)]}.items():
        each(domain, name, rows, only=counts)
    each(domain, "memoryStats", [()], only=lambda value: {**value, "last_update": 0})
    each(domain, "blockInfo", [("vda",), ("/guest/diskimage1",), ("none",), ("",)])
    each(domain, "diskErrors", [()])
    each(domain, "blockStatsFlags", [("vda",)])
    each(domain, "memoryPeek", [(0, 16, 1), (3, 300, 2)], only=list)
    each(connection, "getAllDomainStats", [(0,), (1,), (4,), (512,), (1, 1 << 31)], only=lambda value: [(plain(dom), values) for dom, values in value])
    each(domain, "setMemoryStatsPeriod", [(5,), (-1,), (3, 2)])


def guest():
    each(domain, "hostname", [()])
    each(domain, "getTime", [()], only=sorted)
    each(domain, "setTime", [({"seconds": 1},)])
    each(domain, "fsInfo", [()])
    each(domain, "fSTrim", [(None, 0), ("/", 0), ("/boot", 0), ("/none", 0)])
    each(domain, "fsFreeze", [(), (["/"],), (["/none"],)])
    each(domain, "fsThaw", [(["/"],), (["/none"],), (), ()])
    each(domain, "fsFreeze", [()])
    each(domain, "destroy", [()])
    each(domain, "create", [()])
    each(domain, "fsFreeze", [()])
    each(domain, "fsThaw", [()])
    each(domain, "setUserPassword", [("a", "b"), ("a", "b", 1), ("a", "b", 8)])
    each(domain, "sendKey", [(0, 0, [1, 2], 2), (9, 0, [30], 1), (99, 0, [1], 1)])
    each(domain, "sendProcessSignal", [(1, 9), (2, 9), (1, 99)])
    each(domain, "interfaceAddresses", [(0,), (1,), (2,), (9,)])
    each(domain, "injectNMI", [()])
    each(domain, "reset", [()])
    each(domain, "controlInfo", [()], only=lambda value: value[:2])
    each(domain, "securityLabel", [()])
    each(domain, "launchSecurityInfo", [()])
    each(domain, "setLifecycleAction", [(0, 1), (1, 2), (2, 4), (9, 1), (0, 9), (1, 5)])
    for name in "jobInfo guestVcpus pMWakeup".split():
        if name != "guestVcpus":
            each(domain, name, [()])


def iothreads():
    each(domain, "ioThreadInfo", [()])
    each(domain, "addIOThread", [(3,), (3,), (0,), (4, 3), (5, 2)])
    each(domain, "ioThreadInfo", [(0,), (2,)])
    each(domain, "pinIOThread", [(3, (True, False)), (9, (True,)), (3, (True, True), 2)])
    each(domain, "setIOThreadParams", [(3, {"poll_max_ns": 5}), (9, {"poll_max_ns": 5})])
    each(domain, "ioThreadInfo", [()])
    each(domain, "delIOThread", [(3,), (9,), (0,), (5, 2)])
    each(domain, "ioThreadInfo", [(0,), (2,)])


def stopped():
    each(domain, "rename", [("other",)])
    domain.destroy()
    each(domain, "XMLDesc", [(0,), (2,)])
    for name in "hostname getTime fsInfo fsFreeze fsThaw vcpus memoryStats diskErrors injectNMI suspend resume shutdown reboot destroy ioThreadInfo controlInfo emulatorPinInfo vcpuPinInfo isActive state schedulerParameters".split():
        each(domain, name, [()])
    each(domain, "info", [()], only=lambda value: value[:4])
    each(domain, "interfaceAddresses", [(0,)])
    each(domain, "rename", [("other",), ("other",), ("a/b",), ("",)])
    each(connection, "lookupByName", [("test",), ("other",)])
    for name, rows in {"setVcpus": [(1,)], "setVcpusFlags": [(1, 1), (4, 6), (3, 2)], "vcpusFlags": [(0,), (1,), (4,)], "blockStats": [("vda",)], "interfaceStats": [("x",)], "blockInfo": [("vda",)], "memoryPeek": [(0, 4, 1)], "getCPUStats": [(True,)], "pinVcpu": [(0, (True,))], "sendKey": [(0, 0, [1], 1)], "setIOThreadParams": [(1, {"poll_max_ns": 5})], "fSTrim": [("/", 0)], "setUserPassword": [("a", "b")], "setTime": [({"seconds": 1},)], "memoryParameters": [(0,), (1,)], "addIOThread": [(2,)], "setMetadata": [(0, "text", None, None), (1, "title", None, None)], "blockIoTune": [("vda",)], "interfaceParameters": [("testnet0",), ("aa:bb:cc:dd:ee:ff",)]}.items():
        each(domain, name, rows)
    again = connection.lookupByName("other")  # the name a client keeps after a rename depends on its transport
    each(again, "create", [(), ()])
    each(again, "ID", [()])


def saved():
    path = sys.argv[3]
    restored = lambda name: connection.restore(f"{path}/{name}")
    each(domain, "save", [(f"{path}/none/x",), (f"{path}/a",), (f"{path}/a",)])
    each(domain, "state", [()])
    show("image", connection.saveImageGetXMLDesc, f"{path}/a")
    open(f"{path}/b", "w").write("no image at all, but long enough")
    for name in ("none", "b", "a", "a"):
        show("restore", restored, name)
    each(domain, "state", [()])
    each(domain, "coreDump", [(f"{path}/none/x",), (f"{path}/c",), (f"{path}/c", 1), (f"{path}/c",), (f"{path}/c", 2)])
    each(domain, "state", [()])
    each(domain, "managedSave", [()])
    each(domain, "create", [()])
    each(domain, "coreDumpWithFormat", [(f"{path}/d", 0, 0), (f"{path}/d", 1, 0)])
    each(domain, "managedSave", [(8,), ()])
    for name in "hasManagedSaveImage state undefine".split():
        each(domain, name, [()])
    each(connection, "listAllDomains", [(1 << 8,), (1 << 7,)])
    each(domain, "create", [()])
    for name in "hasManagedSaveImage state managedSave managedSaveRemove managedSaveRemove hasManagedSaveImage undefine".split():
        each(domain, name, [()])


HOST_CPU = "<cpu><arch>%s</arch>%s%s</cpu>"


def defined():
    xml = lambda name, number, more="": f"<domain type='test'><name>{name}</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193{number}</uuid><memory>1024</memory><os><type>hvm</type></os>{more}</domain>"
    for name, number in (("test", "f"), ("test", "0"), ("other", "f"), ("new", "1")):
        for call in ("defineXML", "createXML"):
            each(connection, call, [(xml(name, number), flags) for flags in ((0, 2) if call == "createXML" else ())] + [(xml(name, number),)])
        each(connection, "defineXMLFlags", [(xml(name, number), flags) for flags in (0, 1, 2)])
    for bad in ("<domain", "<x/>", "<domain type='test'/>", xml("a/b", 2), xml("bad", 2, "<devices><graphics type='vnc'/><video/></devices>"), xml("bad", 3, "<devices><disk type='file'><target dev='vda'/></disk><disk type='file'><target dev='vda'/></disk></devices>")):
        each(connection, "defineXML", [(bad,)])
        each(connection, "createXML", [(bad,)])
    for name in ("new", "bad"):
        domain = connection.lookupByName(name)
        for call in ("XMLDesc", "isActive", "isPersistent", "ID", "state", "maxVcpus", "OSType"):
            each(domain, call, [()])
        each(domain, "undefine", [()])
        each(domain, "isPersistent", [()])
        each(domain, "destroy", [()])


PLAIN = """<domain type='test'><name>plain</name><uuid>7695eb01-f6a4-8304-79aa-97f2502e193f</uuid><memory>4096</memory>
<currentMemory>2048</currentMemory><vcpu current='1'>4</vcpu><iothreads>2</iothreads><os><type>hvm</type></os>
<on_reboot>destroy</on_reboot><devices><disk type='file' device='cdrom'><target dev='hda'/></disk>
<disk type='file' device='floppy'><source file='/f'/><target dev='fda'/></disk>
<interface type='user'><mac address='52:54:00:00:00:01'/><target dev='mine'/></interface>
<interface type='bridge'><mac address='52:54:00:00:00:02'/><source bridge='b'/></interface>
<memballoon model='none'/></devices></domain>"""


def plain_guest():
    guest = connection.defineXML(PLAIN)
    ask(guest)
    show("create", guest.create)
    ask(guest)
    each(guest, "setTime", [({"seconds": 7, "nseconds": 8},), ({"seconds": 9}, 2), ({"seconds": 20000},)])
    for seconds in (0, 1, 9999, 10000, 29999, 30000, 30001, 30002, 30003, 60000, -5):
        each(guest, "setTime", [({"seconds": seconds, "nseconds": 3},)])
        each(guest, "getTime", [()])
        each(guest, "controlInfo", [()])
    for name, rows in {"setMemory": [(1024,), (9999,)], "setMaxMemory": [(8192,)], "setMemoryFlags": [(1024, 1), (1024, 2), (1024, 3), (8192, 4), (8192, 6), (8192, 5), (1024, 8)], "setVcpusFlags": [(2, 1), (4, 2), (3, 3), (5, 2), (5, 6), (0, 1)], "setAutostart": [(1,), (0,)]}.items():
        each(guest, name, rows)
        each(guest, "info", [()], only=lambda value: value[:4])
        each(guest, "XMLDesc", [(0,), (2,)], only=lambda xml: xml.split("<os>")[0])
    each(guest, "reboot", [()])
    for name in "state isActive create undefine isPersistent autostart shutdown isActive".split():
        each(guest, name, [()])
    guest = connection.createXML(PLAIN)
    ask(guest)
    each(guest, "undefine", [()])
    each(guest, "managedSave", [()])
    each(guest, "setMemoryFlags", [(1024, 2)])
    each(guest, "setAutostart", [(1,)])
    each(guest, "suspend", [(), ()])
    each(guest, "reboot", [()])
    each(guest, "isActive", [()])


def ask(guest):
    for name in "info blockJobInfo memoryStats fsInfo diskErrors hostname OSType maxMemory maxVcpus ioThreadInfo emulatorPinInfo vcpuPinInfo schedulerType schedulerParameters perfEvents numaParameters blkioParameters memoryParameters autostart hasManagedSaveImage hasCurrentSnapshot isPersistent isUpdated ID state controlInfo securityLabel launchSecurityInfo getTime interfaceAddresses guestVcpus jobInfo jobStats messages".split():
        if name == "guestVcpus" or name == "interfaceAddresses" or name == "blockJobInfo":
            continue
        only = {"info": lambda value: value[:4], "controlInfo": lambda value: value[:2]}.get(name)
        each(guest, name, [()], only=only)
    for flags in range(9):
        each(guest, "vcpusFlags", [(flags,)])
    each(guest, "memoryPeek", [(0, 4, flags) for flags in range(5)], only=list)
    each(guest, "interfaceAddresses", [(flags,) for flags in range(4)])
    for disk in ("hda", "fda", "/f", "vda"):
        each(guest, "blockInfo", [(disk,), (disk, 1)])
        each(guest, "blockStats", [(disk,)], only=len)
        each(guest, "blockIoTune", [(disk, flags) for flags in range(5)])
    for card in ("mine", "testnet0", "testnet1", "52:54:00:00:00:02"):
        each(guest, "interfaceStats", [(card,)], only=len)
        each(guest, "interfaceParameters", [(card, flags) for flags in range(5)])
    each(guest, "getCPUStats", [(False,), (True,)])
    each(guest, "metadata", [(kind, uri, flags) for kind in range(4) for uri in (None, "u") for flags in (0, 1, 2, 3, 4)])
    each(guest, "setMetadata", [(0, "d", None, None), (1, "t", None, None), (1, "a\nb", None, None), (2, "<x/>", "k", "u"), (2, "<x", "k", "u"), (2, None, "k", "u"), (9, "x", None, None), (0, "d", None, None, 1), (0, "d", None, None, 2), (0, "d", None, None, 4)])
    each(guest, "metadata", [(0, None), (1, None), (2, "u")])
    each(guest, "setUserPassword", [("a", "b")])
    each(guest, "setMemoryStatsPeriod", [(5,)])
    each(guest, "setBlockIoTune", [("hda", {"total_bytes_sec": 5, "total_bytes_sec_max": 9}), ("fda", {"total_bytes_sec": 5, "total_bytes_sec_max": 9}, 2)])
    each(guest, "pinVcpu", [(0, (True,)), (3, (True,))])
    each(guest, "XMLDesc", [(0,), (2,)])
    each(connection, "getAllDomainStats", [(0,)], only=lambda value: sorted([plain(dom), values] for dom, values in value))


def cpus():
    # newer versions know more models
    known = "486 pentium qemu32 qemu64 kvm64 Conroe Penryn Nehalem Westmere SandyBridge Haswell Skylake-Client EPYC Opteron_G5".split()
    each(connection, "getCPUModelNames", [("x86_64",), ("i686",)], only=lambda names: [name for name in names if name in known])
    each(connection, "getCPUModelNames", [("ppc64",), ("s390x",), ("aarch64",), ("armv7l",), ("bad",), ("",), ("x86_64", 1)], only=lambda names: len(names) > 0)
    x86 = lambda model, more="": HOST_CPU % ("x86_64", f"<model>{model}</model>" if model else "", more)
    feature = lambda *names: "".join(f"<feature name='{name}'/>" for name in names)
    rows = [
        [x86("qemu64")],
        [x86("Penryn"), x86("Conroe")],
        [x86("Nehalem", feature("aes")), x86("Westmere")],
        [x86("Westmere", feature("vmx", "rdtscp")), x86("SandyBridge", feature("vmx", "rdtscp"))],
        [x86("Penryn", "<vendor>Intel</vendor>"), x86("Conroe", "<vendor>Intel</vendor>")],
        [x86("Penryn", "<vendor>Intel</vendor>"), x86("Opteron_G3", "<vendor>AMD</vendor>")],
        [x86("Opteron_G3"), x86("Opteron_G4")],
        [x86("pentium")],
        [x86("")],
        [x86("nosuch")],
        [x86("Penryn", feature("nosuch"))],
        [x86("Penryn"), HOST_CPU % ("ppc64", "<model>POWER8</model>", "")],
        [HOST_CPU % ("nosuch", "<model>x</model>", "")],
        [HOST_CPU % ("ppc64", "<model>POWER8</model>", "")],
        ["<cpu/>"],
        ["<cpu><model>Penryn</model></cpu>"],
        ["<cpu>"],
        ["<x/>"],
    ]
    each(connection, "baselineCPU", [(row, flags) for row in rows for flags in (0, 1)])
    each(connection, "baselineCPU", [(rows[0], flags) for flags in (2, 4, 8)])
    for row in ("<cpu/>", x86("Penryn")):
        each(connection, "compareCPU", [(row,)])
        each(connection, "baselineHypervisorCPU", [(None, None, None, None, [row])])
    each(connection, "getFreePages", [([4], 0, 1, 1), ([], 0, 1)])
    for flags in (0, 1):
        for screen in (0, 3):
            stream = connection.newStream()
            each(domain, "screenshot", [(stream, screen, flags)])
            if flags == 0:
                start = stream.recv(8)
                while stream.recv(65536):
                    pass
                print(start, stream.finish())
    domain.destroy()
    each(domain, "screenshot", [(connection.newStream(), 0)])


{group.__name__: group for group in (host, vcpus, tuning, stats, guest, iothreads, stopped, saved, defined, plain_guest, cpus)}[sys.argv[2]]()
