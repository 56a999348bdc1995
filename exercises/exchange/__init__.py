"""Export of the library to a file, and import of a file from another practice.

    archive      a zip with JSON and photos: everything but films
    tables       CSV and XLSX with texts, dosages and facts, for a spreadsheet
    checking     finds what a file would change here; writes nothing
    importing    the steps of an upload, from the first check to the last row, in the background
    exporting    chooses the rows for a file

The rows of every file are read by `exercises.library`, like the files that come with the app.
"""
