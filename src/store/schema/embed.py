#!/usr/bin/env python3
"""Writes the migrations, given in order, as C strings: embed.py OUT.c 1.sql 2.sql ..."""
import json
import sys

with open(sys.argv[1], "w", encoding="ascii") as out:
    out.write('#include "store/schema.h"\n\n')
    out.write("const char *const tt_schema[] = {\n")
    for path in sys.argv[2:]:
        with open(path, encoding="ascii") as script:
            for line in script:
                out.write("\t" + json.dumps(line) + "\n")
        out.write("\t,\n")
    out.write("};\n")
    out.write("const int tt_schema_count = sizeof tt_schema / sizeof *tt_schema;\n")
