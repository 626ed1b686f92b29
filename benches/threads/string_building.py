"""Each thread builds strings: by adding, joining, formatting."""

from _work import main


def work(size, thread):
    for _ in range(size):
        text = ""
        for i in range(200):
            text += f"{i:04d},"
        parts = [str(i) for i in range(200)]
        assert len(text) == 1000 and len("-".join(parts)) == 689
        assert text.replace(",", ";").upper().count(";") == 200


main(work, 4000)
