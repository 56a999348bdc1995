"""How much may be sent at once, in one place: a test adds the numbers up.

Each limit of a form stands below the limit of what carries it, so that too much is refused by the
form, in words, and not at the door.
"""

MEGABYTE = 1024 * 1024

ROWS = 200  # lines of one programme or protocol: far more than anyone can do
ROWS_SHOWN = ROWS + 20  # of a form that is refused for its rows, so that none is lost
FIELDS_OF_A_ROW = 15  # a line of a programme: its fields, what each was opened with, and its place
FIELDS_BESIDE = 200  # of the page itself
FIELDS = ROWS_SHOWN * FIELDS_OF_A_ROW + FIELDS_BESIDE  # names in one request
TEXT_BYTES = 5 * MEGABYTE  # of one request, without its files
KEPT_BYTES = 2 * MEGABYTE  # of what was typed when a session ended, until after the login
UPLOAD_FACTOR = 4  # a file that is too large reaches its form, which says so; a huge one does not
