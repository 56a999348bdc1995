"""The privacy class of each column of the library.

No photo, film or text of the library belongs to a patient, and nothing in it refers to one. The
only personal data are the names of staff who reviewed something, and their favourites.
"""

from rugpijn.classified import Columns, columns

_DOSAGE = "per_day days_per_week every_days sets reps reps_max hold side rest load duration "
_LIBRARY = "id uuid practice key loaded_digest category source licence review_note reviewed_on "
_TEXT = "id language title "
_PERIOD = "from_week until_week from_date until_date "

CLASSES: dict[str, Columns] = {
    "exercises.LibraryImport": columns(
        none="id uuid practice made_by name format content created_at touched_at checked total"
        " checked_at problem findings counts outdated confirmed_at imported_at stopped_at"
    ),
    "exercises.Rendering": columns(none="digest frames loop photo made_at"),
    "exercises.Figure": columns(
        personal="reviewed_by",
        none="id reviewed_on uuid practice key kind data rendering mirrored changed_at",
    ),
    "exercises.Exercise": columns(
        personal="reviewed_by", none=_LIBRARY + _DOSAGE + "video online_number online_title figure"
    ),
    "exercises.ExerciseText": columns(
        none=_TEXT + "exercise start_position steps purpose caution harder_when easier_when"
        " equipment"
    ),
    "exercises.Protocol": columns(personal="reviewed_by", none=_LIBRARY + "symptoms"),
    "exercises.ProtocolText": columns(none=_TEXT + "protocol summary"),
    "exercises.ProtocolLine": columns(none="id protocol exercise position " + _DOSAGE + _PERIOD),
    "exercises.Advice": columns(
        personal="reviewed_by",
        none="id reviewed_on protocol kind position version source review_note figure",
    ),
    "exercises.AdviceText": columns(none=_TEXT + "advice body"),
    "exercises.Film": columns(
        none="id uuid exercise texts digest media_type size width height seconds poster captions"
        " changed_at"
    ),
    "exercises.Favourite": columns(personal="user exercise", none="id"),
    "exercises.PracticeDosage": columns(none="id practice exercise " + _DOSAGE),
}
