"""Films as telephones and programs make them: what not every browser plays is refused in words."""

import io
import shutil
import subprocess

import pytest
from django.utils import translation

from exercises.media.film_files import Footage

FFMPEG = shutil.which("ffmpeg")
PICTURE = ("-f", "lavfi", "-i", "testsrc=size=160x120:rate=5:duration=1")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration=1")
EIGHT_BITS = ("-pix_fmt", "yuv420p")

PLAYED = {
    "H.264 and AAC": (*PICTURE, *SOUND, "-c:v", "libx264", *EIGHT_BITS, "-c:a", "aac", "mp4"),
    "H.264 baseline": (*PICTURE, "-c:v", "libx264", *EIGHT_BITS, "-profile:v", "baseline", "mp4"),
    "VP9 in WebM": (*PICTURE, "-c:v", "libvpx-vp9", *EIGHT_BITS, "webm"),
    "VP8 in WebM": (*PICTURE, "-c:v", "libvpx", *EIGHT_BITS, "webm"),
    "VP9 in MP4": (*PICTURE, "-c:v", "libvpx-vp9", *EIGHT_BITS, "mp4"),
}
REFUSED = {
    "HEVC of an iPhone": (*PICTURE, "-c:v", "libx265", *EIGHT_BITS, "-tag:v", "hvc1", "mp4"),
    "HEVC of others": (*PICTURE, "-c:v", "libx265", *EIGHT_BITS, "-tag:v", "hev1", "mp4"),
    "QuickTime": (*PICTURE, "-c:v", "libx264", *EIGHT_BITS, "mov"),
    "QuickTime with HEVC": (*PICTURE, "-c:v", "libx265", *EIGHT_BITS, "-tag:v", "hvc1", "mov"),
    "H.264 in full colour": (*PICTURE, "-c:v", "libx264", "-pix_fmt", "yuv444p", "mp4"),
    "H.264 in ten bits": (*PICTURE, "-c:v", "libx264", "-pix_fmt", "yuv420p10le", "mp4"),
    "AV1": (*PICTURE, "-c:v", "libaom-av1", "-cpu-used", "8", *EIGHT_BITS, "mp4"),
    "MPEG-4 part 2": (*PICTURE, "-c:v", "mpeg4", "mp4"),
    "AC-3 sound": (*PICTURE, *SOUND, "-c:v", "libx264", *EIGHT_BITS, "-c:a", "ac3", "mp4"),
}


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    if FFMPEG is None:
        pytest.skip("there is no ffmpeg here, so no film was made and none was read")
    folder = tmp_path_factory.mktemp("films")

    def make(*how):
        *options, kind = how
        path = folder / f"film.{kind}"
        command = [FFMPEG, "-loglevel", "error", "-y", *options, str(path)]
        made = subprocess.run(command, capture_output=True, text=True)
        if "Unknown encoder" in made.stderr:
            pytest.skip(f"this ffmpeg cannot make it: {made.stderr.strip()}")
        assert made.returncode == 0, made.stderr
        return io.BytesIO(path.read_bytes())

    return make


@pytest.mark.parametrize("name", PLAYED)
def test_what_every_browser_plays_is_taken(film, name):
    read = Footage.read(film(*PLAYED[name]))
    assert (read.width, read.height) == (160, 120)


@pytest.mark.parametrize("name", REFUSED)
def test_what_some_browsers_do_not_play_is_refused_with_what_to_do(film, name):
    made = film(*REFUSED[name])
    with translation.override("en"), pytest.raises(ValueError, match=r"MP4 with H\.264") as refused:
        Footage.read(made)
    assert ("Most Compatible" in str(refused.value)) == name.startswith("HEVC")
    with translation.override("nl"), pytest.raises(ValueError, match=r"MP4 met H\.264") as refused:
        Footage.read(made)
    assert ("Structuren > Meest compatibel" in str(refused.value)) == name.startswith("HEVC")
