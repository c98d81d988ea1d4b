"""Writes the mail of one cell (a client in one charset, structure and habit), and tells what it must read as.

Made by `wire_octets` from the table in `clients`, never by mailgate: what a person reads in it is known beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass

import wire_octets as wire
from clients import LABELS, Client, Text
from wire_octets import Encoder

LINE = b"\r\n"


@dataclass(frozen=True, slots=True)
class Cell:
    client: Client
    label: str
    encoding: str
    structure: str
    file_name: str

    def __str__(self) -> str:
        said = "" if self.client.written_label is None else f"-says-{self.client.written_label or 'nothing'}"
        return f"{self.client.name}-{self.label}{said}-{self.encoding}-{self.structure}-{self.file_name}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person reads in a mail."""

    subject: str
    name: str
    address: str
    body: str
    files: tuple[str, ...]


def mail(cell: Cell, text: Text) -> tuple[bytes, Reading]:
    return _Writer(cell, text).write()


_HTML = {
    "outlook": '<p class="MsoNormal"><span style="font-family:&quot;ＭＳ ゴシック&quot;">{}<o:p></o:p></span></p>\r\n',
    "gmail": "<div>{}</div>",
    "yahoo": "{}<br>\r\n",
}
_CTYPES = {".pdf": b"application/pdf", ".txt": b"text/plain", ".csv": b"text/csv", ".jpg": b"image/jpeg"}


def _fits_an_atom(name: str) -> bool:
    return not set(name) & set("(),")


@dataclass(frozen=True, slots=True)
class _Writer:
    cell: Cell
    text: Text

    @property
    def encode(self) -> Encoder:
        return wire.jis_shifted if self.cell.client.shifted else LABELS[self.cell.label]

    @property
    def label(self) -> str:
        """The charset that the header's words name."""
        return self.cell.client.header_label or self.cell.label

    def write(self) -> tuple[bytes, Reading]:
        content, files = self._content()
        fields = [
            b"Received: from mx.example.jp by desk.example.jp; Mon, 3 Mar 2025 08:30:01 +0900",
            b"Message-ID: <20250303083000.1@mail.example.jp>",
            b"Date: Mon, 3 Mar 2025 08:30:00 +0900",
            b"From: " + self._from(),
            b"To: soudan@desk.example.jp",
            b"Subject: " + self._subject(),
            *self.cell.client.headers,
            b"MIME-Version: 1.0",
        ]
        client = self.cell.client
        name = "" if client.sender == "bare" else self.text.name
        reading = Reading(self.text.subject, name, client.address, self.text.body, files)
        return LINE.join(fields) + LINE + content, reading

    def _header_text(self, text: str) -> bytes:
        encode = LABELS[self.label]
        if self.cell.client.sender == "raw":
            return encode(text)
        if text.isascii():
            return text.encode("ascii")
        return self.cell.client.subject(text, encode, self.label)

    def _subject(self) -> bytes:
        for tag in ("Re: ", "RE: ", "Meeting "):
            if self.text.subject.startswith(tag) and self.cell.client.sender != "raw":
                glue = b"" if tag == "Re: " and self.cell.client.subject is wire.words_glued else tag.encode()
                rest = self.text.subject if not glue else self.text.subject[len(tag) :]
                return glue + self._header_text(rest)
        return self._header_text(self.text.subject)

    def _from(self) -> bytes:
        client = self.cell.client
        address = client.address.encode("ascii")
        if client.sender == "bare":
            return address
        name = self._header_text(self.text.name)
        if client.sender == "comment":
            return address + b" (" + name + b")"
        if client.sender == "quoted" or (client.sender == "raw" and not _fits_an_atom(self.text.name)):
            quoted = name if client.sender == "quoted" else name.replace(b'"', b'\\"')
            return b'"' + quoted + b'" <' + address + b">"
        return name + b" <" + address + b">"

    # The body

    def _content(self) -> tuple[bytes, tuple[str, ...]]:
        build = getattr(self, "_" + self.cell.structure.replace("-", "_"))
        content: tuple[bytes, tuple[str, ...]] = build()
        return content

    def _type(self, kind: str, more: str = "") -> bytes:
        said = self.cell.client.written_label
        label = self.cell.label if said is None else said
        charset = f'; charset="{label}"' if label else ";" if kind == "text/plain" else ""
        return f"Content-Type: {kind}{charset}{more}".encode("ascii")

    def _part(self, kind: str, text: str, more: str = "") -> bytes:
        encoding = self.cell.encoding
        octets = self.encode(text.replace("\n", "\r\n"))
        coder = {"base64": wire.base64_lines, "quoted-printable": wire.quoted_printable}.get(encoding, wire.as_it_is)
        head = [self._type(kind, more), b"Content-Transfer-Encoding: " + encoding.encode("ascii")]
        return LINE.join([*head, b"", coder(octets)])

    def _plain(self) -> tuple[bytes, tuple[str, ...]]:
        return self._part("text/plain", self.text.body + "\n"), ()

    def _html_of(self, text: str) -> str:
        form = _HTML.get(self.cell.client.name.partition("-")[0], "<div>{}<br></div>\r\n")
        lines = [
            form.format(line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") or "&nbsp;")
            for line in text.split("\n")
        ]
        said = self.cell.client.written_label
        meta = (
            f'<meta http-equiv="Content-Type" content="text/html; charset={self.cell.label if said is None else said}">'
        )
        style = "<style><!-- p.MsoNormal {margin:0mm; font-size:10.5pt;} --></style>"
        return f"<html><head>{meta}{style}</head><body>{''.join(lines)}</body></html>\n"

    def _html(self) -> tuple[bytes, tuple[str, ...]]:
        return self._part("text/html", self._html_of(self.text.body)), ()

    def _flowed(self) -> tuple[bytes, tuple[str, ...]]:
        lines = []
        for line in self.text.body.split("\n"):
            stuffed = " " + line if line.startswith((" ", ">", "From ")) else line
            cut = [stuffed[at : at + 36] for at in range(0, len(stuffed), 36)] or [""]
            if line == "-- ":
                lines.append(line)
                continue
            lines += [piece + " " for piece in cut[:-1]] + [cut[-1].rstrip(" ")]
        return self._part("text/plain", "\n".join(lines) + "\n", "; format=flowed; delsp=yes"), ()

    def _multipart(self, kind: str, *parts: bytes, more: bytes = b"", mark: bytes = b"----=_Next_1") -> bytes:
        head = b'Content-Type: multipart/%s;%s\r\n\tboundary="%s"\r\n\r\n' % (kind.encode("ascii"), more, mark)
        return head + b"".join(b"--" + mark + LINE + part + LINE for part in parts) + b"--" + mark + b"--\r\n"

    def _both_texts(self, mark: bytes) -> bytes:
        plain = self._part("text/plain", self.text.body + "\n")
        return self._multipart("alternative", plain, self._part("text/html", self._html_of(self.text.body)), mark=mark)

    def _alternative(self) -> tuple[bytes, tuple[str, ...]]:
        return self._both_texts(b"000000000000a1"), ()

    def _mixed(self) -> tuple[bytes, tuple[str, ...]]:
        plain = self._part("text/plain", self.text.body + "\n")
        return self._multipart("mixed", plain, *map(self._file, self.text.files)), self.text.files

    def _file(self, name: str) -> bytes:
        """An attachment; its name in the form of the cell."""
        encode, label = LABELS[self.label], self.label
        kind = _CTYPES.get(name[-4:], b"application/octet-stream")
        safe = name.replace("\\", "\\\\").replace('"', '\\"')
        quoted = b'"' + (wire.words(name, encode, label) if not name.isascii() else safe.encode("ascii")) + b'"'
        raw = b'"' + encode(name) + b'"'
        bare = b'"' + wire.percent(wire.utf8(name)) + b'"'
        extended = b"%s*=" + label.encode("ascii") + b"''" + wire.percent(encode(name))
        forms = {
            "words": (b"name=" + quoted, b"filename=" + quoted),
            "both": (b"name=" + quoted, extended.replace(b"%s", b"filename", 1)),
            "extended": (extended.replace(b"%s", b"name", 1), extended.replace(b"%s", b"filename", 1)),
            "continued": (
                wire.continued(b"name", encode(name), label),
                wire.continued(b"filename", encode(name), label),
            ),
            "raw": (b"name=" + raw, b"filename=" + raw),
            "percent": (b"name=" + bare, b"filename=" + bare),
            "dummy": (
                b'name="attachment.dat"',
                b'filename="attachment.dat";\r\n ' + extended.replace(b"%s", b"filename", 1),
            ),
        }
        first, second = forms[self.cell.file_name or "words"]
        return (
            b"Content-Type: " + kind + b";\r\n " + first + b"\r\nContent-Transfer-Encoding: base64\r\n"
            b"Content-Disposition: attachment;\r\n " + second + b"\r\n\r\n" + wire.base64_lines(b"content")
        )

    def _related(self) -> tuple[bytes, tuple[str, ...]]:
        image = (
            b'Content-Type: image/png; name="image001.png"\r\nContent-Transfer-Encoding: base64\r\n'
            b"Content-ID: <image001.png@01D9>\r\n\r\n" + wire.base64_lines(b"\x89PNG")
        )
        return self._multipart("related", self._both_texts(b"000000000000a1"), image), ("image001.png",)

    def _decomail(self) -> tuple[bytes, tuple[str, ...]]:
        related, files = self._related()
        return self._multipart("mixed", related, mark=b"--_deco_"), files

    def _tnef(self) -> tuple[bytes, tuple[str, ...]]:
        plain = self._part("text/plain", self.text.body + "\n")
        tnef = (
            b'Content-Type: application/ms-tnef; name="winmail.dat"\r\nContent-Transfer-Encoding: base64\r\n'
            b'Content-Disposition: attachment; filename="winmail.dat"\r\n\r\n' + wire.base64_lines(b"\x78\x9f\x3e\x22")
        )
        return self._multipart("mixed", plain, tnef), ("winmail.dat",)

    def _message(self) -> tuple[bytes, tuple[str, ...]]:
        plain = self._part("text/plain", self.text.body + "\n")
        other = LINE.join(
            [
                b"Content-Type: message/rfc822",
                b"",
                b"From: other@elsewhere.example",
                b"Subject: of another",
                b"Content-Type: text/plain; charset=utf-8",
                b"",
                "他人の文章です。".encode(),
                b"",
            ]
        )
        return self._multipart("mixed", plain, other), ("attachment-1",)

    def _text_photo_text(self) -> tuple[bytes, tuple[str, ...]]:
        first, _, rest = self.text.body.partition("\n")
        photo = (
            b'Content-Type: image/jpeg; name="IMG_0001.jpeg"\r\nContent-Transfer-Encoding: base64\r\n'
            b'Content-Disposition: inline; filename="IMG_0001.jpeg"\r\n\r\n' + wire.base64_lines(b"\xff\xd8\xff")
        )
        parts = [self._part("text/plain", first + "\n"), photo, self._part("text/plain", rest + "\n")]
        return self._multipart("mixed", *parts), ("IMG_0001.jpeg",)

    # Damage

    def _no_close(self) -> tuple[bytes, tuple[str, ...]]:
        return self._both_texts(b"000000000000a1").removesuffix(b"--000000000000a1--\r\n"), ()

    def _boundary_with_blanks(self) -> tuple[bytes, tuple[str, ...]]:
        content, _ = self._mixed()
        return content.replace(b"--" + b"----=_Next_1\r\n", b"------=_Next_1 \t\r\n"), self.text.files

    def _no_boundary_lines(self) -> tuple[bytes, tuple[str, ...]]:
        body = self._part("text/plain", self.text.body + "\n")
        return b'Content-Type: multipart/mixed; boundary="never"\r\n\r\n--other\r\n' + body + b"\r\n--other--\r\n", ()

    def _blank_plain(self) -> tuple[bytes, tuple[str, ...]]:
        blank, html = self._part("text/plain", "\n \n"), self._part("text/html", self._html_of(self.text.body))
        return self._multipart("alternative", blank, html), ()

    def _late_label(self) -> tuple[bytes, tuple[str, ...]]:
        """Parameters in an order and with blanks that no grammar has."""
        part = self._part("text/plain", self.text.body + "\n")
        return part.replace(b"text/plain; charset=", b"TEXT/Plain ;format=fixed ;\r\n\tCharset = ", 1), ()

    def _signed(self) -> tuple[bytes, tuple[str, ...]]:
        plain = self._part("text/plain", self.text.body + "\n")
        seal = b'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\n\r\nx\r\n'
        return self._multipart("signed", plain, seal, more=b" micalg=sha-256;"), ("smime.p7s",)
