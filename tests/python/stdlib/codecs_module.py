import codecs
import unicodedata

assert codecs.encode("abc", "rot13") == "nop" and codecs.lookup("UTF8").name == "utf-8" and codecs.decode(b"616263", "hex") == b"abc" and codecs.BOM_UTF8 == b"\xef\xbb\xbf"
for name in ("utf-8", "utf-16", "utf-32", "utf-7", "utf-8-sig", "utf-16-be", "unicode_escape", "cp1252", "latin-1", "punycode", "idna"):
    text = "aé" if name in ("latin-1", "cp1252") else "bücher" if name in ("idna", "punycode") else "aé漢🐍"
    assert text.encode(name).decode(name) == text, name
assert "é".encode("cp1252") == b"\xe9" and b"\x80".decode("cp1252") == "€" and "a".encode("utf-16") == b"\xff\xfea\0" and "€".encode("iso8859-15") == b"\xa4" and "é".encode("cp437") == b"\x82"
decoder = codecs.getincrementaldecoder("utf-8")()
assert decoder.decode(b"\xe6") == "" and decoder.decode(b"\xbc\xa2") == "漢" and codecs.getencoder("ascii")("a") == (b"a", 1)
codecs.register_error("star", lambda e: ("*" * (e.end - e.start), e.end))
assert "aéb".encode("ascii", "star") == b"a*b" and b"a\xffb".decode("utf-8", "star") == "a*b" and b"a\xff".decode("ascii", "backslashreplace") == "a\\xff"
for bad in (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x28\xa1"):
    try:
        bad.decode()
    except UnicodeDecodeError:
        pass
    else:
        raise AssertionError(bad)
u = unicodedata
assert u.name("é") == "LATIN SMALL LETTER E WITH ACUTE" and u.lookup("SNAKE") == "🐍" and u.category("A") == "Lu" and u.normalize("NFD", "é") == "e\u0301" and u.normalize("NFC", "e\u0301") == "é"
assert u.normalize("NFKC", "ﬁ") == "fi" and u.decimal("٣") == 3 and u.numeric("½") == 0.5 and u.bidirectional("א") == "R" and u.east_asian_width("漢") == "W" and u.combining("\u0301") == 230 and u.mirrored("(") == 1
assert u.unidata_version == "16.0.0" and u.name("漢") == "CJK UNIFIED IDEOGRAPH-6F22" and u.name("한") == "HANGUL SYLLABLE HAN" and u.is_normalized("NFC", "é")
