"""Evaluates expressions in which c is a connection; errors.py URI < [[name, expression], ...] as JSON.

Prints {name: value, or "CODE/DOMAIN TEXT" of the error}. A name with an underscore at its end is kept for later expressions.
"""
import json
import sys

import libvirt

libvirt.registerErrorHandler(lambda _context, _error: None, None)
kept = {"c": libvirt.open(sys.argv[1]), "libvirt": libvirt}
told = {}
for name, expression in json.load(sys.stdin):
    try:
        value = eval(expression, kept)
        if name.endswith("_"):
            kept[name] = value
            value = "kept"
    except libvirt.libvirtError as error:
        value = f"{error.get_error_code()}/{error.get_error_domain()} {error}"
    told[name] = value
print(json.dumps(told))
