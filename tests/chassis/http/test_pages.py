"""How an API describes itself."""

import httpx
from openapi_spec_validator import validate

from tests.chassis.http.asking import is_problem


async def test_the_api_describes_itself_with_what_every_route_has_in_common(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json", headers={"authorization": ""})).json()
    validate(document)
    operation = document["paths"]["/notes/{id}"]["post"]
    schema = operation["responses"]["4XX"]["content"]["application/problem+json"]["schema"]

    assert document["openapi"].startswith("3.1")
    assert document["security"] == [{"bearer": []}]
    assert schema == {"$ref": "#/components/schemas/Problem"}
    assert {"Problem", "Fault"} <= document["components"]["schemas"].keys()
    assert [named["name"] for named in operation["parameters"]] == [
        "id",
        "Idempotency-Key",
        "X-Correlation-Id",
        "If-Match",
    ]
    assert document["paths"].keys() == {"/notes/{id}", "/me", "/failing/{name}", "/behind"}


async def test_the_documentation_loads_local_files_only(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs", headers={"authorization": ""})
    linked = [part.split('"')[0] for part in page.text.replace("href=", "src=").split('src="')[1:]]

    assert len(linked) == 4
    for name in linked:
        assert (await client.get("/" + name)).status_code == 200
    assert "//" not in page.text.replace("<!doctype", "")
    is_problem(await client.get("/docs/../settings.py"), 404)
    is_problem(await client.get("/docs/settings.py"), 404)
