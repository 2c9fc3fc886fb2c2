"""Whether a JSON file follows a JSON Schema: json_schema.py SCHEMA INSTANCE"""

import json
import sys

import jsonschema

schema, instance = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
jsonschema.Draft202012Validator.check_schema(schema)
errors = list(jsonschema.Draft202012Validator(schema).iter_errors(instance))
for error in errors:
    print(error.json_path, error.message)
sys.exit(bool(errors))
