"""How much may be sent at once, in one place: a test adds the numbers up.

The limit of a form is below the limit of the whole request, so that the form refuses what is too
much with a sentence, and not the server with an error page.
"""

MEGABYTE = 1024 * 1024

ROWS = 200  # lines of one programme or protocol: far more than anyone can do
ROWS_SHOWN = ROWS + 20  # shown again when a form is refused for its number of rows
FIELDS_OF_A_ROW = 15  # a line of a programme: its fields, their first values, its position
FIELDS_BESIDE = 200  # those of the page that are in no row
FIELDS = ROWS_SHOWN * FIELDS_OF_A_ROW + FIELDS_BESIDE  # names in one request
TEXT_BYTES = 5 * MEGABYTE  # of one request, without its files
KEPT_BYTES = 2 * MEGABYTE  # of forms that are kept from the end of a session to the next login
UPLOAD_FACTOR = 4  # a form refuses a file that is too large; one of so many times that is cut off
