"""Starts and stops guests from several connections at once while all domain events are listened to.

events.py URI DEFINITION... -> a JSON object on stdout:
  events     for each listener: [[domain, "lifecycle event/detail"], ...] in the order they came
  kinds      how many kinds of events were registered
  others     the names of other kinds of events that came, sorted
  complaints what was not as it should be, in words
"""
import json
import sys
import threading

import libvirt

CONNECTIONS = 4
ROUNDS = 2
PATIENCE = 60

uri, *definitions = sys.argv[1:]
complaints = []
heard = {"any": [], "register": []}
others = set()
changed = threading.Condition()
kinds = {getattr(libvirt, n): n[len("VIR_DOMAIN_EVENT_ID_"):] for n in dir(libvirt) if n.startswith("VIR_DOMAIN_EVENT_ID_")}


def note(listener, domain, event, detail):
    with changed:
        heard[listener].append([domain.name(), f"{event}/{detail}"])
        changed.notify_all()


def any_event(conn, domain, *facts):
    kind = facts[-1]
    if kind == libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE:
        note("any", domain, facts[0], facts[1])
    else:
        others.add(kinds[kind])


def expect(condition, complaint):
    if not condition:
        complaints.append(complaint)


def seen_by_all(connections, name, state):
    for number, conn in enumerate(connections):
        domain = conn.lookupByName(name)
        found = domain.state()[0]
        expect(found == state, f"connection {number} sees {name} in state {found} instead of {state}")
        running = state != libvirt.VIR_DOMAIN_SHUTOFF
        expect(domain.isActive() == running, f"connection {number}: {name} active: {domain.isActive()}")
        flag = libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE if running else libvirt.VIR_CONNECT_LIST_DOMAINS_INACTIVE
        listed = [entry.name() for entry in conn.listAllDomains(flag)]
        expect(name in listed, f"connection {number} does not list {name} among {listed}")


def live(connections, mine, definition):
    domain = connections[mine].defineXML(definition)
    for _ in range(ROUNDS):
        domain.create()
        seen_by_all(connections, domain.name(), libvirt.VIR_DOMAIN_RUNNING)
        domain.suspend()
        seen_by_all(connections, domain.name(), libvirt.VIR_DOMAIN_PAUSED)
        domain.resume()
        seen_by_all(connections, domain.name(), libvirt.VIR_DOMAIN_RUNNING)
        domain.destroy()
        seen_by_all(connections, domain.name(), libvirt.VIR_DOMAIN_SHUTOFF)
    domain.undefine()


def worker(connections, mine, work):
    for path in work:
        try:
            with open(path) as file:
                live(connections, mine, file.read())
        except libvirt.libvirtError as error:
            complaints.append(f"{path}: {error}")


libvirt.virEventRegisterDefaultImpl()
libvirt.registerErrorHandler(lambda _context, _error: None, None)


def loop():
    while True:
        libvirt.virEventRunDefaultImpl()


threading.Thread(target=loop, daemon=True).start()

listener = libvirt.open(uri)
listener.setKeepAlive(5, 3)
registered = [listener.domainEventRegisterAny(None, kind, any_event, kind) for kind in sorted(kinds)]
old = libvirt.open(uri)
old.domainEventRegister(lambda conn, domain, event, detail, opaque: note("register", domain, event, detail), None)

connections = [libvirt.open(uri) for _ in range(CONNECTIONS)]
threads = [
    threading.Thread(target=worker, args=(connections, mine, definitions[mine::CONNECTIONS])) for mine in range(CONNECTIONS)
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

gone = [str(libvirt.VIR_DOMAIN_EVENT_UNDEFINED) + "/0"] * len(definitions)
with changed:
    for name, events in heard.items():
        complete = changed.wait_for(lambda: [event for _, event in events if event == gone[0]] == gone, PATIENCE)
        expect(complete, f"listener {name} did not hear of every end")
for identity in registered:
    listener.domainEventDeregisterAny(identity)
for conn in [listener, old, *connections]:
    conn.close()
print(json.dumps({"events": heard, "kinds": len(registered), "others": sorted(others), "complaints": complaints}))
