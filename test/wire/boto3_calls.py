"""Carries out calls with boto3: one request a line in, one answer a line out, both JSON, until the input ends."""

import json
import sys
from xml.etree import ElementTree

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

# A refusal is to be seen, not sat out.
SETTINGS = Config(retries={"mode": "standard", "total_max_attempts": 2}, read_timeout=20)

clients = {}
last = {}


def client_of(service, region):
    key = (service, region)
    if key not in clients:
        clients[key] = boto3.client(service, region_name=region, config=SETTINGS)
        clients[key].meta.events.register("after-call", remember)
    return clients[key]


def remember(http_response, parsed, model, **_):
    # A stream is for its reader.
    body = None if model.has_streaming_output else http_response.content
    members = model.output_shape.members if model.output_shape else {}
    bound = {name for name, shape in members.items() if "location" in shape.serialization}
    kept = {name: value for name, value in parsed.items() if name not in bound}
    last.update(body=body, type=http_response.headers.get("content-type", ""), parsed=kept)


def leaves_of_xml(element):
    name = element.tag.split("}")[-1]
    # The key of a map's entry is no value.
    if name in ("ResponseMetadata", "RequestId", "requestId", "key"):
        return 0
    return sum(map(leaves_of_xml, element)) if len(element) else 1


def leaves_of(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return sum(map(leaves_of, value)) if value else 1
    return 0 if value is None else 1


def unread():
    """How many values were sent, and how many botocore's own model of the service found: what it does not know it drops in silence."""
    if not last["body"]:
        # All that there is stands in headers, or is a stream.
        return None
    if "xml" in last["type"]:
        root = ElementTree.fromstring(last["body"])
        # An answer without any member is an empty element, which is no value; one has its value in the root itself.
        sent = leaves_of_xml(root) if root.text or any(map(leaves_of_xml, root)) else 0
    elif "json" in last["type"]:
        answer = json.loads(last["body"])
        sent = leaves_of(answer) if answer else 0
    else:
        return None
    parsed = {name: value for name, value in last["parsed"].items() if name != "ResponseMetadata"}
    read = leaves_of(parsed) if parsed else 0
    return None if sent == read else f"{sent} values sent, {read} read: {last['body'].decode()}"


def carry_out(asked):
    client = client_of(asked["service"], asked["region"])
    if "wait" in asked:
        client.get_waiter(asked["wait"]).wait(**asked["input"], WaiterConfig={"Delay": 0.2, "MaxAttempts": 50})
        return {"output": {}}
    method = xform_name(asked["operation"])
    if asked.get("pages"):
        pages = client.get_paginator(method).paginate(**asked["input"], PaginationConfig={"PageSize": asked["pages"]})
        return {"output": pages.build_full_result()}
    output = getattr(client, method)(**asked["input"])
    request_id = output.pop("ResponseMetadata")["RequestId"]
    for name, value in output.items():
        if isinstance(value, StreamingBody):
            output[name] = value.read().decode()
    return {"output": output, "requestId": request_id, "type": last["type"], "unread": unread()}


for line in sys.stdin:
    try:
        answer = carry_out(json.loads(line))
    except ClientError as error:
        answer = {
            "error": {
                "code": error.response["Error"].get("Code"),
                "message": error.response["Error"].get("Message"),
                "type": type(error).__name__,
                "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
            }
        }
    except Exception as error:
        answer = {"error": {"code": None, "message": str(error), "type": type(error).__name__, "status": None}}
    print(json.dumps(answer, default=lambda value: value.hex() if isinstance(value, bytes) else value.isoformat()), flush=True)
