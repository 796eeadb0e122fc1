"""What becomes of an application, in the words of whose it is, and in those of staff who keep it for them."""

from collections.abc import Mapping
from typing import Final

from gateway.web.deeds import Options
from gateway.web.visitor import Visitor
from gateway.web.words import N_

Said = tuple[str, str]
"""The words of the person, and those about them."""
MOVES: Final[Mapping[str, Said]] = {
    "interest": (N_("I am interested"), N_("They are interested")),
    "begin": (N_("I am getting it ready"), N_("They are getting it ready")),
    "send": (N_("I sent it"), N_("They sent it")),
    "acknowledge": (N_("They confirmed that it came"), N_("The employer confirmed that it came")),
    "chase": (N_("I asked them for news"), N_("They asked the employer for news")),
    "interviews": (N_("They invited me to an interview"), N_("They are invited to an interview")),
    "offer": (N_("They offered me the job"), N_("They are offered the job")),
    "accept": (N_("I take the job"), N_("They take the job")),
    "decline": (N_("I do not take it"), N_("They do not take it")),
    "reject": (N_("They said no"), N_("The employer said no")),
    "withdraw": (N_("I do not want it any more"), N_("They do not want it any more")),
    "silent": (N_("I stop waiting"), N_("They stop waiting")),
    "reopen": (N_("It goes on after all"), N_("It goes on after all")),
}
OVER: Final[Mapping[str, Said]] = {
    "unsuccessful": (N_("They said no"), N_("The employer said no")),
    "withdrawn": (N_("You did not want it"), N_("They did not want it")),
    "no_response": (N_("Nobody answered"), N_("Nobody answered")),
    "declined": (N_("You did not take it"), N_("They did not take it")),
    "fell_through": (N_("It fell through"), N_("It fell through")),
    "vacancy_closed": (N_("The job is gone"), N_("The job is gone")),
    "superseded": (N_("You took another job"), N_("They took another job")),
}
REASONS: Final[Mapping[str, Mapping[str, Said]]] = {
    "reject": {
        "not_shortlisted": (N_("They did not invite me"), N_("They were not invited")),
        "not_chosen": (N_("They chose somebody else"), N_("The employer chose somebody else")),
        "position_filled": (N_("The job is taken"), N_("The job is taken")),
        "position_cancelled": (N_("The job is gone"), N_("The job is gone")),
        "other": (N_("Something else"), N_("Something else")),
    },
    "withdraw": {
        "found_work": (N_("I found work"), N_("They found work")),
        "not_interested": (N_("I do not want it any more"), N_("They do not want it any more")),
        "too_far": (N_("It is too far"), N_("It is too far")),
        "pay_too_low": (N_("The pay is too low"), N_("The pay is too low")),
        "hours_do_not_fit": (N_("The hours do not fit"), N_("The hours do not fit")),
        "other": (N_("Something else"), N_("Something else")),
    },
}


def spoken(visitor: Visitor, words: Mapping[str, Said]) -> dict[str, str]:
    """Return what is said for each code: by the person themselves, or about them by who acts for them."""
    about = visitor.client is not None
    return {code: visitor.say(said[about]) for code, said in words.items()}


def reasons(visitor: Visitor) -> dict[str, Options]:
    """Return the reasons to choose from for each move that has a reason."""
    return {move: list(spoken(visitor, some).items()) for move, some in REASONS.items()}
