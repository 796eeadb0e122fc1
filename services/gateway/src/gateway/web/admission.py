"""Who is let in to a page: a person to what is theirs, staff to their work, or to what is a person's, for them."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Request

from chassis.problem import ProblemError
from gateway.access import JOBSEEKER, LEADERS, STAFF
from gateway.door import SESSION
from gateway.services import Question
from gateway.telling import as_uuid
from gateway.web.visitor import Client, Visitor


async def _visitor(request: Request) -> Visitor:
    return Visitor(request, request.app.state.web, request.scope.get(SESSION))


AtPage = Annotated[Visitor, Depends(_visitor)]


def only(roles: Collection[str]) -> Callable[[Visitor], Awaitable[Visitor]]:
    """Return what lets nobody but people in these roles come to a page, and tells whose thing was refused to others."""

    async def visitor_of(visitor: AtPage) -> Visitor:
        if visitor.actor.role not in roles:
            await visitor.refuse()
            raise ProblemError(403, "This page is for people in another role.")
        return visitor

    return visitor_of


def own(*others: str) -> Callable[[Visitor], Awaitable[Visitor]]:
    """Return what lets a person come to what is theirs, `others` too, and staff who act for the person in the path."""
    theirs, of_staff = only({JOBSEEKER, *others}), only(STAFF)

    async def visitor_of(visitor: AtPage) -> Visitor:
        if "participant_id" not in visitor.request.path_params:
            return await theirs(visitor)
        return await _acting(await of_staff(visitor))

    return visitor_of


async def _acting(visitor: Visitor) -> Visitor:
    """Return the visitor as one who acts for the person in the path, whose everything else in it has to be."""
    named = dict(visitor.request.path_params)
    person, things = as_uuid(named.pop("participant_id")), filter(None, map(as_uuid, named.values()))
    owners = [await visitor.request.app.state.desk.whose(thing) for thing in things]
    if person is None or {*owners} - {None, person}:
        raise ProblemError(404, "There is nothing here.")
    answer = await visitor.answered(Question("caseload", f"/participants/{person}"))
    return replace(visitor, client=Client(person, answer.json()["name"] or ""))


AtOwnPage = Annotated[Visitor, Depends(own())]
AtWork = Annotated[Visitor, Depends(only(STAFF))]
AtLeading = Annotated[Visitor, Depends(only(LEADERS))]
