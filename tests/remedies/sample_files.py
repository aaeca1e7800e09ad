"""Files for the tests: some with a word planted wherever such a file can hide one, some built to do harm."""

import base64
import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator

from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

SIZE = (64, 48)


def colours(seed: int = 1, size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    """Return a picture of noise."""
    drawn = random.Random(seed)  # noqa: S311  # a picture, no secret
    return Image.frombytes(mode, size, drawn.randbytes(size[0] * size[1] * len(mode)))


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def jpeg(seed: int = 1) -> bytes:
    return saved(colours(seed), "JPEG")


def pdf(pages: int = 2, width: float = 300, height: float = 200) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width, height)
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def exif_with(word: str) -> bytes:
    """Return EXIF with a word in a maker, an artist, a place, a comment and the picture of a thumbnail."""
    told = Image.Exif()
    told[0x010F], told[0x0110], told[0x013B], told[0x9286] = word, word, word, word.encode()
    told[0x0112] = 6
    told.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0), 29: word})
    told.get_ifd(0x8769).update({0x9286: word.encode(), 0xA430: word})
    return bytes(told.tobytes())


def xmp_with(word: str) -> bytes:
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f"<dc:creator>{word}</dc:creator></x:xmpmeta>"
    ).encode()


def planted_jpeg(word: str, seed: int) -> bytes:
    """EXIF, XMP, IPTC, a comment, a colour profile, a thumbnail, and words behind the end of the picture."""
    thumbnail = saved(colours(seed + 1), "JPEG", comment=word)
    made = saved(
        colours(seed),
        "JPEG",
        exif=exif_with(word),
        comment=word,
        xmp=xmp_with(word),
        icc_profile=b"\0" * 128 + word.encode(),
    )
    iptc = (
        b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(word)) + b"\x1c\x02\x50" + word.encode()
    )
    segments = segment(0xED, iptc) + segment(0xE1, b"Exif\0\0" + thumbnail) + segment(0xEC, word.encode())
    return made[:2] + segments + made[2:] + word.encode() + thumbnail


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def planted_png(word: str, seed: int) -> bytes:
    """Text chunks of three kinds, EXIF, a time, a private chunk, and words behind the end."""
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("Author", word)
    chunks.add_text("Comment", word, zip=True)
    chunks.add_itxt("XML:com.adobe.xmp", xmp_with(word).decode(), zip=True)
    chunks.add(b"prIv", word.encode())
    made = saved(
        colours(seed), "PNG", pnginfo=chunks, exif=exif_with(word), icc_profile=b"\0" * 128 + word.encode()
    )
    return made + word.encode()


def planted_webp(word: str, seed: int) -> bytes:
    return saved(
        colours(seed),
        "WEBP",
        exif=exif_with(word),
        xmp=xmp_with(word),
        icc_profile=b"\0" * 128 + word.encode(),
    )


def planted_pdf(word: str, seed: int) -> bytes:
    """Author, XMP, an attached file, a script, a note, a picture with EXIF, and words behind the end."""
    picture = io.BytesIO()
    Image.open(io.BytesIO(planted_jpeg(word, seed))).save(
        picture, "PDF", author=word, title=word, producer=word, creator=word
    )
    picture.seek(0)
    writer = PdfWriter(clone_from=picture)
    writer.add_metadata({"/Author": word, "/Keywords": word, "/Secret": word})
    writer.add_attachment(f"{word}.txt", word.encode())
    script = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject(f"app.alert('{word}')")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject(name): value for name, value in script.items()}
    )
    note = FreeText(text="note", rect=(0, 0, 1, 1))
    note[NameObject("/T")] = TextStringObject(word)
    writer.add_annotation(0, note)
    stream = StreamObject()
    stream.set_data(xmp_with(word))
    stream[NameObject("/Type")] = NameObject("/Metadata")
    writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)
    writer.root_object[NameObject("/Hidden")] = TextStringObject(word)
    return written(writer) + word.encode()


def planted_text(word: str, _seed: int) -> bytes:
    """A word spelt in letters of no width, and another text that only a program sees."""
    spelt = "".join(
        "\u200b" if bit == "1" else "\u2060" for letter in word.encode() for bit in f"{letter:08b}"
    )
    unseen = "".join(chr(0xE0000 + ord(letter)) for letter in word)
    return f"\ufeffPlain{spelt} words{unseen}.\r\n".encode()


PLANTED: dict[str, Callable[[str, int], bytes]] = {
    "jpeg": planted_jpeg,
    "png": planted_png,
    "webp": planted_webp,
    "pdf": planted_pdf,
    "text": planted_text,
}


def traces_of(word: str, within: bytes) -> list[str]:
    """Return how a word can be found in a file: plain, wide, packed, in letters of no width, as base 64."""
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in word)
    wanted = {
        "plain": word.encode(),
        "wide": word.encode("utf-16-le"),
        "wide, other way": word.encode("utf-16-be"),
        "hex": word.encode().hex().encode(),
        "base 64": base64.b64encode(word.encode())[:-4],
        "tags": tags.encode(),
        "no width": "\u200b".encode(),
    }
    layers = [within, *streams(within)]
    return [name for name, form in wanted.items() if any(form in layer for layer in layers)]


def streams(within: bytes) -> Iterator[bytes]:
    """Yield whatever inflates somewhere in a file."""
    for start in range(len(within) - 2):
        if within[start] == 0x78 and within[start + 1] in {0x01, 0x5E, 0x9C, 0xDA}:
            try:
                yield zlib.decompressobj().decompress(within[start:], 1 << 20)
            except zlib.error:
                continue


# What is built to do harm ------------------------------------------------------------------------------------------


def png_of(width: int, height: int, rows: bytes) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def hostile() -> dict[str, bytes]:
    """Return files by what they try; each must be refused, not made safe, or come out harmless."""
    rows = zlib.compress(bytes(30 << 20), 9)
    nested = b"[" * 50_000
    loop = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 9>>endobj\n"
    form = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
        b"endobj\n4 0 obj<</Length 5>>stream\n/X Do\nendstream endobj\n5 0 obj<</Type/XObject/Subtype/Form"
        b"/BBox[0 0 1 1]/Resources<</XObject<</X 5 0 R>>>>/Length 11>>stream\n/X Do /X Do\nendstream endobj\n"
    )
    web = b"<html><script>alert(1)</script>"
    good = jpeg()
    return {
        "pixel bomb": png_of(20_000, 20_000, rows),
        "pixel bomb under the limit of Pillow": png_of(10_000, 9_000, rows),
        "as wide as can be": png_of(0x7FFFFFFF, 1, b""),
        "no width": png_of(0, 5, rows[:100]),
        "cut off": good[: len(good) // 2],
        "two bytes of a picture": b"\xff\xd8\xff",
        "picture and archive": good + b"PK\x03\x04" + bytes(500),
        "picture and web page": good[:2] + segment(0xFE, web) + good[2:] + web,
        "picture and PDF": good + pdf(),
        "web page called a picture": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "WebP with a false length": b"RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff" + bytes(60),
        "zip bomb": b"PK\x03\x04" + zlib.compress(bytes(1 << 20), 9),
        "more pages than are taken": pdf(501, 10, 10),
        "endless page": pdf(1, 14_400_000, 14_400_000),
        "page of no size": pdf(1, 0, 0),
        "pages within themselves": loop,
        "drawing within itself": form,
        "nested too deep": b"%PDF-1.4\n1 0 obj" + nested,
        "PDF with nothing in it": b"%PDF-1.7\n%%EOF",
        "PDF and web page": pdf() + web,
        "text that is a PDF when cleaned": b"\xe2\x80\x8b%PDF-1.4\n"
        + pdf()[9:60].decode("latin-1").encode("utf-8"),
        "text of one character": "\u0e33".encode() * 900_000,
        "text that grows": "\ufdfa".encode() * 300_000,
        "right to left": "\u202egpj.exe\u202c report".encode(),
        "half a character": b"\xe2\x82",
    }
