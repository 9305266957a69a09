"""What DNS must say before mail services believe our mail, one module a standard. Pure: a resolver is passed in.

Printing it is the business of the command check_email_dns.
"""
