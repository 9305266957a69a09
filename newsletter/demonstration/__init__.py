"""The demonstration of the brief: invented readers, a grade that moves, and an issue that waits for its second person.

Never loaded outside the embedded mode. What it publishes is dated the day before it is loaded, since a brief tells of
its own week; everything older is in articles/demonstration/.
"""
