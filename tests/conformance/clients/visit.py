"""visit.py ACCESS FILE URI: what a visitor sees of a daemon, as JSON. ACCESS is "rw" or "ro", FILE a domain to define."""
import json
import sys
import threading

import libvirt

access, file, uri = sys.argv[1:]
told = {"events": 0}
changed = threading.Condition()


def on_event(_connection, _domain, _event, _detail, _opaque):
    with changed:
        told["events"] += 1
        changed.notify()


def turn():
    while True:
        libvirt.virEventRunDefaultImpl()


libvirt.registerErrorHandler(lambda *_: None, None)
libvirt.virEventRegisterDefaultImpl()
threading.Thread(target=turn, daemon=True).start()
# nobody is asked: a file has the names and passwords
logins = [[libvirt.VIR_CRED_AUTHNAME, libvirt.VIR_CRED_PASSPHRASE], lambda *_: -1, None]
try:
    connection = libvirt.openAuth(uri, logins, libvirt.VIR_CONNECT_RO if access == "ro" else 0)
except libvirt.libvirtError as error:
    print(json.dumps({"refused": error.get_error_code()}))
    sys.exit(0)
told["type"] = connection.getType()
connection.listAllDomains()
connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, on_event, None)
try:
    connection.defineXML(open(file).read()).undefine()
    told["define"] = 0
    with changed:
        changed.wait_for(lambda: told["events"] == 2, 20)
except libvirt.libvirtError as error:
    told["define"] = error.get_error_code()
connection.close()
print(json.dumps(told))
