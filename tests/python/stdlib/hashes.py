import hashlib
import hmac

for name, expected in {
    "md5": "900150983cd24fb0d6963f7d28e17f72", "sha1": "a9993e364706816aba3e25717850c26c9cd0d89d", "sha224": "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
    "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "sha3_256": "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
}.items():
    h = hashlib.new(name)
    h.update(b"a")
    copy = h.copy()
    h.update(b"bc")
    assert h.hexdigest() == expected and copy.digest() == hashlib.new(name, b"a").digest() and getattr(hashlib, name)(b"abc").hexdigest() == expected and h.name == name and h.digest_size * 2 == len(expected)
assert hashlib.sha512(b"").hexdigest()[:16] == "cf83e1357eefb8bd" and hashlib.sha384(b"abc").hexdigest()[:16] == "cb00753f45a35e8b" and hashlib.blake2b(b"abc").hexdigest()[:16] == "ba80a53f981c4d0d"
assert hashlib.blake2s(b"abc", digest_size=4).hexdigest() == hashlib.blake2s(b"abc", digest_size=4).digest().hex() and hashlib.shake_128(b"").hexdigest(8) == "7f9c2ba4e88f827d" and hashlib.blake2b(b"m", key=b"k").hexdigest() != hashlib.blake2b(b"m").hexdigest()
assert hmac.new(b"key", b"msg", "sha256").hexdigest() == "2d93cbc1be167bcb1637a4a23cbff01a7878f0c50ee833954ea5221bb1b8c628" and hmac.compare_digest(b"a", b"a")
assert "sha256" in hashlib.algorithms_guaranteed
try:
    hashlib.new("nothing")
except ValueError:
    pass
else:
    raise AssertionError
