"""A program of its own: a file comes in, a harmless rebuilt one goes out; it can reach nothing else (ADR 23).

Run as `python -I -B cleaner.py KIND`. Before it looks at the file it gives up the network, every other file and every
other process: a seccomp filter lets pass only what reading, computing and writing to open pipes need. Exit codes:
0 done, 1 not made safe, 3 the walls could not be put up, so nothing was looked at.
"""

import ctypes
import io
import os
import platform
import resource
import struct
import sys
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

MEMORY = 512 << 20
CPU_SECONDS = 20
MOST_BYTES = 20 << 20
MOST_PIXELS = 50_000_000
MOST_PAGES = 500
LONGEST_SIDE = 2000
POINTS_AN_INCH = 72
FEW_PAGES, DENSE, COARSE = 60, 150, 100
NO_WALLS = 3

# The system calls that stay, in the order: read write close fstat lseek mmap mprotect munmap brk rt_sigaction
# rt_sigprocmask rt_sigreturn readv writev sched_yield mremap madvise getpid gettimeofday times sigaltstack gettid futex
# sched_getaffinity clock_gettime exit exit_group tgkill getrandom membarrier rseq.
CALLS = {
    "x86_64": (
        0xC000003E,
        "0 1 3 5 8 9 10 11 12 13 14 15 19 20 24 25 28 39 96 100 131 186 202 204 228 60 231 234 318 324 334",
    ),
    "aarch64": (
        0xC00000B7,
        "63 64 57 80 62 222 226 215 214 134 135 139 65 66 124 216 233 172 169 153 132 178 98 123 113 93 94 131 278 283 "
        "293",
    ),
}
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, MODE_FILTER = 4, 22, 38, 2
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, DENY, KILL = 0x7FFF0000, 0x00050001, 0x80000000


class NotSafe(Exception):
    """No harmless file can be made of this one."""


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def put_limits() -> None:
    """Limit memory and time, and let no byte reach any file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    for none in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(none, (0, 0))


def put_walls() -> bool:
    """Give up the network, files and processes; return whether the filter that does it is in force."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)  # a second wall, where the system allows it
    arch, named = CALLS.get(platform.machine(), (0, ""))
    calls = [int(call) for call in named.split()]
    if not calls or libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) or libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    steps = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, arch), (RETURN, 0, 0, KILL), (LOAD, 0, 0, 0)]
    for left, call in zip(range(len(calls), 0, -1), calls, strict=True):
        steps.append((EQUAL, left, 0, call))
    steps += [(RETURN, 0, 0, DENY), (RETURN, 0, 0, ALLOW)]
    packed = b"".join(struct.pack("=HBBI", *step) for step in steps)
    program = _Program(len(steps), packed)
    return not libc.prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(program), 0, 0) and walls_hold()


def walls_hold() -> bool:
    """Whether opening a file, a socket or a process is refused, tried out."""
    libc = ctypes.CDLL(None)
    return bool(libc.socket(2, 1, 0) == -1 and libc.open(b"/dev/null", 0) == -1 and libc.fork() == -1)


def picture_maker(kind: str) -> Callable[[bytes], bytes]:
    """Load what decodes and encodes pictures, before the walls; return what rebuilds one."""
    from PIL import Image, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

    del JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin  # EXIF is read as TIFF
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    for form in {"JPEG", "PNG", kind.upper()}:
        warm = io.BytesIO()
        Image.new("RGB", (8, 8)).save(warm, form, exif=_exif(Image))
        Image.open(warm).getexif()

    def rebuilt(what: bytes) -> bytes:
        opened = Image.open(io.BytesIO(what), formats=[kind.upper()])
        if opened.width * opened.height > MOST_PIXELS:
            raise NotSafe
        turn = TURNS.get(opened.getexif().get(0x0112, 1))
        opened.load()
        seen = _shown(opened)
        del opened
        if turn is None:
            clean = Image.new(seen.mode, seen.size)
            clean.paste(seen)
        else:
            clean = seen.transpose(Image.Transpose(turn))
            clean.info = {}
        del seen
        return _saved(clean, "PNG" if kind == "png" or clean.mode == "RGBA" else "JPEG")

    return rebuilt


def _exif(image: Any) -> bytes:
    told = image.Exif()
    told[0x0112] = 6
    return bytes(told.tobytes())


TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # what EXIF says, as Image.Transpose


def _shown(opened: Any) -> Any:
    """Return the pixels as they are seen, in 8 bits and one of three modes."""
    if opened.mode.startswith("I"):
        return opened.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    clear = opened.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in opened.info
    mode = "RGBA" if clear else "L" if opened.mode in {"1", "L", "F"} else "RGB"
    return opened if opened.mode == mode else opened.convert(mode)


def _saved(clean: Any, form: str) -> bytes:
    out = io.BytesIO()
    if form == "PNG":
        clean.save(out, "PNG", compress_level=4)
        if out.tell() > MOST_BYTES:
            out = io.BytesIO()
            form = "JPEG"
    if form == "JPEG":
        (clean if clean.mode in {"L", "RGB"} else clean.convert("RGB")).save(out, "JPEG", quality=90)
    return out.getvalue()


def document_maker() -> Callable[[bytes], bytes]:
    """Load what draws pages, before the walls; return what makes pictures of them."""
    import pypdfium2
    from PIL import Image, JpegImagePlugin

    del JpegImagePlugin
    Image.new("RGB", (8, 8)).save(io.BytesIO(), "JPEG")
    blank = pypdfium2.PdfDocument.new()
    blank.new_page(10, 10)
    next(iter(blank)).render().to_pil().convert("RGB")

    def drawn(what: bytes) -> bytes:
        document = pypdfium2.PdfDocument(what)
        if not 0 < len(document) <= MOST_PAGES:
            raise NotSafe
        density = DENSE if len(document) <= FEW_PAGES else COARSE
        return joined(_pages(document, density))

    return drawn


def _pages(document: Any, density: int) -> Iterator[tuple[float, float, int, int, bytes]]:
    for page in document:
        width, height = page.get_size()
        if not (0 < width < float("inf") and 0 < height < float("inf")):
            raise NotSafe
        scale = min(density / POINTS_AN_INCH, LONGEST_SIDE / max(width, height))
        bitmap = page.render(scale=scale, may_draw_forms=False)
        picture, out = bitmap.to_pil().convert("RGB"), io.BytesIO()
        picture.save(out, "JPEG", quality=80)
        bitmap.close()
        page.close()
        yield width, height, picture.width, picture.height, out.getvalue()


def joined(pages: Iterator[tuple[float, float, int, int, bytes]]) -> bytes:
    """Return a PDF that holds pictures of pages and nothing else: no author, no time, no script."""
    out, places, kids = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), [0, 0], []

    def thing(number: int, body: bytes) -> None:
        places.extend([0] * (number - len(places)))
        places[number - 1] = len(out)
        out.extend(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    for width, height, across, down, jpeg in pages:
        page = len(places) + 1
        drawing = b"q %.2f 0 0 %.2f 0 0 cm /P Do Q" % (width, height)
        thing(
            page,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.2f %.2f]/Contents %d 0 R"
            b"/Resources<</XObject<</P %d 0 R>>>>>>" % (width, height, page + 1, page + 2),
        )
        thing(page + 1, b"<</Length %d>>\nstream\n%s\nendstream" % (len(drawing), drawing))
        thing(
            page + 2,
            b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB"
            b"/BitsPerComponent 8/Filter/DCTDecode/Length %d>>\nstream\n%s\nendstream"
            % (across, down, len(jpeg), jpeg),
        )
        kids.append(b"%d 0 R" % page)
        if len(out) > MOST_BYTES:
            raise NotSafe
    thing(1, b"<</Type/Catalog/Pages 2 0 R>>")
    thing(2, b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids)))
    start = len(out)
    out.extend(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
    out.extend(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.extend(b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start))
    return bytes(out)


def plain(what: bytes) -> bytes:
    """Return a text with one kind of line break and nothing that is not seen."""
    wide = what[:2] in {b"\xff\xfe", b"\xfe\xff"}
    said = what.decode("utf-16" if wide else "utf-8-sig")
    said = said.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    said = unicodedata.normalize("NFC", said)
    unseen = {ord(one): None for one in set(said) if one not in "\n\t" and not _is_seen(one)}
    return said.translate(unseen).encode()


def _is_seen(one: str) -> bool:
    return unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Co", "Cn"} or one in "\u200c\u200d"


def maker(kind: str) -> Callable[[bytes], bytes]:
    """Return what makes a harmless file of this kind."""
    if kind == "pdf":
        return document_maker()
    if kind == "text":
        plain(b"\xef\xbb\xbf"), plain(b"\xff\xfe")  # the codecs are loaded before the walls
        return plain
    return picture_maker(kind)


def main() -> int:
    """Take the file from standard input, give the rebuilt one to standard output."""
    put_limits()
    make = maker(sys.argv[1])
    if not put_walls():
        return NO_WALLS
    try:
        clean = make(sys.stdin.buffer.read())
    except Exception:
        return 1
    if not 0 < len(clean) <= MOST_BYTES:
        return 1
    sys.stdout.buffer.write(clean)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    os._exit(main())  # no clean-up that the walls would refuse
