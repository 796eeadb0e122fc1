"""What changed in a coach's caseload since they last looked: a sentence each, of all that others did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic import BaseModel, Field

from caseload.corrections import CORRECTING, Corrections
from caseload.moment import Now
from caseload.sentences import sentence_of
from caseload.views.timeline import TimelineRow
from events import caseload, jobsearch, learning, referrals
from events.fact import Fact, read

MOST: Final = 50
LONGEST: Final = timedelta(days=14)
ON_ITS_WAY: Final = timedelta(seconds=10)
NEWS: Final[tuple[type[Fact], ...]] = (
    referrals.InitialMeetingBooked,
    referrals.InitialMeetingHeld,
    referrals.InitialMeetingMissed,
    referrals.InitialMeetingCancelled,
    referrals.ReferralHandoverArranged,
    referrals.ReferralHandoverHeld,
    referrals.ReferralWithdrawn,
    caseload.CaseOpened,
    caseload.CoachAssigned,
    caseload.CaseStarted,
    caseload.CasePaused,
    caseload.CaseResumed,
    caseload.CaseReactivated,
    caseload.TrackChosen,
    caseload.NeedsAssessed,
    caseload.SafetyConcernRaised,
    caseload.SafetyConcernHandled,
    caseload.SafetyConcernHandlingTakenBack,
    caseload.ActionSuggested,
    caseload.ActionAgreed,
    caseload.ActionBegun,
    caseload.ActionDone,
    caseload.ActionStepTakenBack,
    caseload.ActionFellDue,
    caseload.PlanSigned,
    caseload.NextStepSetAside,
    caseload.StandardWarned,
    caseload.StandardBreached,
    caseload.ContactRecorded,
    caseload.ContactRecordedInError,
    caseload.AppointmentBooked,
    caseload.AppointmentRescheduled,
    caseload.AppointmentAttended,
    caseload.AppointmentMissed,
    caseload.AppointmentCancelled,
    caseload.MessageSent,
    caseload.JobRecorded,
    caseload.JobStartDateSet,
    caseload.JobNotStarted,
    caseload.JobEnded,
    caseload.JobOutcomeCorrected,
    caseload.CheckInRecorded,
    caseload.CheckInTakenBack,
    caseload.CheckInMissed,
    jobsearch.JobWishesTold,
    jobsearch.CvWritten,
    jobsearch.CvUploaded,
    jobsearch.ApplicationSent,
    jobsearch.ApplicationAcknowledged,
    jobsearch.InterviewInvited,
    jobsearch.InterviewRescheduled,
    jobsearch.InterviewPrepared,
    jobsearch.InterviewHeld,
    jobsearch.InterviewCancelled,
    jobsearch.OfferMade,
    jobsearch.OfferAccepted,
    jobsearch.OfferDeclined,
    jobsearch.ApplicationRejected,
    jobsearch.ApplicationWithdrawn,
    jobsearch.ApplicationUnanswered,
    jobsearch.ApplicationFellThrough,
    learning.CourseCompleted,
)
HEARD: Final = sorted({*CORRECTING, *(fact.type_name for fact in NEWS)})
_SHOWN: Final = frozenset(fact.type_name for fact in NEWS)


@dataclass(frozen=True, slots=True)
class Learned:
    """Facts that were learned since a moment, the latest first; one more than is shown when there are more."""

    since: datetime
    rows: Sequence[TimelineRow]


class Change(BaseModel):
    """Something that happened to a person, in a sentence."""

    fact: str
    participant_id: UUID
    name: str | None = Field(description="Null once the person's data is erased.", examples=["Ada Lovelace"])
    sentence: str = Field(examples=["The person applied with version 2 of the CV."])
    at: datetime = Field(description="When it happened.")


class Changes(BaseModel):
    """What others did since a moment in the cases of this day, the latest first, at most 50."""

    since: datetime
    until: datetime = Field(description="What to ask for as `since` next time.")
    entries: list[Change]
    more: bool = Field(description="There were more than are shown.")


def since_when(asked: datetime | None, now: datetime) -> datetime:
    """Return since when changes are told: the last visit, two weeks ago at most, a day ago where none is known."""
    return max(asked, now - LONGEST) if asked else now - timedelta(days=1)


def changes_of(learned: Learned, names: Mapping[UUID, str | None], now: Now) -> Changes:
    """Return the changes that these facts are, but those that were taken back.

    What is on its way to the view just now belongs to the next visit, which asks from a little earlier on.
    """
    rows, corrections = learned.rows, Corrections.among(learned.rows)
    told = [(row, read(row.type_name, row.fact.encode())) for row in rows if row.type_name in _SHOWN]
    entries = [
        Change(
            fact=row.id,
            participant_id=row.participant_id,
            name=names.get(row.participant_id),
            sentence=sentence_of(fact, now.zone).words,
            at=fact.occurred_at,
        )
        for row, fact in told
        if not corrections.strike(row.id, fact)
    ]
    until = max(learned.since, now.moment - ON_ITS_WAY)
    return Changes(since=learned.since, until=until, entries=entries[:MOST], more=len(rows) > MOST)
