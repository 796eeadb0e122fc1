"""Where a referral stands, in words: for whoever sent it, for the provider, and for whoever was given a link."""

from collections.abc import Mapping
from typing import Any, Final

from gateway.web.visitor import Visitor
from gateway.web.words import N_

STAGES: Final[Mapping[str, tuple[str, str]]] = {
    "submitted": ("calm", N_("Sent")),
    "acknowledged": ("calm", N_("Arrived")),
    "under_assessment": ("calm", N_("Being looked at")),
    "waitlisted": ("soon", N_("On the waiting list")),
    "accepted": ("good", N_("Accepted")),
    "handover_arranged": ("good", N_("Handover arranged")),
    "handover_held": ("good", N_("Handover held")),
    "initial_meeting_booked": ("good", N_("First meeting booked")),
    "failed_to_attend": ("soon", N_("Missed the first meeting")),
    "initial_meeting_cancelled": ("soon", N_("First meeting called off")),
    "initial_meeting_held": ("good", N_("Met")),
    "started": ("good", N_("Started")),
    "rejected": ("late", N_("Not taken on")),
    "withdrawn": ("calm", N_("Withdrawn")),
    "did_not_start": ("late", N_("Did not start")),
    "expired": ("late", N_("Ran out of time")),
    "entered_in_error": ("calm", N_("Entered in error")),
}
ENDINGS: Final[Mapping[str, tuple[str, str]]] = {
    "completed": ("good", N_("Completed the programme")),
    "exited_early": ("calm", N_("Left early")),
    "handed_back": ("calm", N_("Handed back")),
}
REJECTIONS: Final = (
    ("not_reachable", N_("Not reachable")),
    ("did_not_attend", N_("Did not attend")),
    ("hired_elsewhere", N_("Has found work")),
    ("in_training", N_("In training")),
    ("not_eligible", N_("Not eligible")),
    ("not_mobile", N_("Cannot travel")),
    ("not_interested", N_("Not interested")),
    ("barrier_incompatible", N_("Needs other help first")),
    ("no_capacity", N_("No place free")),
    ("duplicate", N_("Already here")),
    ("other", N_("Something else")),
)
NO_STARTS: Final = (
    ("not_reachable", N_("Not reachable")),
    ("did_not_attend", N_("Did not attend")),
    ("hired_elsewhere", N_("Has found work")),
    ("in_training", N_("In training")),
    ("health", N_("Health")),
    ("moved_away", N_("Moved away")),
    ("changed_their_mind", N_("Changed their mind")),
    ("deceased", N_("Has died")),
    ("other", N_("Something else")),
)
ASKERS: Final[Mapping[str, str]] = {
    "provider": N_("by the provider"),
    "referrer": N_("by who sent them"),
    "participant": N_("the person asked for it"),
}


def said_stages(visitor: Visitor) -> dict[str, tuple[str, str]]:
    """Return each stage of a referral as a mark and words."""
    return {stage: (mark, visitor.say(words)) for stage, (mark, words) in STAGES.items()}


def stages_and_endings(visitor: Visitor) -> dict[str, Any]:
    """Return what shows where referrals stand: marks and words for each code, and the names of providers."""
    return {
        "stages": said_stages(visitor),
        "endings": {code: (mark, visitor.say(words)) for code, (mark, words) in ENDINGS.items()},
        "reasons": {code: visitor.say(words) for code, words in (*REJECTIONS, *NO_STARTS)},
        "askers": {code: visitor.say(words) for code, words in ASKERS.items()},
        "providers": {str(id_): name for id_, name in visitor.desk.providers.items()},
    }
