"""Every act that the access log can hold: its kind, and the words for it.

The name of an act is stored in each row and never changes. A row of an older version can hold a
name that is not in this table; `label_of` and `sentence_of` then return the name itself.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import AccessEvent

CREATE, READ, UPDATE, DELETE, EXECUTE = AccessEvent.Code


@dataclass(frozen=True)
class Act:
    """One kind of act. The owner of a practice reads `label`.

    `sentence` follows "has" in the log that a patient reads; without it the label is shown there.
    """

    name: str
    code: AccessEvent.Code  # C, R, U, D or E, the kinds of NEN 7513
    label: Promise
    sentence: Promise | None = None
    of_login: bool = False  # somebody logs in or out, or changes how


_TABLE = (
    Act(
        "accept invitation",
        UPDATE,
        _("invitation accepted"),
        _("used the invitation"),
        of_login=True,
    ),
    Act(
        "access change at once",
        UPDATE,
        _("login of a colleague changed at once: there is no other owner"),
        of_login=True,
    ),
    Act("add", CREATE, _("added")),
    Act("add authenticator app", CREATE, _("authenticator app added"), of_login=True),
    Act("add operator", CREATE, _("account for a server operator created")),
    Act("add passkey", CREATE, _("passkey added"), _("added a way to log in"), of_login=True),
    Act("admin", EXECUTE, _("staff pages refused")),
    Act("answer", CREATE, _("message answered"), _("answered your message")),
    Act("ask access change", EXECUTE, _("change to a colleague's login requested"), of_login=True),
    Act("ask for erasure", EXECUTE, _("erasure requested"), _("asked for your data to be erased")),
    Act(
        "ask new password",
        EXECUTE,
        _("new password requested"),
        _("asked for a new password"),
        of_login=True,
    ),
    Act("back up", EXECUTE, _("backup made")),
    Act("break glass", EXECUTE, _("records opened by the server operator: start")),
    Act(
        "carry out access change",
        UPDATE,
        _("change to a colleague's login made after the waiting time of one day"),
        of_login=True,
    ),
    Act("change", UPDATE, _("changed"), _("changed your details or your programme")),
    Act(
        "change e-mail",
        UPDATE,
        _("e-mail address changed"),
        _("changed the e-mail address for logging in"),
        of_login=True,
    ),
    Act("change password", UPDATE, _("password changed"), _("changed the password"), of_login=True),
    Act("change role", UPDATE, _("role changed")),
    Act(
        "choose reminders", UPDATE, _("times and reminders chosen"), _("chosen times and reminders")
    ),
    Act(
        "choose risk profile",
        UPDATE,
        _("risk profile chosen"),
        _("recorded which treatment suits you best"),
    ),
    Act("close glass", EXECUTE, _("records opened by the server operator: end")),
    Act(
        "close glass after its hour",
        EXECUTE,
        _("records opened by the server operator: closed after one hour"),
    ),
    Act(
        "confirm access change",
        UPDATE,
        _("change to a colleague's login confirmed"),
        of_login=True,
    ),
    Act("copy", CREATE, _("copied")),
    Act("create", CREATE, _("created"), _("created your record or a programme")),
    Act("delete", DELETE, _("deleted"), _("removed something from your record")),
    Act("discharge", UPDATE, _("treatment ended"), _("ended your treatment")),
    Act("download log", READ, _("access log downloaded"), _("downloaded this list")),
    Act("download own data", READ, _("own data downloaded"), _("downloaded your data")),
    Act("end", UPDATE, _("programme ended"), _("ended your programme")),
    Act(
        "end login",
        EXECUTE,
        _("logged out on another device"),
        _("logged out another device"),
        of_login=True,
    ),
    Act(
        "end proxy",
        UPDATE,
        _("access for somebody else ended"),
        _("ended the access of somebody who acted for you"),
    ),
    Act("erase", DELETE, _("erased"), _("erased your data")),
    Act("export", READ, _("library exported")),
    Act("export data", READ, _("copy of all data made"), _("made a copy of all your data")),
    Act("forbidden", EXECUTE, _("page refused")),
    Act("import", CREATE, _("library imported")),
    Act("invite", CREATE, _("invited"), _("invited you to log in")),
    Act("issue", CREATE, _("version issued"), _("given you a new version of your programme")),
    Act("list", READ, _("shown in a list"), _("seen your name in a list")),
    Act("log", CREATE, _("ticked off"), _("ticked off exercises or answered a question")),
    Act("log in", EXECUTE, _("logged in"), _("logged in"), of_login=True),
    Act("log out", EXECUTE, _("logged out"), _("logged out"), of_login=True),
    Act("mail invitation", EXECUTE, _("invitation mailed"), _("sent you an invitation by e-mail")),
    Act("mail link", EXECUTE, _("link mailed"), _("sent you a link to your exercises by e-mail")),
    Act(
        "note STarT Back score",
        CREATE,
        _("STarT Back score recorded"),
        _("recorded the result of a questionnaire"),
    ),
    Act(
        "note main activities",
        CREATE,
        _("main activities recorded"),
        _("recorded what you want to be able to do"),
    ),
    Act("note recovery", CREATE, _("recovery recorded"), _("recorded how you are doing")),
    Act("open", READ, _("opened"), _("opened your details")),
    Act("pause", UPDATE, _("programme paused"), _("paused your programme")),
    Act("print", READ, _("printed"), _("opened or printed your programme on paper")),
    Act(
        "print codes",
        EXECUTE,
        _("list of one-time codes printed"),
        _("printed a list of codes to log in with"),
        of_login=True,
    ),
    Act("purge log", DELETE, _("old rows of the access log removed after the retention period")),
    Act(
        "put back",
        UPDATE,
        _("put back on the worklist"),
        _("put your report back on the list of things to do"),
    ),
    Act(
        "rate quality",
        UPDATE,
        _("quality of exercises rated"),
        _("recorded how well you do the exercises"),
    ),
    Act("read", READ, _("read"), _("looked at your details or your programme")),
    Act("read course", READ, _("course of treatment read"), _("looked at how you are doing")),
    Act("read days", READ, _("exercise diary read"), _("looked at which exercises you did")),
    Act("read film", READ, _("film watched"), _("watched a film of your programme")),
    Act("read log", READ, _("access log of a patient read"), _("looked at this list")),
    Act("read messages", READ, _("messages read"), _("read the messages")),
    Act("read own data", READ, _("own data read"), _("looked at the data stored about you")),
    Act("read progress", READ, _("own progress read"), _("looked at your progress")),
    Act(
        "read reminders",
        READ,
        _("times and reminders read"),
        _("looked at the times and reminders"),
    ),
    Act(
        "read versions", READ, _("versions read"), _("looked at earlier versions of your programme")
    ),
    Act("refuse access change", UPDATE, _("change to a colleague's login refused"), of_login=True),
    Act(
        "refuse erasure",
        UPDATE,
        _("erasure refused"),
        _("refused your request to erase your data"),
    ),
    Act("remove after term", DELETE, _("removed after the retention period")),
    Act("remove authenticator app", DELETE, _("authenticator app removed"), of_login=True),
    Act(
        "remove passkey", DELETE, _("passkey removed"), _("removed a way to log in"), of_login=True
    ),
    Act("renew", CREATE, _("programme extended"), _("extended your programme")),
    Act("renew calendar", CREATE, _("calendar link created"), _("made a link for your calendar")),
    Act("reopen", UPDATE, _("programme opened again"), _("reopened your programme")),
    Act("reset second factor", UPDATE, _("second step of a colleague reset")),
    Act("restore", UPDATE, _("backup restored")),
    Act("resume", UPDATE, _("pause ended"), _("ended the pause of your programme")),
    Act("review", UPDATE, _("reviewed")),
    Act(
        "revoke calendar",
        UPDATE,
        _("calendar link revoked"),
        _("stopped the link for your calendar"),
    ),
    Act("revoke link", UPDATE, _("link on paper revoked"), _("stopped the link on your paper")),
    Act(
        "save as protocol",
        CREATE,
        _("saved as a protocol"),
        _("saved the exercises as an example, without your name"),
    ),
    Act("second factor", EXECUTE, _("second step was missing"), of_login=True),
    Act(
        "second step",
        EXECUTE,
        _("second step of the login done"),
        _("completed the second step of logging in"),
        of_login=True,
    ),
    Act("seen", UPDATE, _("marked as seen"), _("looked at something you reported")),
    Act("send message", CREATE, _("message written"), _("written a message")),
    Act("set our dosage", UPDATE, _("dosage of the practice set")),
    Act("share", CREATE, _("link shared"), _("opened the page with the link on your paper")),
    Act("start", UPDATE, _("programme started"), _("started your programme")),
    Act("stop reminders", UPDATE, _("reminders stopped"), _("stopped the reminders")),
    Act("take over", UPDATE, _("taken over"), _("taken over your treatment")),
    Act("take up again", UPDATE, _("treatment resumed"), _("reopened your treatment")),
    Act(
        "trust device",
        UPDATE,
        _("device trusted"),
        _("chosen to stay logged in on a device"),
        of_login=True,
    ),
    Act("turn second step off", UPDATE, _("second step for patients switched off")),
    Act("turn second step on", UPDATE, _("second step for patients switched on")),
    Act("upload", CREATE, _("file uploaded")),
    Act("withdraw invitation", UPDATE, _("invitation withdrawn")),
)
ACTS = {act.name: act for act in _TABLE}


def label_of(name: str) -> str:
    return str(ACTS[name].label) if name in ACTS else name


def sentence_of(name: str) -> str:
    act = ACTS.get(name)
    return str(act.sentence or act.label) if act is not None else name
