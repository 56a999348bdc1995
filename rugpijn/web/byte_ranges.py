"""Answers with a file, whole or in part: a browser that plays a film asks for ranges."""

import re
from typing import BinaryIO

from django.http import FileResponse, HttpResponse

CHUNK = 64 * 1024
ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class FileRange:
    """`length` bytes of an open file from `start`, read in pieces. The response closes the file."""

    def __init__(self, file: BinaryIO, start: int, length: int):
        file.seek(start)
        self.file, self.left, self.close = file, length, file.close

    def read(self, size: int) -> bytes:
        piece = self.file.read(min(size, self.left))
        self.left -= len(piece)
        return piece


def requested(request, size: int, etag: str) -> tuple[int, int] | None:
    """First and last byte of the range; None for the whole file.

    A range that begins after the end gives a last byte before the first. More than one range at
    once is answered with the whole file, as RFC 9110 allows.
    """
    match = ONE_RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if match is None or match[0] == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    if not first:  # only a last: that many bytes at the end
        return (max(size - int(last), 0), size - 1) if int(last) else (size, -1)
    stop = min(int(last), size - 1) if last else size - 1
    if last and int(last) < int(first):
        return None
    return int(first), stop


def answer(request, file: BinaryIO, size: int, *, media_type: str, etag: str):
    """200, 206 or 416. The file is never whole in memory, and HEAD gets no body."""
    etag = f'"{etag}"'
    part = requested(request, size, etag)
    first, last = part or (0, size - 1)
    headers = {"Accept-Ranges": "bytes", "ETag": etag}
    if first > last and part is not None:
        file.close()
        headers["Content-Range"] = f"bytes */{size}"
        return HttpResponse(status=416, content_type=media_type, headers=headers)
    headers["Content-Length"] = str(last - first + 1)
    status = 200
    if part is not None:
        headers["Content-Range"], status = f"bytes {first}-{last}/{size}", 206
    if request.method == "HEAD":
        file.close()
        return HttpResponse(status=status, content_type=media_type, headers=headers)
    response = FileResponse(
        FileRange(file, first, last - first + 1),
        status=status,
        content_type=media_type,
        headers=headers,
    )
    response.block_size = CHUNK
    return response
