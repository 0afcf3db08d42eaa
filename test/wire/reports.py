"""What independent programs say of reports: one file a line in, one line of JSON out, with what is wrong with it."""
import csv
import json
import sys
from datetime import datetime
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


COLUMNS = ["from", "to", "seconds", "kind", "name", "title", "phase", "region", "outcome", "detail", "mark"]
# What is not known has no time, nor has a limit, or how a data store stands.
TIMELESS = {"recovery", "loss", "data store", "target", "platform objective"}
KINDS = {"run", "override", "served again", "phase", "step", "moment", "deviation", "notice"} | TIMELESS


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file, strict=True)
    return ([] if head == COLUMNS else [f"columns {head}"]) + [f"row {row}" for row in rows if not is_row(row)]


def is_row(row):
    if len(row) != len(COLUMNS) or row[3] not in KINDS or not row[4]:
        return False
    if row[0] == "" and row[3] in TIMELESS:
        return row[1] == ""
    begun = datetime.fromisoformat(row[0])
    return row[1:3] == ["", ""] or abs((datetime.fromisoformat(row[1]) - begun).total_seconds() - float(row[2])) < 0.001


def calendar(path):
    read = icalendar.Calendar.from_ical(Path(path).read_bytes())
    wrong = [f"{name}: {error}" for component in read.walk() for name, error in component.errors]
    return wrong + ([] if read.get("PRODID") and read.get("VERSION") == "2.0" else ["no PRODID or VERSION"])


READERS = {".xml": junit, ".json": oscal, ".csv": table, ".ics": calendar}

for line in sys.stdin:
    path = line.strip()
    try:
        found = READERS[Path(path).suffix](path)
    except Exception as error:  # whatever it is, the file could not be read
        found = [f"{type(error).__name__}: {error}"]
    print(json.dumps({"file": path, "wrong": found}), flush=True)
