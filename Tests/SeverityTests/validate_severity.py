"""Validates severity.json files against the committed JSON Schema (draft 2020-12).

    pip install jsonschema==4.25.1
    python validate_severity.py severity.schema.json one.json two.json …
"""

import json
import sys

from jsonschema import Draft202012Validator

schema = json.load(open(sys.argv[1], encoding="utf-8"))
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
failures = 0
for path in sys.argv[2:]:
    for error in validator.iter_errors(json.load(open(path, encoding="utf-8"))):
        failures += 1
        print(f"{path}: {error.json_path}: {error.message}")
print(f"{len(sys.argv) - 2} files, {failures} failures")
sys.exit(1 if failures else 0)
