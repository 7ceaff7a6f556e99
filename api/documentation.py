"""`/openapi.json`, and the same as a page that needs no script and no other server."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.problems import KINDS

_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1a1a}code,pre{font:14px/1.5 ui-monospace,monospace;background:#f4f4f2}"
    "pre{padding:.8rem;overflow-x:auto;border-radius:6px}table{border-collapse:collapse;width:100%}"
    "td,th{border-bottom:1px solid #ddd;padding:.3rem .5rem;text-align:left;vertical-align:top}"
    "h3{margin-top:2.5rem;border-top:2px solid #ddd;padding-top:1rem}"
    "summary{cursor:pointer}nav a{display:block}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True)
class Documentation:
    """Shows one OpenAPI document."""

    document: dict[str, Any]

    async def get_document(self, request: Request) -> Response:
        """The document."""
        return Response(self._json, media_type="application/json")

    async def get_page(self, request: Request) -> Response:
        """The document for the eye."""
        headers = {"Content-Security-Policy": _POLICY}
        return Response(self._html, headers=headers, media_type="text/html")

    @cached_property
    def _json(self) -> bytes:
        return json.dumps(self.document, ensure_ascii=False).encode()

    @cached_property
    def _html(self) -> bytes:
        return page(self.document).encode()


def page(document: dict[str, Any]) -> str:
    """The whole page."""
    info = document["info"]
    operations = [
        (f"{method.upper()} {path}", operation)
        for path, of_path in document["paths"].items()
        for method, operation in of_path.items()
    ]
    parts = [
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{escape(info['title'])}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(info['title'])}</h1><p>{escape(info['summary'])}</p>",
        f"<p>{escape(info['description'])}</p>",
        '<p><a href="/openapi.json">openapi.json</a> · <code>Authorization: Bearer …</code></p>',
        "<nav>",
        *(f'<a href="#{o["operationId"]}">{escape(title)} — {escape(o["summary"])}</a>'
          for title, o in operations),
        "</nav>",
        *(part for title, operation in operations for part in _operation(title, operation)),
        *_problems(),
        *_schemas(document["components"]["schemas"]),
        "</body></html>",
    ]  # fmt: skip
    return "\n".join(parts)


def _operation(title: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f'<h3 id="{operation["operationId"]}"><code>{escape(title)}</code></h3>'
    yield f"<p>{escape(operation['summary'])}</p>"
    if "description" in operation:
        yield f"<p>{escape(operation['description'])}</p>"
    if operation.get("parameters"):
        yield "<h4>Parameters 参数</h4><table>"
        yield from map(_parameter, operation["parameters"])
        yield "</table>"
    if "requestBody" in operation:
        yield "<h4>Body 请求体</h4>"
        yield from _content(operation["requestBody"]["content"])
    yield "<h4>Answers 应答</h4>"
    for status, answer in operation["responses"].items():
        yield f"<p><b>{status}</b> {escape(answer['description'])}</p>"
        if status.startswith("2"):
            yield from _content(answer.get("content", {}))


def _parameter(parameter: dict[str, Any]) -> str:
    need = "required 必填" if parameter["required"] else ""
    schema = json.dumps(parameter["schema"], ensure_ascii=False)
    return (
        f"<tr><td><code>{escape(parameter['name'])}</code><br>{parameter['in']} {need}</td>"
        f"<td>{escape(parameter['description'])}<br><code>{escape(schema)}</code></td></tr>"
    )


def _content(content: dict[str, Any]) -> Iterator[str]:
    for media_type, described in content.items():
        schema = described.get("schema", {})
        name = schema.get("$ref", schema.get("items", {}).get("$ref", "")).rpartition("/")[2]
        link = f' → <a href="#schema-{name}">{name}</a>' if name else ""
        yield f"<p><code>{escape(media_type)}</code>{link}</p>"
        examples = [one["value"] for one in described.get("examples", {}).values()]
        examples += [described["example"]] if "example" in described else []
        for example in examples:
            yield f"<pre>{escape(_shown(example))}</pre>"


def _shown(example: Any) -> str:
    if isinstance(example, str):
        return example
    return json.dumps(example, ensure_ascii=False, indent=1)


def _problems() -> Iterator[str]:
    yield "<h3>Problems 错误</h3><table>"
    for name, kind in KINDS.items():
        titles = f"{escape(kind.title)}<br>{escape(kind.title_zh)}"
        yield f'<tr id="problem-{name}"><td>{kind.status}</td><td>{name}</td><td>{titles}</td></tr>'
    yield "</table>"


def _schemas(schemas: dict[str, Any]) -> Iterator[str]:
    yield "<h3>Schemas 结构</h3>"
    for name, schema in schemas.items():
        text = json.dumps(schema, ensure_ascii=False, indent=1)
        yield f'<details id="schema-{name}"><summary>{name}</summary>'
        yield f"<pre>{escape(text)}</pre></details>"
