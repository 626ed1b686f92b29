import errno
import locale

assert errno.ENOENT == 2 and errno.errorcode[13] == "EACCES" and locale.localeconv()["decimal_point"] == "." and locale.getencoding().lower() in ("utf-8", "utf8")
assert sorted(["b", "a"], key=locale.strxfrm) == ["a", "b"] and locale.strcoll("a", "b") < 0 and locale.atof("1.5") == 1.5
try:
    locale.setlocale(locale.LC_ALL, "no_SUCH")
except locale.Error as error:
    assert str(error) == "unsupported locale setting"
else:
    raise AssertionError
