# SPDX-License-Identifier: Apache-2.0
"""What `sqlite3 DATABASE < SCRIPT` does, for machines without that program: `sqlite.py DATABASE SCRIPT`."""
import sqlite3
import sys

connection = sqlite3.connect(sys.argv[1], isolation_level=None)
with open(sys.argv[2]) as script:
    for statement in script:
        for row in connection.execute(statement):
            print("|".join(str(value) for value in row))
