"""What the service does when something breaks: it is killed, its disk fills up, its database goes away.

`make faults` does it all for longer than CI does.
"""
