"""Where somebody in a role can go, and what a page says after a form was taken."""

from collections.abc import Mapping, Sequence
from typing import Final

from gateway.web.words import N_

Place = tuple[str, str]


PLACES: Final[Mapping[str, Sequence[Place]]] = {
    "coach": (
        ("/today", N_("Today")),
        ("/caseload", N_("Caseload")),
        ("/diary", N_("Diary")),
        ("/messages", N_("Messages")),
        ("/incoming", N_("Incoming")),
    ),
    "jobseeker": (
        ("/home", N_("Home")),
        ("/jobs", N_("Jobs")),
        ("/applications", N_("Applications")),
        ("/plan", N_("Plan")),
        ("/cv", N_("CV")),
        ("/courses", N_("Courses")),
        ("/messages", N_("Messages")),
        ("/me", N_("Me")),
    ),
    "referrer": (("/refer", N_("Refer")), ("/my-referrals", N_("My referrals"))),
    "team_leader": (
        ("/team", N_("Team")),
        ("/standards", N_("Standards")),
        ("/incoming", N_("Incoming")),
        ("/caseload", N_("Caseload")),
    ),
    "provider_manager": (
        ("/performance", N_("Performance")),
        ("/team", N_("Team")),
        ("/standards", N_("Standards")),
        ("/incoming", N_("Incoming")),
    ),
    "analyst": (
        ("/performance", N_("Performance")),
        ("/facts", N_("Facts")),
        ("/exports", N_("Exports")),
    ),
    "operator": (("/platform", N_("Platform")),),
}
THEIRS: Final[Sequence[Place]] = (
    ("/applications", N_("Applications")),
    ("/jobs", N_("Jobs")),
    ("/cv", N_("CV")),
    ("/courses", N_("Courses")),
    ("/me", N_("What they look for")),
)
"""Where staff act for a person, below the address that names them."""
DONE: Final[Mapping[str, str]] = {
    "saved": N_("Saved. You find it under Applications."),
    "dismissed": N_("Noted. It is no longer among the jobs that fit you."),
    "moved": N_("Moved."),
    "chased": N_("Noted. We count the wait from today."),
    "sent": N_("Good. We note the day and tell you when it is time to ask."),
    "kept": N_("Kept."),
    "begun": N_("You are in. Take the first lesson when you like."),
    "lesson": N_("Well done. On to the next."),
    "referred": N_("Sent. The provider confirms that it arrived."),
    "withdrawn": N_("Taken back. The provider is told."),
    "answered": N_("Noted. The referrer sees it now."),
    "done": N_("Noted."),
    "contact": N_("Contact recorded."),
    "session": N_("The session is noted."),
    "snoozed": N_("Put off. A more urgent reason wakes it."),
    "set-aside": N_("All right. It comes back in three days."),
    "set-aside-already": N_("You had put it off already."),
    "taken-up": N_("It is there again."),
    "help-asked": N_("Your coach sees that you want help with it. It comes back in three days."),
    "put-away": N_("Put away. You find it under Me."),
    "work": N_("Thank you. Your coach sees how it goes."),
    "message": N_("Your message is on its way."),
    "asked": N_("Asked. Your coach sees it on their first page."),
    "cannot-come": N_("Your coach sees that you cannot come, and finds another time."),
    "view-kept": N_("Kept under Your views."),
    "view-renamed": N_("It has a new name."),
    "view-removed": N_("The view is removed."),
    "draft": N_("Kept for 14 days. Come back when you like."),
    "nobody": N_("Tick coaches who have 1 to 200 people between them."),
    "covered": N_("Noted. On those days their people stand in the Today of both."),
    "replayed": N_("Handled. Nothing is held back there any longer."),
    "held-back": N_("Some of it fails still, and stays where it is."),
    "goes-on": N_("Part of it is handled. Press again to go on."),
    "taken-back": N_("Taken back."),
    "partly-back": N_("Taken back where that could still be done."),
}
IMPOSSIBLE: Final = N_("That is not possible now.")
SAYINGS: Final[Mapping[int, str]] = {
    409: N_("That is not possible now. Somebody may have changed it. Look at it again."),
    412: N_("Somebody was faster. Look at it again, then decide."),
}


def home_of(role: str) -> str:
    """Return the page that somebody in a role begins with."""
    places = PLACES.get(role, ())
    return places[0][0] if places else "/help"
