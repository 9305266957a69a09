"""The demonstration's mailbox (EMBEDDED only): takes every mail the site sends and shows it. Nothing leaves the machine."""
