#!/usr/bin/env python3
"""Drives the service with python3-dbus, which shares no code with it. Prints one JSON object.

Usage: bus_client.py ADDRESS. The test that calls this sets the service up and compares.
"""
import json
import sys

import dbus

NAME, ROOT = "org.lungtriage.Triage1", "/org/lungtriage/Triage1"
bus = dbus.bus.BusConnection(sys.argv[1])
service = bus.get_object(NAME, ROOT)
# Sends what it is told to, without looking at the service's own description first.
unchecked = bus.get_object(NAME, ROOT, introspect=False)
manager = dbus.Interface(service, NAME + ".Manager")
properties = dbus.Interface(service, "org.freedesktop.DBus.Properties")
objects = dbus.Interface(service, "org.freedesktop.DBus.ObjectManager")


def error_of(call):
    try:
        call()
    except dbus.DBusException as error:
        return error.get_dbus_name()
    return None


job = manager.Submit("/data/scan.nii.gz", {"priority": "urgent"})
rows = manager.ListJobs(dbus.Dictionary({}, signature="sv"), 0, 0)
managed = objects.GetManagedObjects()
print(json.dumps({
    "job": str(job),
    "rows": [[str(row[0]), str(row[1]), str(row[2]), str(row[3]), int(row[4]), int(row[5]), float(row[6]),
              float(row[7]), sorted(map(str, row[8]))] for row in rows],
    "managed": sorted(str(path) for path in managed),
    "state": str(list(managed.values())[0][NAME + ".Job"]["State"]),
    "version": str(properties.Get(NAME + ".Manager", "Version")),
    "properties": sorted(map(str, properties.GetAll(NAME + ".Manager"))),
    "readOnly": error_of(lambda: properties.Set(NAME + ".Manager", "Version", "2")),
    "badPath": error_of(lambda: manager.Submit("../../etc/passwd", {})),
    "badTypes": error_of(lambda: unchecked.get_dbus_method("Submit", NAME + ".Manager")(dbus.UInt32(1))),
    "noMethod": error_of(lambda: unchecked.get_dbus_method("Nothing", NAME + ".Manager")()),
}))
