"""Routes of contacts: note one, and take back one that was noted by mistake."""
# ruff: noqa: FAST003  (ToCase takes the case's id out of the path)

from uuid import UUID, uuid4

from fastapi import APIRouter, Response

from caseload.access import Deed
from caseload.case import Case
from caseload.commands import case as commands
from caseload.commands.target import Target, Wording
from caseload.desk import ToCase
from caseload.forms import Asked, Moment, Words, example
from chassis.http import Accepted
from events.caseload import Channel, ContactRecorded

contact_router = APIRouter()


class NewContact(Asked):
    """A contact between coach and person, now or earlier; the person may read the note when it is `shared`."""

    model_config = example(occurred_at="2026-03-02T09:30:00Z", channel="phone", note="Ready for Friday's interview.")

    occurred_at: Moment
    channel: Channel
    note: Words | None = None
    shared: bool = False


@contact_router.post("/cases/{case_id}/contacts", status_code=201, response_model=Accepted)
async def record_contact(to: ToCase, body: NewContact) -> Response:
    """Note a contact. It contradicts nothing that others do to the case, so no version has to be sent."""
    contact = Wording(ContactRecorded, {"coach_id": to.actor.id, "contact_id": uuid4(), **body.model_dump()})
    return await to.answer(
        Deed.WORK, None, lambda session, case: commands.record_contact(session, case, to.keyring, contact, to.now)
    )


@contact_router.post("/cases/{case_id}/contacts/{contact_id}/entered-in-error", response_model=Accepted)
async def take_contact_back(to: ToCase, contact_id: UUID) -> Response:
    """Say that a contact was noted by mistake: it counts no longer. Who noted it may, and leaders."""
    theirs, of_others = to.permit(Deed.WORK), to.permit(Deed.RETRACT)

    def permit(case: Case) -> None:
        theirs(case)
        if case.contacts.get(contact_id, to.actor.id) != to.actor.id:
            of_others(case)

    target = Target(to.case_id, permit)
    return await to.run(lambda session: commands.take_contact_back(session, target, contact_id, to.now))
