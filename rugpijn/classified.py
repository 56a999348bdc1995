"""The class of the data in each column, in one place for each app. A test fails when a column has
no class, so that nobody adds one without deciding.

- personal: identifies somebody, or says where and with what device somebody was here;
- clinical: is about health or treatment;
- secret: gives access, also as a digest; it is in no export;
- none: a number, a setting, a word of the program.

The tables show to whom a row belongs: rows that lead to a patient or to a login are theirs
(`patients.privacy.related_rows`). An export has all of it except the secrets, and an erasure
removes all of it.
"""

from enum import StrEnum


class DataKind(StrEnum):
    PERSONAL = "personal"
    CLINICAL = "clinical"
    SECRET = "secret"  # noqa: S105  a word, and no password
    NONE = "none"


Columns = dict[str, DataKind]


def columns(*, personal: str = "", clinical: str = "", keys: str = "", none: str = "") -> Columns:
    """Return the columns of one table, by class."""
    classes = {
        DataKind.PERSONAL: personal,
        DataKind.CLINICAL: clinical,
        DataKind.SECRET: keys,
        DataKind.NONE: none,
    }
    found = {name: kind for kind, names in classes.items() for name in names.split()}
    if len(found) != sum(len(names.split()) for names in classes.values()):
        raise ValueError("a column has one class")
    return found


CLASSES: dict[str, Columns] = {
    # Ids of people, not their names; the name and the address are those of the person who acted.
    "rugpijn.AccessEvent": columns(
        personal="at action outcome actor actor_name actor_role on_behalf patient practice address"
        " device purpose code object_type object_id object_version object_part",
        keys="query",
        none="id event authorised treatment consent glass source request chain number form hash",
    ),
    "rugpijn.LogHead": columns(none="chain number hash"),
    "rugpijn.LogSegment": columns(none="id chain first last last_hash until purged_at"),
    "rugpijn.Practice": columns(
        none="id uuid name street postcode city phone email website online_page logo paper"
        " diary_weeks colour is_record keep_months second_step log_shows_names idle_minutes"
        " doctor_phone out_of_hours_phone emergency_phone"
    ),
    "rugpijn.User": columns(
        personal="email login_code name language text_size last_login date_joined",
        keys="password",
        none="id uuid practice is_therapist is_owner is_superuser is_active",
    ),
    "rugpijn.StaffInvitation": columns(
        personal="name email",
        keys="token_hash",
        none="id created_at accepted_at tries practice is_therapist is_owner",
    ),
    "rugpijn.TrustedDevice": columns(
        personal="name created_at last_seen_at expires_at factor_at",
        keys="token_hash",
        none="id uuid user",
    ),
    "rugpijn.LoginSession": columns(
        personal="name began_at seen_at",
        keys="session_key session_data",
        none="expire_date user device",
    ),
    # What somebody typed and did not send yet: nobody reads it for them, in a copy of data neither.
    "rugpijn.KeptForm": columns(personal="at", keys="content", none="id user shown"),
    # About whoever runs the server. The page asks for a reason that names no patient.
    "rugpijn.GlassBreak": columns(
        personal="actor actor_name reason began_at until ended_at", none="id uuid practice"
    ),
    # About staff. The person who asked is named, so that an owner can call.
    "rugpijn.AccessChange": columns(
        personal="email asked_name asked_at works_at settled_at",
        none="id uuid kind practice person invitation roles asked_by outcome",
    ),
    "rugpijn.OneTimeCode": columns(keys="code_hash", personal="used_at", none="id user"),
    # Mail that waits, without its links and codes.
    "rugpijn.Letter": columns(
        personal="kind about recipient language created_at",
        none="id user tries given_up_at",
    ),
    "rugpijn.Heartbeat": columns(none="id at doubt"),
    # Tables of libraries that hold data about people.
    "account.EmailAddress": columns(personal="email", none="id user verified primary"),
    "account.EmailConfirmation": columns(
        personal="created sent", keys="key", none="id email_address"
    ),
    "mfa.Authenticator": columns(
        personal="created_at last_used_at", keys="data", none="id user type"
    ),
    "sessions.Session": columns(keys="session_key session_data", none="expire_date"),
    "admin.LogEntry": columns(  # not written: the access log is
        personal="user object_repr change_message action_time",
        none="id content_type object_id action_flag",
    ),
    # The arguments are opaque numbers. A traceback is about the program, and goes with its task.
    "django_tasks_database.DBTaskResult": columns(
        none="id status enqueued_at started_at finished_at args_kwargs priority task_path"
        " worker_ids queue_name backend_name run_after return_value exception_class_path traceback"
    ),
    "auth.Permission": columns(none="id name content_type codename"),
    "auth.Group": columns(none="id name"),
    "contenttypes.ContentType": columns(none="id app_label model"),
}
