"""The library between practices: out of one as a file, and into another.

    archive      a zip: JSON and photos, everything but films
    tables       CSV and XLSX: the words, dosages and facts, for a spreadsheet
    checking     what a file would change here; writes nothing
    importing    the upload from the first check to the last row, in the background
    exporting    which rows go into a file

Whatever came in, it is read by `exercises.library`, like the files that come with the app.
"""
