"""What independent programs say of reports: one file a line in, one line of JSON out, with what is wrong with it."""
import json
import sys
from pathlib import Path

import icalendar
import xmlschema
from trestle.core.validator_factory import validator_factory
from trestle.oscal.assessment_results import AssessmentResults

SCHEMA = xmlschema.XMLSchema(str(Path(sys.argv[1]) / "junit-10.xsd"))


def junit(path):
    return [error.reason for error in SCHEMA.iter_errors(path)]


def oscal(path):
    model = AssessmentResults.oscal_read(Path(path))
    import argparse

    validator = validator_factory.get(argparse.Namespace(mode="all"))
    return [] if validator.model_is_valid(model, True, None) else ["a constraint does not hold"]


def calendar(path):
    read = icalendar.Calendar.from_ical(Path(path).read_bytes())
    wrong = [f"{name}: {error}" for component in read.walk() for name, error in component.errors]
    return wrong + ([] if read.get("PRODID") and read.get("VERSION") == "2.0" else ["no PRODID or VERSION"])


READERS = {".xml": junit, ".json": oscal, ".ics": calendar}

for line in sys.stdin:
    path = line.strip()
    try:
        found = READERS[Path(path).suffix](path)
    except Exception as error:  # whatever it is, the file could not be read
        found = [f"{type(error).__name__}: {error}"]
    print(json.dumps({"file": path, "wrong": found}), flush=True)
