"""api/openapi.yaml as a judge: every reply that a test gets is held against it."""

import pathlib
import re

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
METHODS = ("get", "post", "put", "patch", "delete")


class Contract:
    def __init__(self, path=ROOT / "api" / "openapi.yaml"):
        self.doc = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.resolver = jsonschema.RefResolver.from_schema(self.doc)
        self.templates = []
        for template, item in self.doc["paths"].items():
            pattern = re.sub(r"\{[a-z]+\}", r"[0-9]+", template)
            self.templates.append((re.compile(pattern + "$"), template, item))
        self.seen = set()

    def resolve(self, node):
        while "$ref" in node:
            node = self.resolver.resolve(node["$ref"])[1]
        return node

    def operations(self):
        """(METHOD, path, operation) of every operation."""
        for template, item in self.doc["paths"].items():
            for method in METHODS:
                if method in item:
                    yield method.upper(), template, item[method]

    def body_kind(self, operation):
        """What kind of body the operation takes: "json", "json-optional", "form" or "-"."""
        if "requestBody" not in operation:
            return "-"
        body = self.resolve(operation["requestBody"])
        if "multipart/form-data" in body["content"]:
            return "form"
        return "json" if body.get("required") else "json-optional"

    def find(self, method, path):
        for pattern, template, item in self.templates:
            if pattern.match(path):
                return template, item.get({"HEAD": "get"}.get(method, method.lower()))
        return None, None

    def validate(self, schema, value):
        jsonschema.Draft202012Validator(schema, resolver=self.resolver).validate(value)

    def check(self, method, path, response):
        """Fails when the reply is not what the contract says of this operation."""
        template, operation = self.find(method, path)
        status = str(response.status_code)
        if operation is None:
            assert response.status_code in (404, 405), f"{method} {path} answered {status} but is not in the contract"
            self.validate({"$ref": "#/components/schemas/Error"}, response.json())
            return
        self.seen.add((method, template, status))
        responses = operation["responses"]
        if status in responses:
            reply = self.resolve(responses[status])
        else:
            assert response.status_code >= 400, f"{method} {path}: status {status} is not in the contract"
            reply = self.resolve(responses["default"])
        content = reply.get("content")
        if method == "HEAD":
            return
        if not content:
            assert response.content == b"", f"{method} {path}: a body where the contract has none"
            return
        kind = response.headers.get("Content-Type", "").split(";")[0]
        media = content.get(kind) or content.get(kind.split("/")[0] + "/*")
        assert media, f"{method} {path}: type '{kind}' is not in the contract"
        if kind == "application/json":
            self.validate(media["schema"], response.json())
